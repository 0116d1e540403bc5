import type { ModelState, Plant, Problem, StampRequest, StampResult } from "@lineside/client";
import { request } from "@lineside/client";
import { useEffect, useState } from "react";
import { language, textIn, useT } from "../i18n";
import { NumberField, ProblemList, problemsOf, SelectField, TextField } from "../shell/form";
import { asApiError } from "../shell/resource";
import { Button, Dialog, Note, Row, Segmented, TextArea, toast } from "../ui";
import { said } from "./DeviceDialog";
import { clean, Section } from "./TagParts";
import { tableRows } from "./template/table";
import { ParamsForm, type Scalar } from "./ValueField";

/** So many of what would be made are shown. */
const most = 100;

/** Makes many assets of a model by a pattern, and shows before what would be made. */
export function StampDialog({
  plant,
  models,
  first,
  onClose,
  onDone,
}: {
  plant: Plant;
  models: readonly ModelState[];
  /** The model to begin with. */
  first?: string;
  onClose(): void;
  onDone(first: string | undefined): Promise<void>;
}) {
  const t = useT();
  const lang = language();
  const [model, setModel] = useState(first ?? models[0]?.id ?? "");
  const [pattern, setPattern] = useState(`line1/${first ?? models[0]?.id ?? "asset"}{n}`);
  const [way, setWay] = useState<"numbers" | "table">("numbers");
  const [table, setTable] = useState("");
  const [from, setFrom] = useState<number | undefined>(1);
  const [to, setTo] = useState<number | undefined>(5);
  const [title, setTitle] = useState("");
  const [params, setParams] = useState<Record<string, Scalar>>({});
  const [existing, setExisting] = useState<NonNullable<StampRequest["existing"]>>("abort");
  const [result, setResult] = useState<{ key: string; made?: StampResult; problems: Problem[] }>();
  const [busy, setBusy] = useState(false);
  const type = models.find((m) => m.id === model);
  const parameters = type?.parameters ?? [];
  const ids = new Set(parameters.map((p) => p.id));
  const rows = way === "table" ? tableRows(table, parameters) : undefined;
  const body: StampRequest = {
    model,
    pattern,
    from: from ?? 0,
    to: to ?? 0,
    rows,
    existing,
    title: clean({ [lang]: title }),
    params: clean(Object.fromEntries(Object.entries(params).filter(([id]) => ids.has(id)))),
  };
  const key = JSON.stringify(body);
  const empty = rows?.length === 0;
  useEffect(() => {
    let alive = true;
    if (empty) return setResult(undefined);
    const timer = setTimeout(async () => {
      try {
        const { data } = await request<StampResult>("POST", "/plant/stamp", { ...JSON.parse(key), dry: true });
        if (alive) setResult({ key, made: data, problems: data.problems });
      } catch (error) {
        if (alive) setResult({ key, problems: problemsOf(asApiError(error)) });
      }
    }, 300);
    return () => {
      alive = false;
      clearTimeout(timer);
    };
  }, [key, empty]);

  const fresh = result?.key === key;
  const problems = result?.problems ?? [];
  const made = result?.made;
  const rowOf = (p: Problem) => {
    const match = /^\/assets\/(\d+)(\/|$)/.exec(p.at ?? "");
    return made && match && made.assets[Number(match[1])] ? Number(match[1]) : undefined;
  };
  const inField = (p: Problem) => /^\/(pattern|from|to|model|params\/\w+)$/.test(p.at ?? "");
  const elsewhere = problems.filter((p) => rowOf(p) === undefined && !inField(p));
  const errors = problems.some((p) => p.severity !== "warning");
  const willMake = made ? made.added + made.changed : 0;

  const summary = (m: StampResult) => [
    t("assets:willMake", { count: m.added, tags: m.tags }),
    ...(m.devices.length ? [t("template:willAddDevices", { count: m.devices.length })] : []),
    ...(m.changed ? [t("assets:willChange", { count: m.changed })] : []),
    ...(m.unchanged ? [t("assets:willKeep", { count: m.unchanged })] : []),
  ];

  const apply = async () => {
    setBusy(true);
    try {
      const { data } = await request<StampResult>("POST", "/plant/stamp", body);
      await onDone(data.assets[0]?.path);
      toast(t("assets:stamped", { count: data.added + data.changed, tags: data.tags }), { kind: "good" });
      onClose();
    } catch (error) {
      setResult({ key, made, problems: problemsOf(asApiError(error)) });
    } finally {
      setBusy(false);
    }
  };

  return (
    <Dialog
      open
      size="wide"
      title={t("assets:stampTitle")}
      text={t("assets:stampText")}
      onClose={onClose}
      footer={
        <>
          <span className="grow muted" aria-live="polite">
            {fresh && made && !errors && summary(made).join(" · ")}
          </span>
          <Button onClick={onClose}>{t("common:cancel")}</Button>
          <Button look="primary" disabled={busy || !fresh || errors || willMake === 0} onClick={() => void apply()}>
            {t("assets:stampNow")}
          </Button>
        </>
      }
    >
      <div className="field-row">
        <SelectField
          label={t("assets:model")}
          value={model}
          onChange={(id) => {
            setModel(id);
            setParams({});
            setPattern((old) => old.replace(`/${model}{`, `/${id}{`));
          }}
          options={models.map((m) => ({ value: m.id, label: textIn(m.name) || m.id }))}
          error={said(problems, "/model")}
        />
        <TextField
          label={t("assets:pattern")}
          value={pattern}
          onChange={setPattern}
          hint={t("assets:patternHint")}
          error={said(problems, "/pattern")}
          required
        />
      </div>
      <div className="way">
        <Segmented
          label={t("template:by")}
          value={way}
          onChange={setWay}
          options={(["numbers", "table"] as const).map((value) => ({ value, label: t(`template:bys.${value}`) }))}
        />
      </div>
      {way === "table" && (
        <Row
          label={t("template:table")}
          help={t("template:tableHint", {
            parameters: parameters.map((p) => p.id).join(", "),
            line: "{line}",
            n: "{n}",
          })}
        >
          {(id) => (
            <TextArea
              id={id}
              rows={5}
              className="mono"
              placeholder={["path", ...parameters.filter((p) => p.type !== "device").map((p) => p.id)].join("\t")}
              value={table}
              onChange={(event) => setTable(event.target.value)}
            />
          )}
        </Row>
      )}
      {way === "table" && table.trim() && (
        <p className="muted" aria-live="polite">
          {t("template:rows", { count: rows?.length ?? 0 })}
        </p>
      )}
      <div className="field-row">
        <NumberField
          label={t("assets:from")}
          value={from}
          onChange={setFrom}
          integer
          min={0}
          error={said(problems, "/from")}
        />
        {way === "numbers" && (
          <NumberField
            label={t("assets:to")}
            value={to}
            onChange={setTo}
            integer
            min={0}
            error={said(problems, "/to")}
          />
        )}
        <TextField label={t("plant:title")} value={title} onChange={setTitle} placeholder={t("assets:titleExample")} />
        <SelectField
          label={t("assets:existing")}
          value={existing}
          onChange={(value) => setExisting(value as typeof existing)}
          options={(["abort", "ignore", "overwrite"] as const).map((value) => ({
            value,
            label: t(`assets:existings.${value}`),
          }))}
        />
      </div>
      {parameters.length > 0 && (
        <Section title={t("assets:parameters")}>
          <p className="hint">{t("assets:paramsHint")}</p>
          <ParamsForm
            parameters={parameters}
            devices={plant.devices ?? []}
            value={params}
            onChange={setParams}
            wrong={(id) => said(problems, `/params/${id}`)}
            template
          />
        </Section>
      )}
      {elsewhere.length > 0 && (
        <ProblemList
          problems={elsewhere.slice(0, 8).map((p) => {
            const row = /^\/rows\/(\d+)/.exec(p.at ?? "");
            return row
              ? { ...p, at: undefined, message: t("template:row", { row: Number(row[1]) + 2, message: p.message }) }
              : p;
          })}
        />
      )}
      {made && made.assets.length > 0 && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reached by the keyboard
        <section className="preview-rows" tabIndex={0} aria-label={t("assets:preview")}>
          <table className="table">
            <thead>
              <tr>
                <th>{t("plant:path")}</th>
                <th>{t("plant:title")}</th>
                {parameters.map((p) => (
                  <th key={p.id}>{textIn(p.title) || p.id}</th>
                ))}
                <th>{t("plant:faults")}</th>
              </tr>
            </thead>
            <tbody>
              {made.assets.slice(0, most).map((a, row) => (
                <tr key={a.path}>
                  <td className="mono">{a.path}</td>
                  <td>{textIn(a.title)}</td>
                  {parameters.map((p) => (
                    <td key={p.id}>
                      {a.params?.[p.id] !== undefined ? (
                        String(a.params[p.id])
                      ) : (
                        <span className="muted">{p.default === undefined ? "–" : String(p.default)}</span>
                      )}
                    </td>
                  ))}
                  <td>
                    {problems
                      .filter((p) => rowOf(p) === row)
                      .slice(0, 3)
                      .map((p) => (
                        <div key={`${p.at}${p.message}`} className={p.severity === "warning" ? "muted" : "wrong"}>
                          {p.message}
                        </div>
                      ))}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      )}
      {made && made.assets.length > most && (
        <p className="muted">{t("plant:moreRows", { count: made.assets.length - most })}</p>
      )}
      {fresh && made?.assets.length === 0 && <Note title={t("assets:nothingToMake")} />}
    </Dialog>
  );
}
