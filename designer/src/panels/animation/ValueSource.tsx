// The tag or expression that an animation follows, with its live value.
import type { Binding, TagState, Widget } from "@lineside/client";
import { useState } from "react";
import { findTags } from "../../design/api";
import { isBinding } from "../../document";
import { useT } from "../../i18n";
import { Popover } from "../../ui";
import { BindForm, BindingChip } from "../PropertyRow";

export function ValueSource(props: {
  label: string;
  binding: Binding | undefined;
  widget: Widget;
  prop: string;
  /** With the tag it is bound to, when it is one. */
  onSet: (by: Binding, tag: TagState | undefined) => void;
}) {
  const t = useT();
  const [open, setOpen] = useState(false);
  const choose = async (by: Binding) => {
    const found = by.tag
      ? await findTags(by.tag, 20, "", new AbortController().signal).catch(() => undefined)
      : undefined;
    props.onSet(
      by,
      found?.tags.find((tag) => tag.path === by.tag),
    );
  };
  return (
    <Popover
      open={open}
      onOpenChange={setOpen}
      align="start"
      side="left"
      className="bind-popover"
      label={props.label}
      trigger={
        props.binding ? (
          <BindingChip binding={props.binding} widget={props.widget} prop={props.prop} />
        ) : (
          <button type="button" className="button">
            {t("animation:choose")}
          </button>
        )
      }
    >
      <BindForm
        only
        field={{ name: "by", kind: "any", title: { en: props.label } }}
        label={props.label}
        value={props.binding}
        context={{ screens: [] }}
        onSet={(value) => {
          if (isBinding(value)) void choose(value);
        }}
        onClose={() => setOpen(false)}
      />
    </Popover>
  );
}
