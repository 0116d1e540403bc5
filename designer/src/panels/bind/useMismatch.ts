// What does not fit between a property and what it is bound to, told before the draft is saved.
import type { Binding, Widget } from "@lineside/client";
import { useEffect, useRef, useState } from "react";
import { checkExpression } from "../../design/api";
import type { Editor } from "../../design/editor";
import { isBinding } from "../../document";
import { sentence } from "../format";

/** What an expression is for, so that the check can tell what does not fit. */
export interface Purpose {
  widget: string;
  prop: string;
  unit?: string;
}

/** What a property of a widget wants: the unit is what stands in the widget, else that of its main value. */
export function purposeOf(editor: Editor, widget: Widget | undefined, prop: string): Purpose | undefined {
  if (!widget) return undefined;
  const manifest = editor.manifests.get(widget.type);
  const main = manifest?.drop ?? "value";
  const said = widget.props?.unit;
  const unit = typeof said === "string" ? said : prop === main ? "" : editor.live.meta(widget.id, main)?.unit;
  return { widget: widget.type, prop, ...(unit ? { unit } : {}) };
}

/** What is wrong with a binding that was just made; it is asked for only when the binding changes. */
export function useMismatch(
  editor: Editor,
  widget: Widget | undefined,
  prop: string,
): { message: string; warning: boolean } | undefined {
  const value = widget?.props?.[prop];
  const binding: Binding | undefined = isBinding(value) ? value : undefined;
  const key = binding?.tag ? `${widget?.id}\n${binding.tag}` : "";
  const first = useRef(key);
  const [wrong, setWrong] = useState<{ key: string; message: string; warning: boolean }>();
  const latest = useRef(widget);
  latest.current = widget;
  useEffect(() => {
    if (!key || key === first.current) return;
    first.current = "";
    const stop = new AbortController();
    const tag = key.slice(key.indexOf("\n") + 1);
    checkExpression(
      `tag(${JSON.stringify(tag)})`,
      editor.installation,
      stop.signal,
      purposeOf(editor, latest.current, prop),
    ).then(
      ({ problems: [p] }) =>
        // An id of an input may stand in place of a path; the check at the next save knows.
        setWrong(p && p.code !== "tag_unknown" ? { key, message: sentence(p), warning: true } : undefined),
      () => {}, // the check at the next save tells it as well
    );
    return () => stop.abort();
  }, [key, editor, prop]);
  return wrong?.key === key && key ? wrong : undefined;
}
