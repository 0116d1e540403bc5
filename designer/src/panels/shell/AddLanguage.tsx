import { nameOf } from "@lineside/player";
import { useState } from "react";
import { useEditor } from "../../design/context";
import { addLanguage, isLanguage } from "../../document";
import { useT } from "../../i18n";
import { Button, Dialog, Input, Row } from "../../ui";
import { useLanguages } from "./language";

/** Languages that plants often ask for, to be chosen by a click. */
const often = ["zh", "de", "fr", "es", "pt", "it", "nl", "pl", "tr", "ru", "ar", "hi", "vi", "th", "id", "ja", "ko"];

/** Adds a language to those of the app. */
export function AddLanguage(props: { onClose: () => void }) {
  const t = useT();
  const editor = useEditor();
  const languages = useLanguages();
  const [tag, setTag] = useState("");
  const wrong =
    tag === ""
      ? undefined
      : !isLanguage(tag)
        ? t("texts:language.form")
        : languages.includes(tag)
          ? t("texts:language.there")
          : undefined;
  const add = (language: string) => {
    if (addLanguage(editor.doc, language)) props.onClose();
  };
  return (
    <Dialog
      open
      onClose={props.onClose}
      title={t("texts:language.add")}
      text={t("texts:language.text")}
      footer={
        <>
          <Button onClick={props.onClose}>{t("common:cancel")}</Button>
          <Button look="primary" disabled={!tag || !!wrong} onClick={() => add(tag)}>
            {t("texts:language.do")}
          </Button>
        </>
      }
    >
      <Row label={t("texts:language.tag")} wrong={wrong} help={tag && !wrong ? nameOf(tag) : t("texts:language.form")}>
        {(id) => (
          <Input
            id={id}
            value={tag}
            onChange={(e) => setTag(e.target.value.trim())}
            onKeyDown={(e) => e.key === "Enter" && tag && !wrong && add(tag)}
          />
        )}
      </Row>
      <div className="language-choices">
        {often
          .filter((l) => !languages.includes(l))
          .map((l) => (
            <Button key={l} lang={l} onClick={() => add(l)}>
              {nameOf(l)}
            </Button>
          ))}
      </div>
    </Dialog>
  );
}
