import type { Animation, Manifest, Prop, Widget } from "@lineside/client";
import { ArrowDown, ArrowUp, Trash2 } from "lucide-react";
import { useDoc } from "../../design/context";
import { linear, partsOf, presetOf, setField } from "../../document";
import { useLanguage, useT } from "../../i18n";
import { FieldControl, IconButton, NumberInput, Segmented, Select } from "../../ui";
import { StepTable } from "./StepTable";
import { TryValue } from "./TryValue";
import { ValueSource } from "./ValueSource";
import { Way } from "./Way";

/** One animation: by which value, mapped how, and a slider that tries it. */
export function AnimationCard(props: {
  index: number;
  count: number;
  title: string;
  animation: Animation;
  widget: Widget;
  manifest: Manifest | undefined;
  onChange: (animation: Animation, merge?: string) => void;
  onRemove: () => void;
  onMove: (to: number) => void;
}) {
  const { animation: a, index, manifest } = props;
  const t = useT();
  const lang = useLanguage();
  const field = {
    ...setField(a.what, manifest),
    title: { en: t("animation:becomes"), [lang]: t("animation:becomes") },
  };
  const change = (part: Partial<Animation>, merge?: string) => {
    const next = { ...a, ...part } as Record<string, unknown>;
    for (const key of Object.keys(next)) if (next[key] === undefined) delete next[key];
    props.onChange(next as unknown as Animation, merge);
  };
  const drawings = useDoc((d) => d.app.drawings);
  const drawing = drawings?.find((d) => d.id === props.widget.props?.drawing);
  const preset = presetOf(manifest, props.widget.props);
  const parts = drawing ? partsOf(drawing).flatMap(({ part }) => part.id ?? []) : (preset?.parts ?? []);
  const numeric = linear(a.what, manifest);
  const mode = a.in && numeric ? "linear" : "steps";
  const setMode = (to: string) => {
    if (to === mode) return;
    if (to === "linear")
      change({
        in: a.in ?? [0, 100],
        out: a.out ?? (a.what === "move" ? [0, 0, 100, 0] : [field.min ?? 0, field.max ?? 100]),
        steps: undefined,
        else: undefined,
      });
    else change({ in: undefined, out: undefined, steps: [{ from: 0, below: 50, set: field.min ?? 0 }] });
  };
  return (
    <fieldset className="action animation" data-prop={`animate/${index}`}>
      <legend className="visually-hidden">{t("animation:legend", { n: index + 1, what: props.title })}</legend>
      <div className="action-head">
        <strong className="actions-title">{props.title}</strong>
        {props.count > 1 && (
          <>
            <IconButton
              small
              label={t("animation:earlier")}
              disabled={index === 0}
              onClick={() => props.onMove(index - 1)}
            >
              <ArrowUp size={14} aria-hidden />
            </IconButton>
            <IconButton
              small
              label={t("animation:later")}
              disabled={index === props.count - 1}
              onClick={() => props.onMove(index + 1)}
            >
              <ArrowDown size={14} aria-hidden />
            </IconButton>
          </>
        )}
        <IconButton small label={t("animation:remove", { what: props.title })} onClick={props.onRemove}>
          <Trash2 size={14} aria-hidden />
        </IconButton>
      </div>
      {parts.length > 0 && (
        <div className="prop">
          <span className="prop-label">{t("drawing:part")}</span>
          <div className="prop-value">
            <Select
              aria-label={t("drawing:part")}
              value={a.part ?? ""}
              options={[{ value: "", label: t("drawing:whole") }, ...parts.map((id) => ({ value: id, label: id }))]}
              onChange={(part) => change({ part: part || undefined })}
            />
          </div>
          <span className="bind-button" />
        </div>
      )}
      <ValueSource
        label={t("animation:by")}
        binding={a.by}
        widget={props.widget}
        prop={`animate/${index}`}
        onSet={(by) => change({ by })}
      />
      {numeric && a.what !== "move" && (
        <Segmented
          label={t("animation:how")}
          value={mode}
          onChange={setMode}
          options={[
            { value: "linear", label: t("animation:linear") },
            { value: "steps", label: t("animation:steps") },
          ]}
        />
      )}
      {mode === "linear" ? (
        <Linear animation={a} unit={field.unit} integer={field.kind === "int"} onChange={change} />
      ) : (
        <>
          <StepTable steps={a.steps ?? []} field={field} onChange={(steps) => change({ steps })} />
          <div className="prop">
            <span className="prop-label">{t("animation:else")}</span>
            <div className="prop-value">
              <FieldControl
                field={{ ...field, name: "else", title: { en: t("animation:else") } }}
                placeholder={t("animation:unchanged")}
                value={a.else}
                onChange={(v) => change({ else: v as Prop | undefined })}
              />
            </div>
            <span className="bind-button" />
          </div>
        </>
      )}
      {a.what === "blink" && <span className="hint">{t("animation:blinkHelp")}</span>}
      <TryValue animation={a} index={index} widget={props.widget} />
    </fieldset>
  );
}

/** The value from–to and what it becomes from–to. */
function Linear(props: {
  animation: Animation;
  unit: string | undefined;
  integer: boolean;
  onChange: (part: Partial<Animation>, merge?: string) => void;
}) {
  const { animation: a, onChange } = props;
  const t = useT();
  const pair = (key: "in" | "out", at: 0 | 1, label: string) => (
    <NumberInput
      label={label}
      lead={at === 0 ? undefined : "→"}
      unit={key === "out" ? props.unit : undefined}
      integer={key === "out" && props.integer}
      value={a[key]?.[at]}
      onChange={(n) => {
        if (n === undefined) return;
        const list = [...(a[key] ?? [0, 100])];
        list[at] = n;
        onChange({ [key]: list });
      }}
    />
  );
  return (
    <div className="animation-linear">
      <span className="prop-label">{t("animation:value")}</span>
      {pair("in", 0, t("animation:inLow"))}
      {pair("in", 1, t("animation:inHigh"))}
      {a.what === "move" ? (
        <Way out={a.out ?? []} onChange={(out) => onChange({ out })} />
      ) : (
        <>
          <span className="prop-label">{t("animation:becomes")}</span>
          {pair("out", 0, t("animation:outLow"))}
          {pair("out", 1, t("animation:outHigh"))}
        </>
      )}
    </div>
  );
}
