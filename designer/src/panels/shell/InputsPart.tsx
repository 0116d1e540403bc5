// What the app needs from a plant, and the tags it computes.
import type { Field } from "@lineside/client";
import { useDoc, useEditor } from "../../design/context";
import { setApp } from "../../document";
import { useT } from "../../i18n";
import { type FieldContext, SpecForm } from "../../ui";
import { tagField } from "../TagField";

function useFields() {
  const t = useT();
  const title = (key: string) => ({ en: t(`design:app.${key}`), zh: t(`design:app.${key}`) });
  const field = (name: string, kind: Field["kind"], more: Partial<Field> = {}): Field => ({
    name,
    kind,
    title: title(name),
    ...more,
  });
  return { t, title, field };
}

export function InputsPart() {
  const { t, title, field } = useFields();
  const editor = useEditor();
  const app = useDoc((d) => d.app);
  const context: FieldContext = { tagPicker: tagField(t) };
  const types = ["bool", "int", "float", "string"].map((value) => ({
    value,
    title: { en: t(`design:type.${value}`), zh: t(`design:type.${value}`) },
  }));
  const fields: Field[] = [
    field("inputs", "list", {
      help: title("inputsHelp"),
      fields: [
        field("id", "string", { required: true, title: title("inputId") }),
        field("kind", "enum", {
          title: title("kind.title"),
          required: true,
          default: "tag",
          options: ["tag", "parameter"].map((value) => ({ value, title: title(`kind.${value}`) })),
        }),
        field("type", "enum", { required: true, default: "float", options: types }),
        field("unit", "string"),
        field("default", "tag", { title: title("defaultTag"), when: { field: "kind", in: ["tag"] } }),
        field("default", "any", { title: title("defaultValue"), when: { field: "kind", in: ["parameter"] } }),
      ],
    }),
  ];
  return (
    <SpecForm
      fields={fields}
      value={app as unknown as Record<string, unknown>}
      context={context}
      onChange={(value) => {
        const list = value.inputs as Record<string, unknown>[] | undefined;
        // The choices that a new row shows hold from the beginning.
        setApp(editor.doc, { inputs: list?.map((row) => ({ kind: "tag", type: "float", ...row })) as never });
      }}
    />
  );
}

export function TagsPart() {
  const { title, field } = useFields();
  const editor = useEditor();
  const app = useDoc((d) => d.app);
  const fields: Field[] = [
    field("tags", "list", {
      help: title("tagsHelp"),
      fields: [
        field("id", "string", { required: true, title: title("tagId") }),
        field("expr", "text", { required: true }),
        field("unit", "string"),
      ],
    }),
  ];
  return (
    <SpecForm
      fields={fields}
      value={app as unknown as Record<string, unknown>}
      onChange={(value) => setApp(editor.doc, { tags: value.tags as never })}
    />
  );
}
