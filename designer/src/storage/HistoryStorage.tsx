import type { HistoryStorage as Kept, Retention } from "@lineside/client";
import { request } from "@lineside/client";
import { useState } from "react";
import { useLanguage, useT } from "../i18n";
import { NumberField, ProblemList, problemsOf } from "../shell/form";
import { asApiError, useResource } from "../shell/resource";
import { useTime } from "../shell/time";
import { Busy, Button, Empty, Note, toast, useConfirm } from "../ui";
import { amount } from "./amount";
import { ForecastPlot } from "./ForecastPlot";
import "./storage.css";

/** How much room the history takes, how long that lasts, how long it is kept, and what was deleted or lost. */
export function HistoryStorage() {
  const t = useT();
  const lang = useLanguage();
  const kept = useResource<Kept>("/history/retention", 10_000);
  const day = new Intl.DateTimeFormat(lang, { dateStyle: "medium" });
  const s = kept.data;
  if (kept.error) return <ProblemList problems={[kept.error]} />;
  if (!s) return <Busy />;
  const raw = s.tiers.find((tier) => tier.tier === "raw");
  const growth = s.tiers.reduce((sum, tier) => sum + tier.growth, 0);
  const number = new Intl.NumberFormat(lang, { maximumFractionDigits: 2 });
  const says = !s.known
    ? t("storage:unknown")
    : s.days === undefined
      ? t(s.limit ? "storage:never" : "storage:elsewhere")
      : t("storage:ends", { count: s.days, date: day.format(Date.now() + s.days * 86400e3) });
  return (
    <section className="page-section storage" aria-label={t("storage:title")}>
      <p className="muted">{t("storage:intro")}</p>
      {s.full ? (
        <Note kind="bad" title={t("storage:full")}>
          {t("storage:fullText")}
        </Note>
      ) : s.failure ? (
        <Note kind="bad" title={t("storage:failing")}>
          {t("storage:failingText")} <span className="selectable muted">{s.failure}</span>
        </Note>
      ) : (
        s.low && (
          <Note kind="warning" title={t("storage:low")}>
            {t("storage:lowText")}
          </Note>
        )
      )}
      <section aria-label={t("storage:facts")}>
        <dl className="storage-facts">
          <Fact name={t("storage:size")} value={amount(s.bytes, lang)} />
          <Fact name={t("storage:growth")} value={s.known ? amount(growth, lang) : "–"} />
          <Fact
            name={t("storage:perSample")}
            value={raw && raw.samples > 0 ? number.format(raw.bytes / raw.samples) : "–"}
          />
          <Fact name={t("storage:tags")} value={number.format(s.series)} />
          <Fact name={t("storage:waiting")} value={number.format(s.waiting)} />
          <Fact name={t("storage:database")} value={amount(s.database, lang)} />
          {s.disk !== undefined && (
            <Fact
              name={t("storage:disk")}
              value={t("storage:diskFree", { free: amount(s.free ?? 0, lang), size: amount(s.disk, lang) })}
            />
          )}
        </dl>
      </section>
      <section aria-labelledby="storage-plot">
        <h2 id="storage-plot">{t("storage:plot")}</h2>
        <p>{says}</p>
        {s.known && <ForecastPlot storage={s} says={says} />}
      </section>
      <section aria-labelledby="storage-tiers">
        <h2 id="storage-tiers">{t("storage:tiers")}</h2>
        <table className="table">
          <thead>
            <tr>
              <th>{t("storage:tier")}</th>
              <th>{t("storage:oldest")}</th>
              <th className="number">{t("storage:samples")}</th>
              <th className="number">{t("storage:size")}</th>
              <th className="number">{t("storage:growth")}</th>
            </tr>
          </thead>
          <tbody>
            {s.tiers.map((tier) => (
              <tr key={tier.tier}>
                <td>{t(`storage:${tier.tier}`)}</td>
                <td>{tier.oldest ? day.format(new Date(tier.oldest)) : t("storage:nothing")}</td>
                <td className="number">{number.format(tier.samples)}</td>
                <td className="number">{amount(tier.bytes, lang)}</td>
                <td className="number">{s.known ? amount(tier.growth, lang) : "–"}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      <RetentionForm retention={s.retention} onSaved={kept.reload} />
      <Events storage={s} />
    </section>
  );
}

function Fact({ name, value }: { name: string; value: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd className="selectable">{value}</dd>
    </div>
  );
}

/** Whether b keeps something for a shorter time than a; 0 is for ever. */
const shorter = (a: Retention, b: Retention) =>
  (["rawDays", "minuteDays", "hourDays", "maxGiB"] as const).some(
    (key) => b[key] > 0 && (a[key] === 0 || b[key] < a[key]),
  );

function RetentionForm({ retention, onSaved }: { retention: Retention; onSaved(): Promise<void> }) {
  const t = useT();
  const [changes, setChanges] = useState<Partial<Retention>>({});
  const [problems, setProblems] = useState<ReturnType<typeof problemsOf>>([]);
  const [ask, question] = useConfirm();
  const now = { ...retention, ...changes };
  const changed = (Object.keys(changes) as (keyof Retention)[]).some((key) => changes[key] !== retention[key]);
  const change = (key: keyof Retention) => (value: number | undefined) => setChanges({ ...changes, [key]: value ?? 0 });
  const wrong = (key: string) => problems.find((p) => p.at === `/${key}`);
  const save = async () => {
    if (
      shorter(retention, now) &&
      !(await ask({
        title: t("storage:shorter"),
        text: t("storage:shorterText"),
        action: t("storage:save"),
        danger: true,
      }))
    )
      return;
    try {
      await request("PUT", "/history/retention", now);
      setProblems([]);
      await onSaved();
      setChanges({});
      toast(t("storage:saved"), { kind: "good" });
    } catch (error) {
      setProblems(problemsOf(asApiError(error)));
    }
  };
  const field = (key: keyof Retention, label: string, hint: string, max: number, integer: boolean) => {
    const problem = wrong(key);
    return (
      <NumberField
        label={t(label)}
        hint={t(hint)}
        value={now[key]}
        onChange={change(key)}
        min={0}
        max={max}
        integer={integer}
        error={problem && `${problem.message} ${problem.hint ?? ""}`}
      />
    );
  };
  const rest = problems.filter((p) => !Object.keys(retention).includes((p.at ?? "").slice(1)));
  return (
    <section aria-labelledby="storage-retention">
      <h2 id="storage-retention">{t("storage:retention")}</h2>
      <div className="storage-form">
        {field("rawDays", "storage:raw", "storage:days", 36500, true)}
        {field("minuteDays", "storage:minute", "storage:minuteHint", 36500, true)}
        {field("hourDays", "storage:hour", "storage:hourHint", 36500, true)}
        {field("maxGiB", "storage:maxGiB", "storage:maxGiBHint", 1_000_000, false)}
        {field("minFreePercent", "storage:minFree", "storage:minFreeHint", 90, false)}
      </div>
      {rest.length > 0 && <ProblemList problems={rest} />}
      <div className="page-tools">
        {/* Not disabled: a number is taken when its field is left, which pressing this does. */}
        <Button look="primary" onClick={save}>
          {t("storage:save")}
        </Button>
        <Button
          disabled={!changed}
          onClick={() => {
            setChanges({});
            setProblems([]);
          }}
        >
          {t("storage:undo")}
        </Button>
      </div>
      {question}
    </section>
  );
}

function Events({ storage }: { storage: Kept }) {
  const t = useT();
  const time = useTime();
  const lang = useLanguage();
  const number = new Intl.NumberFormat(lang);
  return (
    <>
      <section aria-labelledby="storage-events">
        <h2 id="storage-events">{t("storage:events")}</h2>
        {storage.refused > 0 && <p>{t("storage:refused", { count: storage.refused })}</p>}
        {storage.events.length === 0 && <Empty title={t("storage:noEvents")} text={t("storage:noEventsText")} />}
        {storage.events.length > 0 && (
          <table className="table">
            <thead>
              <tr>
                <th>{t("storage:when")}</th>
                <th>{t("storage:what")}</th>
                <th>{t("storage:tier")}</th>
                <th className="number">{t("storage:samples")}</th>
                <th>{t("storage:until")}</th>
              </tr>
            </thead>
            <tbody>
              {storage.events.map((event) => (
                <tr key={`${event.time} ${event.kind} ${event.tier}`}>
                  <td>{time(event.time)}</td>
                  <td>{t(`storage:kinds.${event.kind}`)}</td>
                  <td>{event.tier && t(`storage:${event.tier}`)}</td>
                  <td className="number">{event.samples ? number.format(event.samples) : ""}</td>
                  <td>{event.until && time(event.until)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
      </section>
      {storage.damages.length > 0 && (
        <section aria-labelledby="storage-damages">
          <h2 id="storage-damages">{t("storage:damages")}</h2>
          <p>{t("storage:damagesText")}</p>
          <table className="table">
            <thead>
              <tr>
                <th>{t("storage:tag")}</th>
                <th>{t("storage:from")}</th>
              </tr>
            </thead>
            <tbody>
              {storage.damages.slice(0, 200).map((damage) => (
                <tr key={`${damage.tag} ${damage.start}`}>
                  <td className="selectable">{damage.tag}</td>
                  <td>{time(damage.start)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      )}
    </>
  );
}
