import type { Problem, Report, ReportList, ReportSchedule } from "@lineside/client";
import { Plus, X } from "lucide-react";
import { useT } from "../i18n";
import { NumberField, SelectField, TextField } from "../shell/form";
import { Button, Check, IconButton, Note, ScheduleField, Select } from "../ui";
import { TextPair, Wrong } from "./fields";
import { periods, problemsAt, tidy } from "./model";

/** The settings of the report itself: name, period, paper, header and footer, schedule and who gets it. */
export function ReportForm(props: {
  report: Report;
  list?: ReportList;
  problems: readonly Problem[];
  onChange(part: Partial<Report>, field: string): void;
}) {
  const t = useT();
  const { report, problems, onChange } = props;
  const page = report.page ?? {};
  const wrong = (at: string) => {
    const p = problemsAt(problems, at)[0];
    return p && `${p.message} ${p.hint ?? ""}`;
  };
  const setPage = (part: Partial<Report["page"]>, field: string) => {
    const next = tidy({ ...page, ...part });
    onChange({ page: Object.keys(next).length ? next : undefined }, `/page/${field}`);
  };
  return (
    <section className="report-form" aria-label={t("reports:settings")}>
      <h2>{t("reports:settings")}</h2>
      <TextPair
        label={t("reports:name")}
        value={report.title}
        problems={problemsAt(problems, "/title")}
        onChange={(title) => onChange({ title: title ?? {} }, "/title")}
      />
      <TextPair
        label={t("reports:description")}
        value={report.description}
        problems={problemsAt(problems, "/description")}
        onChange={(description) => onChange({ description }, "/description")}
      />
      <SelectField
        label={t("reports:period")}
        value={report.period.kind}
        hint={report.period.kind === "shift" ? t("reports:shiftHint") : undefined}
        error={wrong("/period")}
        onChange={(kind) => onChange({ period: { kind: kind as Report["period"]["kind"] } }, "/period")}
        options={periods.map((p) => ({ value: p, label: t(`reports:periods.${p}`) }))}
      />
      <SelectField
        label={t("reports:language")}
        value={report.language ?? "en"}
        onChange={(language) => onChange({ language: language as "en" | "zh" }, "/language")}
        options={["en", "zh"].map((l) => ({ value: l, label: t(`reports:languages.${l}`) }))}
      />
      <h3>{t("reports:paper")}</h3>
      <div className="report-numbers">
        <SelectField
          label={t("reports:size")}
          value={page.size ?? "a4"}
          onChange={(size) => setPage({ size: size === "a4" ? undefined : "letter" }, "size")}
          options={["a4", "letter"].map((s) => ({ value: s, label: t(`reports:sizes.${s}`) }))}
        />
        <SelectField
          label={t("reports:orientation")}
          value={page.orientation ?? "portrait"}
          onChange={(o) => setPage({ orientation: o === "portrait" ? undefined : "landscape" }, "orientation")}
          options={["portrait", "landscape"].map((s) => ({ value: s, label: t(`reports:orientations.${s}`) }))}
        />
        <NumberField
          label={t("reports:margin")}
          value={page.margin}
          min={5}
          max={50}
          error={wrong("/page/margin")}
          onChange={(margin) => setPage({ margin }, "margin")}
        />
      </div>
      {(["header", "footer"] as const).map((band) => (
        <div key={band}>
          <h3>{t(`reports:${band}`)}</h3>
          {(["left", "center", "right"] as const).map((place) => (
            <TextPair
              key={place}
              label={t(`reports:aligns.${place}`)}
              value={report[band]?.[place]}
              problems={problemsAt(problems, `/${band}/${place}`)}
              onChange={(text) => {
                const next = tidy({ ...report[band], [place]: text });
                onChange({ [band]: Object.keys(next).length ? next : undefined }, `/${band}/${place}`);
              }}
            />
          ))}
        </div>
      ))}
      <p className="hint">{t("reports:placeholders")}</p>
      <h3>{t("reports:schedule")}</h3>
      <ScheduleForm
        value={report.schedule}
        shifts={report.period.kind === "shift"}
        list={props.list}
        problems={problems}
        onChange={(schedule, field) => onChange({ schedule }, `/schedule/${field}`)}
      />
    </section>
  );
}

const formats = ["pdf", "xlsx", "csv"] as const;

