import type {
  Problem,
  ReportAlarms,
  ReportBlock,
  ReportPicture,
  ReportStops,
  ReportTable,
  ReportText,
  ReportTrend,
} from "@lineside/client";
import { ImageUp } from "lucide-react";
import { useRef, useState } from "react";
import { useT } from "../i18n";
import { NumberField, SelectField, TextField } from "../shell/form";
import { Button, Check } from "../ui";
import { TextPair, Wrong } from "./fields";
import { ItemList } from "./ItemList";
import { functions, problemsAt, readState, stateful, tidy } from "./model";

type Change<T> = (part: Partial<T>, field: string) => void;

/** The settings of one block. */
export function BlockForm(props: {
  block: ReportBlock;
  /** Its place in the document. */
  at: string;
  problems: readonly Problem[];
  onChange(block: ReportBlock, field: string): void;
}) {
  const t = useT();
  const { block, at, problems } = props;
  const inner = <K extends keyof ReportBlock>(key: K) =>
    ((part: object, field: string) =>
      props.onChange({ ...block, [key]: tidy({ ...(block[key] as object), ...part }) } as ReportBlock, field)) as never;
  const own = problems.filter((p) => p.at === at || p.at?.startsWith(`${at}/title`) || p.at === `${at}/${block.kind}`);
  return (
    <section className="report-form" aria-label={t(`reports:kinds.${block.kind}`)}>
      <h2>{t(`reports:kinds.${block.kind}`)}</h2>
      <p className="muted">{t(`reports:kindText.${block.kind}`)}</p>
      {block.kind !== "break" && block.kind !== "text" && (
        <TextPair
          label={t("reports:blockTitle")}
          value={block.title}
          onChange={(title) => props.onChange(tidy({ ...block, title }), "title")}
        />
      )}
      <Wrong problems={own} />
      {block.text && <TextForm value={block.text} at={`${at}/text`} problems={problems} set={inner("text")} />}
      {block.tiles && (
        <ItemList
          items={block.tiles.items}
          at={`${at}/tiles/items`}
          problems={problems}
          functions
          formulas
          onChange={(items, field) => (inner("tiles") as Change<{ items: unknown }>)({ items }, field)}
        />
      )}
      {block.table && <TableForm value={block.table} at={`${at}/table`} problems={problems} set={inner("table")} />}
      {block.trend && <TrendForm value={block.trend} at={`${at}/trend`} problems={problems} set={inner("trend")} />}
      {block.alarms && (
        <AlarmsForm value={block.alarms} at={`${at}/alarms`} problems={problems} set={inner("alarms")} />
      )}
      {block.stops && <StopsForm value={block.stops} at={`${at}/stops`} problems={problems} set={inner("stops")} />}
      {block.picture && (
        <PictureForm value={block.picture} at={`${at}/picture`} problems={problems} set={inner("picture")} />
      )}
    </section>
  );
}

type FormProps<T> = { value: T; at: string; problems: readonly Problem[]; set: Change<T> };

const first = (problems: readonly Problem[], at: string) => {
  const p = problemsAt(problems, at)[0];
  return p && `${p.message} ${p.hint ?? ""}`;
};

function useOptions(area: string, values: readonly string[]) {
  const t = useT();
  return values.map((value) => ({ value, label: t(`reports:${area}.${value || "none"}`) }));
}

function TextForm({ value, at, problems, set }: FormProps<ReportText>) {
  const t = useT();
  return (
    <>
      <TextPair
        label={t("reports:kinds.text")}
        rows={6}
        value={value.text}
        hint={t("reports:placeholders")}
        problems={problemsAt(problems, `${at}/text`)}
        onChange={(text) => set({ text: text ?? {} }, "text")}
      />
      <SelectField
        label={t("reports:style")}
        value={value.style ?? "body"}
        onChange={(style) => set({ style: style === "body" ? undefined : (style as ReportText["style"]) }, "style")}
        options={useOptions("styles", ["body", "heading", "subheading", "small"])}
      />
      <AlignField value={value.align} set={(align) => set({ align }, "align")} />
    </>
  );
}

function AlignField(props: { value?: string; set(align: "left" | "center" | "right" | undefined): void }) {
  const t = useT();
  return (
    <SelectField
      label={t("reports:align")}
      value={props.value ?? "left"}
      onChange={(align) => props.set(align === "left" ? undefined : (align as "center" | "right"))}
      options={useOptions("aligns", ["left", "center", "right"])}
    />
  );
}

const steps = ["5m", "15m", "1h", "shift", "1d", "1w", "1mo"];

function StepField(props: { value?: string; error?: string; onChange(step: string): void }) {
  const t = useT();
  const known = useOptions("steps", steps);
  const options =
    props.value && !steps.includes(props.value) ? [...known, { value: props.value, label: props.value }] : known;
  return (
    <SelectField
      label={t("reports:step")}
      value={props.value ?? "1h"}
      onChange={props.onChange}
      options={options}
      error={props.error}
    />
  );
}

