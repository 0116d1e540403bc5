// The range table: rows looked through from the top, the first that fits says what it becomes.
import type { Field, Prop, Step } from "@lineside/client";
import { Plus, Trash2 } from "lucide-react";
import { useT } from "../../i18n";
import { Button, FieldControl, IconButton, NumberInput, Select } from "../../ui";
import { Bits } from "./Bits";

type Kind = "range" | "is" | "bits";

const kindOf = (s: Step): Kind => (s.mask !== undefined && s.mask !== 0 ? "bits" : "is" in s ? "is" : "range");

const begin: Record<Kind, Omit<Step, "set">> = { range: { from: 0 }, is: { is: true }, bits: { mask: 1 } };

export function StepTable(props: { steps: readonly Step[]; field: Field; onChange: (steps: Step[]) => void }) {
  const { steps, field, onChange } = props;
  const t = useT();
  const set = (i: number, part: Partial<Step>) => {
    const next = { ...steps[i], ...part } as Record<string, unknown>;
    for (const key of Object.keys(next)) if (next[key] === undefined) delete next[key];
    onChange(steps.with(i, next as unknown as Step));
  };
  const add = () => {
    const last = steps.at(-1);
    const kind = last ? kindOf(last) : "range";
    const from = last?.below ?? (last?.from ?? 0) + 10;
    const fits =
      kind === "range" ? { from } : kind === "bits" ? { mask: ((last?.mask ?? 1) << 1) >>> 0 || 1 } : begin.is;
    onChange([...steps, { ...fits, set: (last?.set ?? 0) as never }]);
  };
  return (
    <div className="animation-steps">
      {steps.map((s, i) => {
        const kind = kindOf(s);
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: rows have no identity but their place
          <fieldset className="animation-step" key={i} aria-label={t("animation:row", { n: i + 1 })}>
            <div className="animation-when">
              <Select
                aria-label={t("animation:when", { n: i + 1 })}
                value={kind}
                options={(["range", "is", "bits"] as const).map((k) => ({ value: k, label: t(`animation:kind.${k}`) }))}
                onChange={(k) => onChange(steps.with(i, { ...begin[k as Kind], set: s.set }))}
              />
              {kind === "range" && (
                <>
                  <NumberInput
                    label={t("animation:from")}
                    placeholder="−∞"
                    optional
                    value={s.from}
                    onChange={(from) => set(i, { from })}
                  />
                  <NumberInput
                    label={t("animation:below")}
                    lead="<"
                    placeholder="∞"
                    optional
                    value={s.below}
                    onChange={(below) => set(i, { below })}
                  />
                </>
              )}
              {kind === "is" && (
                <FieldControl
                  field={{ name: "is", kind: "any", title: { en: t("animation:is") } }}
                  value={s.is}
                  onChange={(is) => set(i, { is: (is ?? "") as never })}
                />
              )}
              {kind === "bits" && <Bits mask={s.mask ?? 0} onChange={(mask) => set(i, { mask })} />}
              <IconButton
                small
                label={t("animation:removeRow", { n: i + 1 })}
                onClick={() => onChange(steps.toSpliced(i, 1))}
              >
                <Trash2 size={14} aria-hidden />
              </IconButton>
            </div>
            <div className="animation-set">
              <span className="prop-label">→</span>
              <FieldControl
                field={field}
                value={s.set as Prop}
                onChange={(v) => set(i, { set: (v ?? null) as never })}
              />
            </div>
          </fieldset>
        );
      })}
      <Button look="quiet" icon={<Plus size={14} aria-hidden />} onClick={add}>
        {t("animation:addRow")}
      </Button>
    </div>
  );
}
