import type { AuditEntry } from "@lineside/client";
import { request } from "@lineside/client";
import { useEffect, useState } from "react";
import { type Translate, useT } from "../i18n";
import { ProblemList, sayFailure } from "../shell/form";
import { asApiError, useResource } from "../shell/resource";
import { useTime } from "../shell/time";
import { Busy, Button, Empty, SearchInput } from "../ui";

interface AuditPage {
  entries: AuditEntry[];
  verified: boolean;
}

const show = (value: unknown) =>
  value === undefined || value === null ? "" : typeof value === "string" ? value : JSON.stringify(value);

/** What was done in words; a code that has none stands as it is. */
const done = (t: Translate, action: string) =>
  t(`audit:actions.${action.replaceAll(".", "-")}`, { defaultValue: action });

/** The audit trail, newest first. */
export function Audit() {
  const t = useT();
  const time = useTime();
  const [query, setQuery] = useState("");
  const [wanted, setWanted] = useState("");
  const [older, setOlder] = useState<AuditEntry[]>([]);
  const [more, setMore] = useState(true);
  const first = useResource<AuditPage>(`/audit?limit=50&q=${encodeURIComponent(wanted)}`);
  useEffect(() => {
    const timer = setTimeout(() => {
      setWanted(query);
      setOlder([]);
      setMore(true);
    }, 250);
    return () => clearTimeout(timer);
  }, [query]);
  const entries = [...(first.data?.entries ?? []), ...older];
  const last = entries.at(-1);
  const load = async () => {
    try {
      const { data } = await request<AuditPage>(
        "GET",
        `/audit?limit=50&before=${last?.id ?? ""}&q=${encodeURIComponent(wanted)}`,
      );
      setOlder([...older, ...data.entries]);
      setMore(data.entries.length === 50);
    } catch (error) {
      sayFailure(asApiError(error));
    }
  };
  return (
    <section className="page-section" aria-label={t("admin:audit")}>
      <div className="page-tools">
        <SearchInput label={t("admin:searchAudit")} value={query} onChange={setQuery} />
        {first.data && (
          <span className={first.data.verified ? "muted" : "error-text"}>
            {first.data.verified ? t("admin:verified") : t("admin:broken")}
          </span>
        )}
      </div>
      {first.error && <ProblemList problems={[first.error]} />}
      {first.loading && <Busy />}
      {first.data && entries.length === 0 && <Empty title={t("admin:noEntries")} />}
      {entries.length > 0 && (
        <table className="table">
          <thead>
            <tr>
              <th>{t("admin:when")}</th>
              <th>{t("admin:who")}</th>
              <th>{t("admin:what")}</th>
              <th>{t("admin:target")}</th>
              <th>{t("admin:old")}</th>
              <th>{t("admin:new")}</th>
              <th>{t("admin:outcome")}</th>
              <th>{t("admin:reason")}</th>
            </tr>
          </thead>
          <tbody>
            {entries.map((entry) => (
              <tr key={entry.id}>
                <td>{time(entry.time)}</td>
                <td title={entry.origin}>{entry.actor}</td>
                <td title={entry.action}>{done(t, entry.action)}</td>
                <td className="selectable">{entry.target}</td>
                <td className="selectable clip">{show(entry.old)}</td>
                <td className="selectable clip">{show(entry.new)}</td>
                <td title={entry.message}>{t(`admin:outcomes.${entry.outcome}`)}</td>
                <td>{entry.reason}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {more && entries.length >= 50 && <Button onClick={load}>{t("admin:older")}</Button>}
    </section>
  );
}