function TableForm({ value, at, problems, set }: FormProps<ReportTable>) {
  const t = useT();
  const intervals = value.rows === "intervals";
  const [more, setMore] = useState(!!(value.pattern || value.model));
  const columns = value.columns ?? [];
  const functionNames = useOptions("functions", functions);
  return (
    <>
      <SelectField
        label={t("reports:rows")}
        value={value.rows}
        onChange={(rows) =>
          set(
            rows === "intervals"
              ? {
                  rows: "intervals",
                  columns: undefined,
                  step: value.step ?? "1h",
                  fn: value.fn ?? "avg",
                }
              : {
                  rows: "tags",
                  step: undefined,
                  fn: undefined,
                  items: (value.items ?? []).filter((i) => !i.formula),
                  columns: columns.length ? columns : [{ fn: "avg" }, { fn: "min" }, { fn: "max" }],
                },
            "rows",
          )
        }
        options={useOptions("rowsOf", ["tags", "intervals"])}
      />
      {intervals && (
        <StepField
          value={value.step}
          error={first(problems, `${at}/step`)}
          onChange={(step) => set({ step }, "step")}
        />
      )}
      {intervals && (
        <SelectField
          label={t("reports:function")}
          value={value.fn ?? "avg"}
          onChange={(fn) => set({ fn }, "fn")}
          options={functionNames}
          hint={t("reports:functionText")}
        />
      )}
      <ItemList
        items={value.items ?? []}
        at={`${at}/items`}
        problems={problems}
        functions={intervals}
        byDefault={value.fn ?? "avg"}
        formulas={intervals}
        onChange={(items, field) => set({ items: items.length ? items : undefined }, field)}
      />
      <Check
        label={t("reports:moreTags")}
        checked={more}
        onChange={(on) => {
          setMore(on);
          if (!on) set({ pattern: undefined, model: undefined, property: undefined }, "pattern");
        }}
      />
      {more && (
        <>
          <TextField
            label={t("reports:pattern")}
            value={value.pattern ?? ""}
            hint={t("reports:patternText")}
            error={first(problems, `${at}/pattern`)}
            onChange={(pattern) => set({ pattern }, "pattern")}
          />
          <TextField
            label={t("reports:model")}
            value={value.model ?? ""}
            error={first(problems, `${at}/model`)}
            onChange={(model) => set({ model }, "model")}
          />
          <TextField
            label={t("reports:property")}
            value={value.property ?? ""}
            hint={t("reports:propertyText")}
            error={first(problems, `${at}/property`)}
            onChange={(property) => set({ property }, "property")}
          />
        </>
      )}
      {!intervals && (
        <fieldset className="form-row report-columns">
          <legend className="label">{t("reports:columns")}</legend>
          <div className="report-checks">
            {functions.map((fn) => (
              <Check
                key={fn}
                label={t(`reports:functions.${fn}`)}
                checked={columns.some((c) => c.fn === fn)}
                onChange={(on) =>
                  set({ columns: on ? [...columns, { fn }] : columns.filter((c) => c.fn !== fn) }, "columns")
                }
              />
            ))}
          </div>
          <Wrong problems={problemsAt(problems, `${at}/columns`)} />
        </fieldset>
      )}
      {!intervals && columns.some((c) => stateful.includes(c.fn)) && (
        <TextField
          label={t("reports:stateOf")}
          hint={t("reports:stateText")}
          value={String(columns.find((c) => stateful.includes(c.fn))?.state ?? "")}
          onChange={(text) =>
            set(
              { columns: columns.map((c) => (stateful.includes(c.fn) ? tidy({ ...c, state: readState(text) }) : c)) },
              "state",
            )
          }
        />
      )}
      <SelectField
        label={t("reports:total")}
        value={value.total ?? "none"}
        onChange={(total) => set({ total: total === "none" ? undefined : (total as ReportTable["total"]) }, "total")}
        options={useOptions("totals", ["none", "sum", "avg", "min", "max"])}
      />
    </>
  );
}

function TrendForm({ value, at, problems, set }: FormProps<ReportTrend>) {
  const t = useT();
  const bars = value.style === "bar";
  return (
    <>
      <SelectField
        label={t("reports:look")}
        value={value.style ?? "line"}
        onChange={(style) =>
          set(
            {
              style: style as ReportTrend["style"],
              step: style === "bar" ? (value.step ?? "1h") : undefined,
              items: value.items.map((i) => tidy({ ...i, fn: style === "bar" ? (i.fn ?? "delta") : undefined })),
            },
            "style",
          )
        }
        options={useOptions("looks", ["line", "step", "bar"])}
      />
      {bars && (
        <StepField
          value={value.step}
          error={first(problems, `${at}/step`)}
          onChange={(step) => set({ step }, "step")}
        />
      )}
      <ItemList
        items={value.items}
        at={`${at}/items`}
        problems={problems}
        functions={bars}
        byDefault={bars ? "delta" : undefined}
        onChange={(items, field) => set({ items }, field)}
      />
      <NumberField
        label={t("reports:height")}
        value={value.height}
        min={30}
        max={200}
        error={first(problems, `${at}/height`)}
        hint={t("reports:heightText")}
        onChange={(height) => set({ height }, "height")}
      />
      <NumberField
        label={t("reports:low")}
        value={value.low}
        hint={t("reports:axisText")}
        error={first(problems, `${at}/low`)}
        onChange={(low) => set({ low }, "low")}
      />
      <NumberField
        label={t("reports:high")}
        value={value.high}
        error={first(problems, `${at}/high`)}
        onChange={(high) => set({ high }, "high")}
      />
    </>
  );
}

