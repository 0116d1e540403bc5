// What the app says of itself.
import type { App, Field, Text } from "@lineside/client";
import { nameOf } from "@lineside/player";
import { useDoc, useEditor } from "../../design/context";
import { setApp } from "../../document";
import { useT } from "../../i18n";
import { IconPicker, Row, SpecForm } from "../../ui";
import { CommitInput } from "./CommitInput";
import { useLanguages } from "./language";

export function GeneralPart() {
  const t = useT();
  const editor = useEditor();
  const app = useDoc((d) => d.app);
  const languages = useLanguages();
  const title = (key: string) => ({ en: t(`design:app.${key}`), zh: t(`design:app.${key}`) });
  const field = (name: string, more: Partial<Field> = {}): Field => ({
    name,
    kind: "string",
    title: title(name),
    ...more,
  });
  const fields: Field[] = [
    field("id", { required: true, help: title("idHelp") }),
    field("version", { required: true, help: title("versionHelp") }),
    field("publisher"),
    field("license"),
  ];
  const set = (key: "name" | "description", language: string, words: string) => {
    const next: Text = { ...app[key] };
    if (words) next[language] = words;
    else delete next[language];
    // English stands in for the rest; a description may be left out.
    if (!next.en && (key === "name" || Object.keys(next).length > 0)) return;
    setApp(editor.doc, { [key]: Object.keys(next).length > 0 ? next : undefined });
  };
  const text = (key: "name" | "description") =>
    languages.map((l) => (
      <Row
        key={`${key}-${l}`}
        label={t(`texts:general.${key}`, { language: nameOf(l) })}
        required={key === "name" && l === "en"}
      >
        {(id) => (
          <CommitInput
            id={id}
            lang={l}
            area={key === "description"}
            value={app[key]?.[l] ?? ""}
            placeholder={l === "en" ? undefined : app[key]?.en}
            wrong={(v) => (l === "en" && !v && key === "name" ? t("texts:needsEnglish") : "")}
            onCommit={(v) => set(key, l, v)}
          />
        )}
      </Row>
    ));
  return (
    <div className="form-group app-form">
      {text("name")}
      {text("description")}
      <Row label={t("design:app.icon")} help={t("texts:general.iconHelp")}>
        {(id) => <IconPicker id={id} value={app.icon} onChange={(icon) => setApp(editor.doc, { icon })} />}
      </Row>
      <SpecForm
        fields={fields}
        value={app as unknown as Record<string, unknown>}
        onChange={(value) => {
          const { id, version, publisher, license } = value as Partial<App>;
          setApp(editor.doc, { ...(id ? { id } : {}), ...(version ? { version } : {}), publisher, license });
        }}
      />
    </div>
  );
}
