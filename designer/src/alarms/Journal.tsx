import { type AlarmPriority, type JournalPage, type JournalRow, request } from "@lineside/client";
import { Download } from "lucide-react";
import { useEffect, useState } from "react";
import { textIn, useLanguage, useT } from "../i18n";
import { ProblemList, sayFailure } from "../shell/form";
import { asApiError, useResource } from "../shell/resource";
import { Busy, Button, Empty, Input, SearchInput } from "../ui";
import { useFollow, useLater } from "./AlarmList";
import { AlarmMark } from "./AlarmMark";
import { filterQuery, PriorityFilter } from "./PriorityFilter";
import { useAlarms } from "./useAlarms";

const part = 100;

/** What has become of alarms, newest first, to the millisecond. */
export function Journal() {
  const t = useT();
  const lang = useLanguage();
  const { seq } = useAlarms();
  const [q, setQ] = useState("");
  const [area, setArea] = useState("");
  const [priorities, setPriorities] = useState<AlarmPriority[]>([]);
  const [older, setOlder] = useState<JournalRow[]>([]);
  const [next, setNext] = useState<number>();
  const wanted = useLater(filterQuery({ q, area, priorities }));
  const newest = useResource<JournalPage>(`/alarms/journal?limit=${part}${wanted}`);
  useFollow(seq, newest.reload);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another question begins anew
  useEffect(() => {
    setOlder([]);
    setNext(undefined);
  }, [wanted]);
  const first = newest.data?.entries ?? [];
  const rows = [...first, ...older.filter((e) => !first.some((x) => x.id === e.id))];
  const more = next ?? newest.data?.next;
  const time = new Intl.DateTimeFormat(lang, {
    dateStyle: undefined,
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    fractionalSecondDigits: 3,
    hour12: false,
  });
  const earlier = async () => {
    try {
      const before = rows.at(-1)?.id;
      const { data } = await request<JournalPage>("GET", `/alarms/journal?limit=${part}&before=${before}${wanted}`);
      setOlder([...rows, ...data.entries]);
      setNext(data.next ?? 0);
    } catch (error) {
      sayFailure(asApiError(error));
    }
  };
  return (
    <section className="page-section" aria-label={t("alarms:journal")}>
      <div className="page-tools">
        <SearchInput label={t("alarms:search")} value={q} onChange={setQ} />
        <Input
          className="alarm-area"
          aria-label={t("alarms:area")}
          placeholder={t("alarms:area")}
          value={area}
          onChange={(e) => setArea(e.target.value)}
        />
        <PriorityFilter chosen={priorities} onChange={setPriorities} />
        <span className="grow" />
        <a className="button" href={`/api/v1/alarms/journal.csv?${wanted.slice(1)}`} download>
          <Download size={16} aria-hidden /> {t("alarms:export")}
        </a>
      </div>
      {newest.error && <ProblemList problems={[newest.error]} />}
      {newest.loading && !newest.data && <Busy />}
      {newest.data && rows.length === 0 && (
        <Empty title={t(wanted ? "alarms:nothingFound" : "alarms:noJournal")} text={t("alarms:noJournalText")} />
      )}
      {rows.length > 0 && (
        <table className="table alarm-table">
          <thead>
            <tr>
              <th>{t("alarms:time")}</th>
              <th>{t("alarms:priority")}</th>
              <th>{t("alarms:event")}</th>
              <th>{t("alarms:alarm")}</th>
              <th>{t("alarms:who")}</th>
              <th>{t("alarms:comment")}</th>
            </tr>
          </thead>
          <tbody>
            {rows.map((e) => (
              <tr key={e.id}>
                <td className="alarm-time">{time.format(new Date(e.time))}</td>
                <td>
                  <AlarmMark priority={e.priority} />
                </td>
                <td>{t(`alarms:events.${e.event}`)}</td>
                <td>
                  <div className="selectable">
                    {textIn(e.title)} · {textIn(e.name)}
                  </div>
                  <div className="selectable">{textIn(e.message)}</div>
                  <div className="muted selectable">{e.path}</div>
                </td>
                <td title={e.origin}>{e.by}</td>
                <td className="selectable">{e.comment}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {!!more && rows.length > 0 && <Button onClick={() => void earlier()}>{t("alarms:earlier")}</Button>}
    </section>
  );
}
