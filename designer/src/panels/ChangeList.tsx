// Changes in words, each with a mark of its kind.
import type { Change } from "@lineside/client";
import { CircleMinus, CirclePlus, PencilLine } from "lucide-react";
import { textIn, useLanguage, useT } from "../i18n";

const marks = { added: CirclePlus, removed: CircleMinus, changed: PencilLine };
const most = 300;

export function ChangeList({ changes }: { changes: readonly Change[] }) {
  const t = useT();
  const lang = useLanguage();
  return (
    <ul className="change-list">
      {changes.slice(0, most).map((c, i) => {
        const Mark = marks[c.kind] ?? PencilLine;
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: changes have no identity
          <li key={i}>
            <Mark size={14} aria-label={t(`design:publish.${c.kind}`)} />
            <span>{textIn(c.text, lang) || c.at}</span>
          </li>
        );
      })}
      {changes.length > most && <li className="muted">{t("history:more", { count: changes.length - most })}</li>}
    </ul>
  );
}