const priorities = ["urgent", "high", "medium", "low"] as const;

function AlarmsForm({ value, at, problems, set }: FormProps<ReportAlarms>) {
  const t = useT();
  const chosen = value.priorities ?? [];
  return (
    <>
      <SelectField
        label={t("reports:showWhat")}
        value={value.show}
        onChange={(show) => set({ show: show as ReportAlarms["show"] }, "show")}
        options={useOptions("shows", ["list", "top", "priorities"])}
      />
      <TextField
        label={t("reports:area")}
        value={value.area ?? ""}
        hint={t("reports:areaText")}
        error={first(problems, `${at}/area`)}
        onChange={(area) => set({ area }, "area")}
      />
      <fieldset className="form-row">
        <legend className="label">{t("reports:ofPriority")}</legend>
        <div className="report-checks">
          {priorities.map((p) => (
            <Check
              key={p}
              label={t(`alarms:priorities.${p}`)}
              checked={chosen.length === 0 || chosen.includes(p)}
              onChange={(on) => {
                const now = chosen.length ? chosen : [...priorities];
                const next = priorities.filter((x) => (x === p ? on : now.includes(x)));
                set({ priorities: next.length === 4 || next.length === 0 ? undefined : [...next] }, "priorities");
              }}
            />
          ))}
        </div>
      </fieldset>
      {value.show !== "priorities" && (
        <NumberField
          label={t("reports:most")}
          integer
          min={1}
          max={1000}
          value={value.limit}
          hint={t(value.show === "top" ? "reports:mostTop" : "reports:mostList")}
          error={first(problems, `${at}/limit`)}
          onChange={(limit) => set({ limit }, "limit")}
        />
      )}
    </>
  );
}

function StopsForm({ value, at, problems, set }: FormProps<ReportStops>) {
  const t = useT();
  return (
    <>
      <ItemList
        items={value.items}
        at={`${at}/items`}
        problems={problems}
        states
        onChange={(items, field) => set({ items }, field)}
      />
      <TextField
        label={t("reports:shortest")}
        value={value.shortest ?? ""}
        hint={t("reports:shortestText")}
        error={first(problems, `${at}/shortest`)}
        onChange={(shortest) => set({ shortest }, "shortest")}
      />
      <SelectField
        label={t("reports:order")}
        value={value.order ?? "time"}
        onChange={(order) => set({ order: order === "time" ? undefined : (order as ReportStops["order"]) }, "order")}
        options={useOptions("orders", ["time", "longest"])}
      />
      <NumberField
        label={t("reports:most")}
        integer
        min={1}
        max={1000}
        value={value.limit}
        hint={t("reports:mostStops")}
        error={first(problems, `${at}/limit`)}
        onChange={(limit) => set({ limit }, "limit")}
      />
    </>
  );
}

const maxPicture = 1 << 20;

function PictureForm({ value, at, problems, set }: FormProps<ReportPicture>) {
  const t = useT();
  const file = useRef<HTMLInputElement>(null);
  const [wrong, setWrong] = useState("");
  const take = async (chosen: File | undefined) => {
    if (!chosen) return;
    if (!["image/png", "image/jpeg"].includes(chosen.type)) return setWrong(t("reports:pictureKind"));
    if (chosen.size > maxPicture) return setWrong(t("reports:pictureSize"));
    const bytes = new Uint8Array(await chosen.arrayBuffer());
    let text = "";
    for (let i = 0; i < bytes.length; i += 0x8000) text += String.fromCharCode(...bytes.subarray(i, i + 0x8000));
    setWrong("");
    set({ data: btoa(text) }, "data");
  };
  return (
    <>
      <input
        ref={file}
        type="file"
        accept="image/png,image/jpeg"
        className="visually-hidden"
        tabIndex={-1}
        aria-label={t("reports:choosePicture")}
        onChange={(e) => {
          void take(e.target.files?.[0]);
          e.target.value = "";
        }}
      />
      <Button icon={<ImageUp size={16} aria-hidden />} onClick={() => file.current?.click()}>
        {t(value.data ? "reports:otherPicture" : "reports:choosePicture")}
      </Button>
      {wrong && (
        <span className="wrong" role="alert">
          {wrong}
        </span>
      )}
      <Wrong problems={problemsAt(problems, `${at}/data`)} />
      <NumberField
        label={t("reports:width")}
        value={value.width}
        min={5}
        max={100}
        hint={t("reports:widthText")}
        error={first(problems, `${at}/width`)}
        onChange={(width) => set({ width }, "width")}
      />
      <AlignField value={value.align} set={(align) => set({ align }, "align")} />
      <TextPair
        label={t("reports:alternative")}
        value={value.alternative}
        onChange={(alternative) => set({ alternative }, "alternative")}
      />
    </>
  );
}
