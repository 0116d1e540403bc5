// The parts of a form about a tag, which a tag, a property of a model and an override of an asset have in common.
import type { PlantTag } from "@lineside/client";
import type { ReactNode } from "react";
import { language, useT } from "../i18n";
import { NumberField, SelectField, TextField } from "../shell/form";
import { Check } from "../ui";
import { UnitField } from "../units/UnitField";
import { ExpressionField } from "./ExpressionField";
import { TemplateField } from "./TemplateField";

/** Where a value comes from. */
export type Kind = "device" | "computed" | "memory";

/** What a tag and a property of a model both have. */
export type TagLike = Omit<PlantTag, "path">;

/** The forms in which devices tell a date and time. */
const dates = ["epoch", "epoch-ms", "iso", "bcd", "s7-date-and-time", "s7-dtl", "ole"] as const;

export const types = ["float", "int", "bool", "string", "bytes", "json"] as const;

export function kindOf(tag: Partial<TagLike>): Kind {
  if (tag.device) return "device";
  return tag.expr ? "computed" : "memory";
}

export const isNumeric = (tag: Partial<TagLike>) => tag.type === "float" || tag.type === "int";

/** Leaves out what is empty, so that the document stays small and its diff readable. */
export function clean<T extends object>(value: T): T | undefined {
  const kept = Object.entries(value).filter(
    ([, v]) => v !== undefined && v !== "" && v !== null && !(typeof v === "number" && Number.isNaN(v)),
  );
  return kept.length ? (Object.fromEntries(kept) as T) : undefined;
}

/** A tag without what its kind has no use for. */
export function ofKind<T extends Partial<TagLike>>(tag: T, kind: Kind): T {
  const next = { ...tag };
  if (kind !== "device")
    for (const key of ["device", "address", "scan", "bit", "scale", "restore"] as const) delete next[key];
  if (kind !== "computed") for (const key of ["expr", "every"] as const) delete next[key];
  if (kind !== "memory") delete next.initial;
  if (kind === "computed") delete next.write;
  return next;
}

/** What reads as JSON is that, anything else a text. */
export function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** Fields that belong together, under a heading. */
export function Section({ title, children }: { title: string; children: ReactNode }) {
  return (
    <fieldset className="section">
      <legend>{title}</legend>
      {children}
    </fieldset>
  );
}

interface PartProps {
  draft: Partial<TagLike>;
  set(change: Partial<TagLike>): void;
  /** What the server says of a place ("/range"). */
  wrong(at: string): string | undefined;
}

/** Title, unit, decimals, range and normal band. */
export function MeaningSection({ draft, set, wrong }: PartProps) {
  const t = useT();
  const lang = language();
  const numeric = isNumeric(draft);
  const range = (key: "range" | "normal", end: "low" | "high", value: number | undefined) =>
    set({ [key]: clean({ ...draft[key], [end]: value }) });
  return (
    <Section title={t("plant:sections.meaning")}>
      <div className="field-row">
        <TextField
          label={t("plant:title")}
          value={draft.title?.[lang] ?? ""}
          onChange={(value) => set({ title: clean({ ...draft.title, [lang]: value }) })}
        />
        <UnitField
          label={t("plant:unit")}
          value={draft.unit ?? ""}
          onChange={(unit) => set({ unit })}
          error={wrong("/unit")}
        />
        {numeric && (
          <NumberField
            label={t("plant:decimals")}
            value={draft.decimals}
            onChange={(decimals) => set({ decimals })}
            integer
            min={0}
            max={10}
          />
        )}
      </div>
      {numeric && (
        <div className="field-row">
          <NumberField
            label={t("plant:low")}
            value={draft.range?.low}
            onChange={(v) => range("range", "low", v)}
            error={wrong("/range")}
          />
          <NumberField label={t("plant:high")} value={draft.range?.high} onChange={(v) => range("range", "high", v)} />
          <NumberField
            label={t("plant:normalLow")}
            value={draft.normal?.low}
            onChange={(v) => range("normal", "low", v)}
            error={wrong("/normal")}
          />
          <NumberField
            label={t("plant:normalHigh")}
            value={draft.normal?.high}
            onChange={(v) => range("normal", "high", v)}
          />
        </div>
      )}
    </Section>
  );
}

/** Whether and how it may be written. */
export function WritingSection({ draft, set, wrong }: PartProps) {
  const t = useT();
  const numeric = isNumeric(draft);
  return (
    <Section title={t("plant:sections.writing")}>
      <Check
        label={t("plant:writable")}
        checked={!!draft.write}
        onChange={(on) => set({ write: on ? {} : undefined })}
      />
      {draft.write && (
        <div className="field-row">
          {numeric && (
            <NumberField
              label={t("plant:writeLow")}
              value={draft.write.low}
              onChange={(low) => set({ write: clean({ ...draft.write, low }) ?? {} })}
              error={wrong("/write/low") ?? wrong("/write")}
            />
          )}
          {numeric && (
            <NumberField
              label={t("plant:writeHigh")}
              value={draft.write.high}
              onChange={(high) => set({ write: clean({ ...draft.write, high }) ?? {} })}
              error={wrong("/write/high")}
            />
          )}
          <SelectField
            label={t("plant:confirm")}
            value={draft.write.confirm ?? "ask"}
            onChange={(confirm) => set({ write: { ...draft.write, confirm: confirm as "none" | "ask" | "reason" } })}
            options={(["none", "ask", "reason"] as const).map((value) => ({
              value,
              label: t(`plant:confirms.${value}`),
            }))}
          />
        </div>
      )}
    </Section>
  );
}

