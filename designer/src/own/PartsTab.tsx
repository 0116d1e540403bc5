// What changes which part of the picture: by an expression over the settings, by the script, or what a click tells.
import type { PartBinding, ScriptedWidget } from "@lineside/client";
import { Plus, Trash2 } from "lucide-react";
import { useT } from "../i18n";
import { CommitInput } from "../panels/shell/CommitInput";
import { Button, Empty, IconButton, Select } from "../ui";
import type { Compiled } from "./catalogue";

const whats = [
  "text",
  "fill",
  "stroke",
  "opacity",
  "visible",
  "blink",
  "rotate",
  "scale",
  "x",
  "y",
  "progress",
  "click",
] as const satisfies readonly PartBinding["what"][];

type By = "expr" | "set" | "event";

const byOf = (b: PartBinding): By => (b.event !== undefined ? "event" : b.set !== undefined ? "set" : "expr");

export function PartsTab(props: {
  widget: ScriptedWidget;
  compiled: Compiled | undefined;
  onChange: (change: Partial<Omit<ScriptedWidget, "id">>) => void;
}) {
  const t = useT();
  const { widget, compiled } = props;
  const own = widget.parts ?? [];
  const declared = (compiled?.parts ?? []).slice(own.length);
  const names = partNames(compiled);
  const put = (list: PartBinding[]) => props.onChange({ parts: list.length > 0 ? list : undefined });
  const set = (i: number, next: PartBinding) => put(own.map((b, j) => (i === j ? next : b)));
  return (
    <div className="form own-tab">
      <p className="muted">{t("own:parts.help")}</p>
      {own.length + declared.length === 0 && <Empty title={t("own:parts.none")} text={t("own:parts.noneText")} />}
      {own.map((b, i) => {
        const by = byOf(b);
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: a binding has no name of its own
          <div key={i} className="own-cells parts">
            <Select
              aria-label={t("own:parts.part")}
              value={b.part}
              onChange={(part) => set(i, { ...b, part })}
              options={[...new Set([b.part, ...names])].map((value) => ({
                value,
                label: value || t("own:parts.choose"),
              }))}
            />
            <Select
              aria-label={t("own:parts.what")}
              value={b.what}
              onChange={(what) =>
                set(
                  i,
                  what === "click"
                    ? { part: b.part, what, event: b.event ?? "click" }
                    : by === "event"
                      ? { part: b.part, what: what as PartBinding["what"], expr: "" }
                      : { ...b, what: what as PartBinding["what"] },
                )
              }
              options={whats.map((value) => ({ value, label: t(`own:what.${value}`) }))}
            />
            {by !== "event" && (
              <Select
                aria-label={t("own:parts.by")}
                value={by}
                onChange={(next) =>
                  set(i, { part: b.part, what: b.what, ...(next === "set" ? { set: "" } : { expr: "" }) })
                }
                options={(["expr", "set"] as const).map((value) => ({ value, label: t(`own:by.${value}`) }))}
              />
            )}
            {by === "event" && <span className="muted">{t("own:by.event")}</span>}
            <CommitInput
              className="mono"
              aria-label={t(`own:by.${by}`)}
              placeholder={t(`own:by.example.${by}`)}
              value={b[by] ?? ""}
              onCommit={(s) => set(i, { part: b.part, what: b.what, [by]: s.trim() })}
            />
            <IconButton label={t("own:parts.remove", { n: i + 1 })} onClick={() => put(own.toSpliced(i, 1))}>
              <Trash2 size={16} aria-hidden />
            </IconButton>
          </div>
        );
      })}
      <div>
        <Button
          icon={<Plus size={14} aria-hidden />}
          onClick={() => put([...own, { part: names[0] ?? "", what: "fill", expr: "" }])}
        >
          {t("own:parts.add")}
        </Button>
      </div>
      {declared.length > 0 && (
        <>
          <h3>{t("own:parts.declared")}</h3>
          <table className="table">
            <thead>
              <tr>
                <th>{t("own:parts.part")}</th>
                <th>{t("own:parts.what")}</th>
                <th>{t("own:parts.by")}</th>
                <th />
              </tr>
            </thead>
            <tbody>
              {declared.map((b, i) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: a binding has no name of its own
                <tr key={i}>
                  <td className="mono">{b.part}</td>
                  <td>{t(`own:what.${b.what}`)}</td>
                  <td>{t(`own:by.${byOf(b)}`)}</td>
                  <td className="mono">{b[byOf(b)]}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </>
      )}
    </div>
  );
}

/** The names of the parts of a picture, in drawing order. */
function partNames(compiled: Compiled | undefined): string[] {
  const out: string[] = [];
  const walk = (parts: NonNullable<Compiled["drawing"]>["parts"]) => {
    for (const p of parts) {
      if (p.id) out.push(p.id);
      if (p.parts) walk(p.parts);
    }
  };
  walk(compiled?.drawing?.parts ?? []);
  return out;
}