function ScheduleForm(props: {
  value?: ReportSchedule;
  shifts: boolean;
  list?: ReportList;
  problems: readonly Problem[];
  onChange(value: ReportSchedule | undefined, field: string): void;
}) {
  const t = useT();
  const s = props.value;
  const set = (part: Partial<ReportSchedule>, field: string) => s && props.onChange(tidy({ ...s, ...part }), field);
  const files = s?.files ?? ["pdf"];
  const receivers = s?.receivers ?? [];
  const targets = [{ id: "local", title: t("reports:localTarget") }, ...(props.list?.targets ?? [])];
  const problem = problemsAt(props.problems, "/schedule/when")[0];
  return (
    <>
      <Check
        label={t("reports:bySchedule")}
        checked={!!s}
        onChange={(on) => props.onChange(on ? { when: props.shifts ? "@shift" : "15 6 * * *" } : undefined, "")}
      />
      {s && (
        <>
          <Check
            label={t("reports:atShift")}
            checked={s.when === "@shift"}
            onChange={(on) => set({ when: on ? "@shift" : "15 6 * * *" }, "when")}
          />
          {s.when !== "@shift" && (
            <ScheduleField
              label={t("reports:when")}
              value={s.when}
              error={problem && `${problem.message} ${problem.hint ?? ""}`}
              onChange={(when) => set({ when }, "when")}
            />
          )}
          <p className="hint">{t("reports:whenText")}</p>
          <Check
            label={t("reports:paused")}
            checked={!!s.paused}
            onChange={(on) => set({ paused: on || undefined }, "paused")}
          />
          <fieldset className="form-row">
            <legend className="label">{t("reports:files")}</legend>
            <div className="report-checks">
              {formats.map((f) => (
                <Check
                  key={f}
                  label={f.toUpperCase()}
                  checked={files.includes(f)}
                  onChange={(on) => {
                    const next = formats.filter((x) => (x === f ? on : files.includes(x)));
                    if (next.length) set({ files: next.join() === "pdf" ? undefined : [...next] }, "files");
                  }}
                />
              ))}
            </div>
          </fieldset>
          <fieldset className="form-row">
            <legend className="label">{t("reports:receivers")}</legend>
            {props.list && !props.list.mail && receivers.length > 0 && (
              <Note kind="warning">{t("reports:noMail")}</Note>
            )}
            {receivers.map((r, i) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: an address that is being typed has no identity
              <div key={i} className="report-receiver">
                <TextField
                  label={t("reports:address")}
                  type="email"
                  value={r.address}
                  error={problemsAt(props.problems, `/schedule/receivers/${i}`)[0]?.message}
                  onChange={(address) =>
                    set({ receivers: receivers.map((x, k) => (k === i ? { ...x, address } : x)) }, `receivers/${i}`)
                  }
                />
                <Select
                  aria-label={t("reports:language")}
                  value={r.language ?? ""}
                  onChange={(language) =>
                    set(
                      {
                        receivers: receivers.map((x, k) =>
                          k === i ? tidy({ ...x, language: language as "en" | "zh" }) : x,
                        ),
                      },
                      "",
                    )
                  }
                  options={["", "en", "zh"].map((l) => ({
                    value: l,
                    label: t(l ? `reports:languages.${l}` : "reports:asReport"),
                  }))}
                />
                <IconButton
                  small
                  label={t("reports:takeAway", { path: r.address })}
                  onClick={() => set({ receivers: receivers.filter((_, k) => k !== i) }, "")}
                >
                  <X size={14} aria-hidden />
                </IconButton>
              </div>
            ))}
            <Button
              icon={<Plus size={16} aria-hidden />}
              onClick={() => set({ receivers: [...receivers, { address: "" }] }, "")}
            >
              {t("reports:addReceiver")}
            </Button>
          </fieldset>
          <SelectField
            label={t("reports:target")}
            value={s.target ?? ""}
            hint={t("reports:targetText")}
            onChange={(target) => set({ target }, "target")}
            options={[
              { value: "", label: t("reports:noTarget") },
              ...targets.map((x) => ({ value: x.id, label: x.title })),
            ]}
          />
          <Wrong problems={problemsAt(props.problems, "/schedule/target")} />
        </>
      )}
    </>
  );
}