/** What is seldom needed, folded. */
export function AdvancedSection({
  draft,
  set,
  wrong,
  kind,
  template,
}: PartProps & {
  kind: Kind;
  /** Its expressions hold placeholders, so that they cannot be tried as they stand. */
  template?: boolean;
}) {
  const t = useT();
  const numeric = isNumeric(draft);
  const Expression = template ? TemplateField : ExpressionField;
  return (
    <details className="fold" open={wrong("/write/interlock") ? true : undefined}>
      <summary>{t("common:advanced")}</summary>
      <div className="form">
        <TextField
          label={t("plant:description")}
          value={draft.description ?? ""}
          onChange={(description) => set({ description })}
        />
        {kind === "device" && (numeric || draft.type === "string") && (
          <SelectField
            label={t("writes:date")}
            value={draft.scale?.date ?? ""}
            onChange={(date) => set({ scale: date ? { date: date as (typeof dates)[number] } : undefined })}
            options={["", ...dates].map((value) => ({ value, label: t(`writes:dates.${value || "none"}`) }))}
            hint={t("writes:dateHint")}
          />
        )}
        {kind === "device" && numeric && !draft.scale?.date && (
          <fieldset className="fieldset">
            <legend>{t("plant:scaling")}</legend>
            <div className="field-row">
              {(["rawLow", "rawHigh", "low", "high"] as const).map((key) => (
                <NumberField
                  key={key}
                  label={t(`plant:scale.${key}`)}
                  value={draft.scale?.[key]}
                  onChange={(v) => set({ scale: clean({ ...draft.scale, [key]: v }) })}
                />
              ))}
            </div>
            <Check
              label={t("plant:scale.clamp")}
              checked={draft.scale?.clamp ?? false}
              onChange={(clamp) => set({ scale: clean({ ...draft.scale, clamp: clamp || undefined }) })}
            />
            <div className="field-row">
              <TextField
                label={t("plant:scale.read")}
                value={draft.scale?.read ?? ""}
                onChange={(read) => set({ scale: clean({ ...draft.scale, read }) })}
              />
              <TextField
                label={t("plant:scale.write")}
                value={draft.scale?.write ?? ""}
                onChange={(write) => set({ scale: clean({ ...draft.scale, write }) })}
              />
            </div>
          </fieldset>
        )}
        {numeric && (
          <fieldset className="fieldset">
            <legend>{t("plant:deadband")}</legend>
            <div className="field-row">
              <NumberField
                label={t("plant:deadbandAbsolute")}
                value={draft.deadband?.absolute}
                onChange={(absolute) => set({ deadband: clean({ ...draft.deadband, absolute }) })}
                min={0}
              />
              <NumberField
                label={t("plant:deadbandPercent")}
                value={draft.deadband?.percent}
                onChange={(percent) => set({ deadband: clean({ ...draft.deadband, percent }) })}
                min={0}
                max={100}
              />
              <TextField
                label={t("plant:deadbandInterval")}
                value={draft.deadband?.interval ?? ""}
                onChange={(interval) => set({ deadband: clean({ ...draft.deadband, interval }) })}
              />
            </div>
          </fieldset>
        )}
        {kind === "device" && (
          <SelectField
            label={t("writes:restore")}
            value={draft.restore ?? "last"}
            onChange={(restore) => set({ restore: restore === "none" ? "none" : undefined })}
            options={[
              { value: "last", label: t("writes:restoreLast") },
              { value: "none", label: t("writes:restoreNone") },
            ]}
          />
        )}
        {kind === "device" && draft.type === "bool" && (
          <NumberField label={t("plant:bit")} value={draft.bit} onChange={(bit) => set({ bit })} min={0} max={63} />
        )}
        {kind !== "computed" && draft.write && (
          <>
            <Expression
              label={t("plant:interlock")}
              value={draft.write.interlock ?? ""}
              onChange={(interlock) => set({ write: clean({ ...draft.write, interlock }) ?? {} })}
              error={wrong("/write/interlock")}
            />
            <TextField
              label={t("plant:readBack")}
              value={draft.write.readBack ?? ""}
              onChange={(readBack) => set({ write: clean({ ...draft.write, readBack }) ?? {} })}
              hint={t("plant:readBackHint")}
            />
            <Check
              label={t("writes:secondPerson")}
              checked={!!draft.write.release}
              onChange={(on) => set({ write: clean({ ...draft.write, release: on ? {} : undefined }) ?? {} })}
            />
            {draft.write.release && (
              <div className="field-row">
                <SelectField
                  label={t("writes:secondBy")}
                  value={draft.write.release.by ?? "operate"}
                  onChange={(by) =>
                    set({
                      write: {
                        ...draft.write,
                        release: { ...draft.write?.release, by: by === "operate" ? undefined : (by as "tune") },
                      },
                    })
                  }
                  options={(["operate", "tune", "administer"] as const).map((value) => ({
                    value,
                    label: t(`writes:${value}`),
                  }))}
                />
                <TextField
                  label={t("writes:within")}
                  value={draft.write.release.within ?? ""}
                  onChange={(within) =>
                    set({
                      write: { ...draft.write, release: { ...draft.write?.release, within: within || undefined } },
                    })
                  }
                  hint={t("writes:withinHint")}
                  error={wrong("/write/release/within")}
                />
              </div>
            )}
          </>
        )}
      </div>
    </details>
  );
}
