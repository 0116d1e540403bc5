// The document as JSON. It can be edited; applying it is one step of undo.
import type { App } from "@lineside/client";
import { useEffect, useRef, useState } from "react";
import { checkApp } from "../design/api";
import { useDoc, useEditor } from "../design/context";
import { replaceApp } from "../document";
import { useT } from "../i18n";
import { Button, Segmented } from "../ui";
import { createEditor, type TextEditor } from "./codemirror";

export function JsonView() {
  const t = useT();
  const editor = useEditor();
  const state = useDoc((d) => d);
  const host = useRef<HTMLDivElement>(null);
  const text = useRef<TextEditor | undefined>(undefined);
  const [what, setWhat] = useState<"selection" | "app">("selection");
  const [edited, setEdited] = useState(false);
  const [wrong, setWrong] = useState("");
  const selection = editor.session.getState().selection;
  const editedNow = useRef(false);
  editedNow.current = edited;

  const shown = () => {
    const app = editor.app();
    if (what === "app") return JSON.stringify(app, undefined, 2);
    const { screen, selection } = editor.session.getState();
    const found = app.screens.find((s) => s.id === screen);
    const one = found?.widgets.find((w) => w.id === selection[0]);
    return JSON.stringify(one ?? found ?? app, undefined, 2);
  };
  const latest = useRef(shown);
  latest.current = shown;

  useEffect(() => {
    if (!host.current) return;
    const made = createEditor(host.current, {
      text: latest.current(),
      language: "json",
      label: t("design:tab.json"),
      lineNumbers: true,
      onChange: (now) => {
        setEdited(now !== latest.current());
        setWrong("");
      },
    });
    text.current = made;
    return () => {
      made.destroy();
      text.current = undefined;
    };
  }, [t]);

  // What is being edited is not overwritten by a change from elsewhere.
  // biome-ignore lint/correctness/useExhaustiveDependencies: the text follows the document and what is shown of it
  useEffect(() => {
    if (!editedNow.current) text.current?.setText(latest.current());
  }, [state, what, selection]);
  useEffect(
    () =>
      editor.session.subscribe((now, before) => {
        if ((now.selection !== before.selection || now.screen !== before.screen) && !editedNow.current)
          text.current?.setText(latest.current());
      }),
    [editor],
  );

  const apply = async () => {
    const source = text.current?.text() ?? "";
    let value: unknown;
    try {
      value = JSON.parse(source);
    } catch (error) {
      const at = Number(/position (\d+)/.exec((error as Error).message)?.[1] ?? 0);
      text.current?.setProblems([{ from: at, to: at + 1, severity: "error", message: (error as Error).message }]);
      text.current?.goTo(at);
      return setWrong((error as Error).message);
    }
    const next = merge(editor.app(), value, what, editor.screen(), editor.session.getState().selection[0]);
    if (!next) return setWrong(t("design:json.shape"));
    try {
      const fatal = (await checkApp(editor.installation, next)).find(
        (p) => p.code.startsWith("json_") || p.code === "key_unknown" || p.code === "value_type",
      );
      if (fatal) return setWrong([`${fatal.at ?? ""} ${fatal.message}`, fatal.hint].filter(Boolean).join(". "));
    } catch {
      // Without the server the document is checked when it is saved.
    }
    replaceApp(editor.doc, next);
    setEdited(false);
    setWrong("");
    text.current?.setProblems([]);
    text.current?.setText(latest.current());
  };

  return (
    <div className="json-view">
      <div className="json-bar">
        <Segmented
          label={t("design:json.what")}
          value={what}
          onChange={setWhat}
          options={[
            { value: "selection", label: t("design:json.selection") },
            { value: "app", label: t("design:json.app") },
          ]}
        />
        <span className="wrong">{wrong}</span>
        <span className="spacer" />
        <Button
          disabled={!edited}
          onClick={() => {
            setEdited(false);
            setWrong("");
            text.current?.setProblems([]);
            text.current?.setText(latest.current());
          }}
        >
          {t("design:json.discard")}
        </Button>
        <Button look="primary" disabled={!edited} onClick={() => void apply()}>
          {t("design:json.apply")}
        </Button>
      </div>
      <div ref={host} className="cm-host json-text" />
    </div>
  );
}

/** The whole document with a part of it replaced; undefined when the text is no such part. */
function merge(
  app: App,
  value: unknown,
  what: "selection" | "app",
  screen: string,
  widget: string | undefined,
): App | undefined {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
  const part = value as Record<string, unknown>;
  if (what === "app") return Array.isArray(part.screens) ? (value as App) : undefined;
  const at = app.screens.findIndex((s) => s.id === screen);
  const old = app.screens[at];
  if (!old) return undefined;
  if (Array.isArray(part.widgets)) return { ...app, screens: app.screens.with(at, value as never) };
  if (widget === undefined || typeof part.type !== "string" || typeof part.id !== "string") return undefined;
  return {
    ...app,
    screens: app.screens.with(at, {
      ...old,
      widgets: old.widgets.map((w) => (w.id === widget ? (value as never) : w)),
    }),
  };
}
