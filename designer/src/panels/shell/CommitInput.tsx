// A field that gives its text when it is left or Enter is pressed, so that a text is one step of undo.
import { type ComponentProps, useEffect, useState } from "react";
import { Input, TextArea } from "../../ui";

type Rest = Omit<ComponentProps<"input">, "value" | "onChange" | "onBlur">;

export function CommitInput(
  props: Rest & { value: string; area?: boolean; onCommit: (text: string) => void; wrong?: (text: string) => string },
) {
  const { value, onCommit, wrong, area, ...rest } = props;
  const [text, setText] = useState(value);
  useEffect(() => setText(value), [value]);
  const why = text === value ? "" : (wrong?.(text) ?? "");
  const commit = () => {
    if (text === value) return;
    if (why) setText(value);
    else onCommit(text);
  };
  const shared = {
    value: text,
    "aria-invalid": why ? true : undefined,
    title: why || rest.title,
    onBlur: commit,
  };
  if (area)
    return (
      <TextArea
        rows={2}
        {...(rest as ComponentProps<"textarea">)}
        {...shared}
        onChange={(e) => setText(e.target.value)}
        onKeyDown={(e) => {
          if (e.key === "Enter" && (e.ctrlKey || e.metaKey)) commit();
          if (e.key === "Escape" && text !== value) {
            e.stopPropagation();
            setText(value);
          }
        }}
      />
    );
  return (
    <Input
      {...rest}
      {...shared}
      onChange={(e) => setText(e.target.value)}
      onKeyDown={(e) => {
        if (e.key === "Enter") commit();
        if (e.key === "Escape" && text !== value) {
          e.stopPropagation();
          e.preventDefault();
          setText(value);
        }
        rest.onKeyDown?.(e);
      }}
    />
  );
}
