// What the app says of itself, what it needs, and the tags it computes.
import type { App, Field } from "@lineside/client";
import { useState } from "react";
import { useDoc, useEditor } from "../design/context";
import { setApp } from "../document";
import { useT } from "../i18n";
import { Button, Dialog, type FieldContext, SpecForm, Tabs } from "../ui";
import { tagField } from "./TagField";

/** The keys of a text by language as two fields, and back. */
const languages = ["en", "zh"] as const;

export function AppDialog({ onClose }: { onClose: () => void }) {
  const t = useT();
  const editor = useEditor();
  const app = useDoc((d) => d.app);
  const [tab, setTab] = useState("about");
  const title = (key: string) => ({ en: t(`design:app.${key}`), zh: t(`design:app.${key}`) });
  const field = (name: string, kind: Field["kind"], more: Partial<Field> = {}): Field => ({
    name,
    kind,
    title: title(name),
    ...more,
  });
  const context: FieldContext = { tagPicker: tagField(t) };

  const about: Field[] = [
    field("name_en", "string", { required: true }),
    field("name_zh", "string"),
    field("description_en", "text"),
    field("description_zh", "text"),
    field("id", "string", { required: true, help: title("idHelp") }),
    field("version", "string", { required: true, help: title("versionHelp") }),
    field("icon", "string", { advanced: true }),
    field("publisher", "string", { advanced: true }),
    field("license", "string", { advanced: true }),
  ];
  const flat: Record<string, unknown> = { ...app };
  for (const lang of languages) {
    flat[`name_${lang}`] = app.name?.[lang];
    flat[`description_${lang}`] = app.description?.[lang];
  }
  const setAbout = (value: Record<string, unknown>) => {
    const text = (key: string) =>
      Object.fromEntries(languages.flatMap((l) => (value[`${key}_${l}`] ? [[l, String(value[`${key}_${l}`])]] : [])));
    const description = text("description");
    const { id, version, icon, publisher, license } = value as Partial<App>;
    setApp(editor.doc, {
      name: { ...app.name, ...text("name") },
      description: Object.keys(description).length > 0 ? description : undefined,
      ...(id ? { id } : {}),
      ...(version ? { version } : {}),
      icon,
      publisher,
      license,
    });
  };
  const types = ["bool", "int", "float", "string"].map((value) => ({
    value,
    title: { en: t(`design:type.${value}`), zh: t(`design:type.${value}`) },
  }));
  const inputs: Field[] = [
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
  const tags: Field[] = [
    field("tags", "list", {
      help: title("tagsHelp"),
      fields: [
        field("id", "string", { required: true, title: title("tagId") }),
        field("expr", "text", { required: true }),
        field("unit", "string"),
      ],
    }),
  ];
  const setList = (key: "inputs" | "tags") => (value: Record<string, unknown>) => {
    const list = value[key] as Record<string, unknown>[] | undefined;
    // The choices that a new row shows hold from the beginning.
    const full = key === "inputs" ? list?.map((row) => ({ kind: "tag", type: "float", ...row })) : list;
    setApp(editor.doc, { [key]: full as never });
  };
  return (
    <Dialog
      open
      size="wide"
      onClose={onClose}
      title={t("design:app.title")}
      footer={<Button onClick={onClose}>{t("common:close")}</Button>}
    >
      <Tabs
        label={t("design:app.title")}
        value={tab}
        onChange={setTab}
        tabs={[
          {
            id: "about",
            label: t("design:app.about"),
            panel: <SpecForm fields={about} value={flat} onChange={setAbout} />,
          },
          {
            id: "inputs",
            label: t("design:app.inputs"),
            panel: (
              <SpecForm
                fields={inputs}
                value={app as unknown as Record<string, unknown>}
                context={context}
                onChange={setList("inputs")}
              />
            ),
          },
          {
            id: "tags",
            label: t("design:app.tags"),
            panel: (
              <SpecForm fields={tags} value={app as unknown as Record<string, unknown>} onChange={setList("tags")} />
            ),
          },
        ]}
      />
    </Dialog>
  );
}
