import { useEffect } from "react";
import { useT } from "../i18n";
import { Input, Row, Select } from "../ui";
import { type PeriodKind, periods } from "./model";

/** Over which time a report is looked at or made. */
export interface Choice {
  kind: PeriodKind;
  /** The one before now, the one of now, or the one around a moment. */
  which: "ended" | "present" | "at";
  at: string;
  from: string;
  to: string;
}

export const firstChoice = (kind: PeriodKind): Choice => ({
  kind,
  which: kind === "custom" ? "at" : "ended",
  at: local(new Date(Date.now() - 24 * 3600_000)),
  from: local(new Date(Date.now() - 24 * 3600_000)),
  to: local(new Date()),
});

/** A time as a field for it wants it. */
function local(d: Date): string {
  const two = (n: number) => String(n).padStart(2, "0");
  return `${d.getFullYear()}-${two(d.getMonth() + 1)}-${two(d.getDate())}T${two(d.getHours())}:${two(d.getMinutes())}`;
}

const iso = (text: string) => {
  const d = new Date(text);
  return Number.isNaN(d.getTime()) ? undefined : d.toISOString();
};

/** The choice as the server asks for it. */
export function spanOf(c: Choice): Record<string, unknown> {
  if (c.kind === "custom") return { kind: c.kind, from: iso(c.from), to: iso(c.to) };
  if (c.which === "at") return { kind: c.kind, at: iso(c.at), ended: false };
  return { kind: c.kind, ended: c.which === "ended" };
}

export function PeriodChoice(props: { value: Choice; onChange(value: Choice): void; kinds?: boolean }) {
  const t = useT();
  const c = props.value;
  const set = (part: Partial<Choice>) => props.onChange({ ...c, ...part });
  // A custom period has a beginning and an end, and no other choice.
  useEffect(() => {
    if (c.kind !== "custom" && c.which === "at" && !c.at) props.onChange({ ...c, which: "ended" });
  }, [c, props]);
  return (
    <>
      {props.kinds && (
        <Row label={t("reports:period")}>
          {(id) => (
            <Select
              id={id}
              value={c.kind}
              onChange={(kind) => set({ kind: kind as PeriodKind })}
              options={periods.map((p) => ({ value: p, label: t(`reports:periods.${p}`) }))}
            />
          )}
        </Row>
      )}
      {c.kind !== "custom" && (
        <Row label={t("reports:which")}>
          {(id) => (
            <Select
              id={id}
              value={c.which}
              onChange={(which) => set({ which: which as Choice["which"] })}
              options={(["ended", "present", "at"] as const).map((w) => ({
                value: w,
                label: t(`reports:whichOf.${w}`),
              }))}
            />
          )}
        </Row>
      )}
      {c.kind !== "custom" && c.which === "at" && (
        <Row label={t("reports:at")}>
          {(id) => <Input id={id} type="datetime-local" value={c.at} onChange={(e) => set({ at: e.target.value })} />}
        </Row>
      )}
      {c.kind === "custom" && (
        <>
          <Row label={t("reports:from")}>
            {(id) => (
              <Input id={id} type="datetime-local" value={c.from} onChange={(e) => set({ from: e.target.value })} />
            )}
          </Row>
          <Row label={t("reports:to")}>
            {(id) => <Input id={id} type="datetime-local" value={c.to} onChange={(e) => set({ to: e.target.value })} />}
          </Row>
        </>
      )}
    </>
  );
}
