// Fields that the forms of a report share.
import type { Problem, Text } from "@lineside/client";
import { Tag } from "lucide-react";
import { useState } from "react";
import { useT } from "../i18n";
import { TagPicker } from "../panels/TagPicker";
import { Button, IconButton, Input, Popover, TextArea } from "../ui";
import { withText } from "./model";

/** A text in both languages. */
export function TextPair(props: {
  label: string;
  value: Text | undefined;
  onChange(value: Text | undefined): void;
  rows?: number;
  hint?: string;
  problems?: readonly Problem[];
}) {
  const t = useT();
  const field = (lang: "en" | "zh") => {
    const shared = {
      value: props.value?.[lang] ?? "",
      "aria-label": `${props.label} (${t(`reports:languages.${lang}`)})`,
      lang,
      placeholder: t(`reports:languages.${lang}`),
      maxLength: props.rows ? 20000 : 400,
    };
    return props.rows ? (
      <TextArea
        {...shared}
        rows={props.rows}
        onChange={(e) => props.onChange(withText(props.value, lang, e.target.value))}
      />
    ) : (
      <Input {...shared} onChange={(e) => props.onChange(withText(props.value, lang, e.target.value))} />
    );
  };
  return (
    <fieldset className="form-row report-pair">
      <legend className="label">{props.label}</legend>
      {field("en")}
      {field("zh")}
      {props.hint && <span className="hint">{props.hint}</span>}
      <Wrong problems={props.problems} />
    </fieldset>
  );
}

/** What is wrong, below the field it is wrong with. */
export function Wrong({ problems }: { problems?: readonly Problem[] }) {
  return problems?.map((p) => (
    <span key={`${p.at} ${p.code} ${p.message}`} className="wrong" role="alert">
      {p.message} {p.hint}
    </span>
  ));
}

/** A button that opens the list of tags. */
export function TagButton(props: {
  label: string;
  present?: string;
  types?: readonly string[];
  small?: boolean;
  onChoose(path: string): void;
}) {
  const [open, setOpen] = useState(false);
  return (
    <Popover
      open={open}
      onOpenChange={setOpen}
      align="end"
      className="report-picker"
      label={props.label}
      trigger={
        props.small ? (
          <IconButton small label={props.label}>
            <Tag size={14} aria-hidden />
          </IconButton>
        ) : (
          <Button icon={<Tag size={16} aria-hidden />}>{props.label}</Button>
        )
      }
    >
      <TagPicker
        value={props.present ?? ""}
        fits={props.types ? (tag) => props.types?.includes(tag.type) ?? true : undefined}
        onChoose={(path) => {
          props.onChoose(path);
          setOpen(false);
        }}
      />
    </Popover>
  );
}
