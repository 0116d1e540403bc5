// Where a text by key stands, with the way there.
import { useState } from "react";
import { useDoc, useEditor } from "../../design/context";
import type { TextUse } from "../../document";
import { textIn, useLanguage, useT } from "../../i18n";
import { Popover } from "../../ui";

export function TextUses(props: { textKey: string; uses: readonly TextUse[]; onClose: () => void }) {
  const { uses } = props;
  const t = useT();
  const lang = useLanguage();
  const editor = useEditor();
  const screens = useDoc((d) => d.screens);
  const [open, setOpen] = useState(false);
  if (uses.length === 0) return <span className="muted">{t("texts:uses.none")}</span>;
  const go = (use: TextUse) => {
    props.onClose();
    // The dialog gives the focus back first.
    setTimeout(() => {
      if (use.screen !== editor.screen()) editor.session.setState({ screen: use.screen, selection: [], scope: "" });
      editor.board?.reveal([use.widget]);
      editor.focusProp(use.prop);
    }, 0);
  };
  return (
    <Popover
      open={open}
      onOpenChange={setOpen}
      align="end"
      className="uses-popover"
      label={t("texts:uses.title", { key: props.textKey })}
      trigger={
        <button
          type="button"
          className="button quiet"
          aria-label={`${t("texts:uses.title", { key: props.textKey })}: ${t("texts:usedIn", { count: uses.length })}`}
        >
          {uses.length}
        </button>
      }
    >
      <ul className="text-choices">
        {uses.slice(0, 100).map((use) => {
          const screen = screens[use.screen];
          const w = screen?.widgets[use.widget];
          const manifest = editor.manifests.get(w?.type ?? "");
          const field = manifest?.settings.find((f) => f.name === use.prop);
          return (
            <li key={`${use.screen}/${use.widget}/${use.prop}`}>
              <button type="button" className="text-choice" onClick={() => go(use)}>
                <span>{w?.name || use.widget}</span>
                <span className="muted">
                  {[textIn(screen?.screen.name, lang) || use.screen, textIn(field?.title, lang) || use.prop].join(
                    " › ",
                  )}
                </span>
              </button>
            </li>
          );
        })}
      </ul>
    </Popover>
  );
}
