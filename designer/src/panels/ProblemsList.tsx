// What the runtime finds wrong with the draft; a click goes there.
import type { Problem } from "@lineside/client";
import { CircleAlert, TriangleAlert } from "lucide-react";
import { useEditor } from "../design/context";
import { textIn, useLanguage, useT } from "../i18n";
import { propName } from "./bind/places";

/** Problems, the errors first. */
export function ProblemRows(props: { problems: readonly Problem[]; onJump?: () => void }) {
  const t = useT();
  const lang = useLanguage();
  const editor = useEditor();
  const { screens } = editor.doc.state;
  const sorted = props.problems.toSorted((a, b) => Number(a.severity === "warning") - Number(b.severity === "warning"));
  const where = (p: Problem) => {
    const place = editor.placeOf(p.at ?? "");
    if (!place) return p.at || t("design:problems.app");
    const screen = screens[place.screen];
    const widget = place.widget && screen?.widgets[place.widget];
    const field = widget && editor.manifests.get(widget.type)?.settings.find((f) => f.name === place.prop);
    return [
      textIn(screen?.screen.name, lang) || place.screen,
      widget && (widget.name || widget.id),
      field ? textIn(field.title, lang) : place.prop && propName(editor, lang, undefined, place.prop),
    ]
      .filter(Boolean)
      .join(" › ");
  };
  return (
    <ul className="problem-list">
      {sorted.map((p, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: problems have no identity
        <li key={i}>
          <button
            type="button"
            className="problem"
            onClick={() => {
              editor.jump(p);
              props.onJump?.();
            }}
          >
            {p.severity === "warning" ? (
              <TriangleAlert size={14} className="warn" aria-label={t("design:problems.warning")} />
            ) : (
              <CircleAlert size={14} className="wrong" aria-label={t("design:problems.error")} />
            )}
            <span>
              {p.message}
              {p.hint && <span className="muted"> {p.hint}</span>}
            </span>
            <span className="muted problem-place">{where(p)}</span>
          </button>
        </li>
      ))}
    </ul>
  );
}
