// Which language the drawing is shown in, and the way to the table of texts.
import { nameOf } from "@lineside/player";
import { Languages } from "lucide-react";
import { useEditor, useUi } from "../../design/context";
import { useLanguage, useT } from "../../i18n";
import { Button, Menu, type MenuEntry } from "../../ui";
import { useDrawingLanguage, useLanguages } from "./language";

export function LanguageMenu() {
  const t = useT();
  const editor = useEditor();
  const pages = useLanguage();
  const language = useDrawingLanguage();
  const chosen = useUi((s) => s.language);
  const languages = useLanguages();
  const choose = (to: string | undefined) => editor.ui.setState({ language: to });
  const entries: MenuEntry[] = [
    { kind: "label", id: "label", label: t("texts:drawing.label") },
    {
      id: "pages",
      label: t("texts:drawing.pages", { name: nameOf(pages) }),
      checked: chosen === undefined,
      run: () => choose(undefined),
    },
    ...languages.map((l) => ({ id: l, label: nameOf(l), checked: chosen === l, run: () => choose(l) })),
    { kind: "line", id: "line" },
    { id: "texts", label: t("texts:drawing.table"), run: () => editor.ui.setState({ dialog: "app.texts" }) },
  ];
  return (
    <Menu entries={entries}>
      <Button
        look="quiet"
        icon={<Languages size={14} aria-hidden />}
        aria-label={t("texts:drawing.now", { name: nameOf(language) })}
        title={t("texts:drawing.now", { name: nameOf(language) })}
      >
        <span className="language-name">{nameOf(language)}</span>
      </Button>
    </Menu>
  );
}
