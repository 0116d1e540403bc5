import { type AlarmPriority, type JournalPage, type JournalRow, request } from "@lineside/client";
import { ChartLine, Download, ListFilter, MessageSquare, Printer } from "lucide-react";
import { useEffect, useMemo, useRef, useState } from "react";
import { textIn, useLanguage, useT } from "../i18n";
import { Link } from "../router";
import { ProblemList, sayFailure, TextField } from "../shell/form";
import { asApiError, useResource } from "../shell/resource";
import { Busy, Button, Check, Dialog, Empty, IconButton, Input, Popover, SearchInput } from "../ui";
import { AlarmLink } from "./AlarmLink";
import { useFollow, useLater } from "./AlarmList";
import { AlarmMark } from "./AlarmMark";
import { PeriodPicker } from "./PeriodPicker";
import { filterQuery, PriorityFilter } from "./PriorityFilter";
import type { Period } from "./period";
import { alarmPage } from "./places";
import { useAlarms } from "./useAlarms";
import { rowHeight } from "./useWindow";
import "./alarms.css";
import "./figures.css";

const part = 200;
/** How many lines are printed at most. */
const mostPrinted = 2000;
/** How long before and after a line its history is shown, in ms. */
const around = 15 * 60_000;

export const journalEvents: readonly JournalRow["event"][] = [
  "raise",
  "return",
  "acknowledge",
  "reset",
  "shelve",
  "unshelve",
  "suppress",
  "unsuppress",
  "out-of-service",
  "in-service",
  "comment",
  "removed",
];

/** What has become of alarms, newest first, to the millisecond. */
export function Journal() {
  const t = useT();
  const { seq } = useAlarms();
  const [q, setQ] = useState("");
  const [area, setArea] = useState("");
  const [user, setUser] = useState("");
  const [events, setEvents] = useState<JournalRow["event"][]>([]);
  const [priorities, setPriorities] = useState<AlarmPriority[]>([]);
  const [period, setPeriod] = useState<Period>();
  const [older, setOlder] = useState<{ of: string; rows: JournalRow[]; next: number }>();
  const [top, setTop] = useState(0);
  const [printed, setPrinted] = useState<JournalRow[]>();
  const [commented, setCommented] = useState<JournalRow>();
  const scroller = useRef<HTMLDivElement>(null);
  const loading = useRef(false);
  const more = new URLSearchParams();
  if (user.trim()) more.set("user", user.trim());
  if (events.length) more.set("event", events.join(","));
  if (period) more.set("from", period.from);
  if (period?.until) more.set("until", period.until);
  const text = more.toString();
  const wanted = useLater(`${filterQuery({ q, area, priorities })}${text && `&${text}`}`);
  const newest = useResource<JournalPage>(`/alarms/journal?limit=${part}${wanted}`);
  useFollow(top === 0 ? seq : undefined, newest.reload);
  const known = older?.of === wanted ? older : undefined;
  const oldest = newest.data?.entries.at(-1)?.id ?? 0;
  // So much has happened that what is known does not follow on what is new.
  const before = known && (known.rows[0]?.id ?? 0) >= oldest ? known : undefined;
  const rows = useMemo(() => {
    const first = newest.data?.entries ?? [];
    const last = first.at(-1)?.id ?? Number.POSITIVE_INFINITY;
    return before ? [...first, ...before.rows.filter((e) => e.id < last)] : first;
  }, [newest.data, before]);
  const next = before ? before.next : (newest.data?.next ?? 0);
  const time = useMillis();
  // biome-ignore lint/correctness/useExhaustiveDependencies: another question begins at the top
  useEffect(() => {
    scroller.current?.scrollTo({ top: 0 });
    setTop(0);
  }, [wanted]);

  const earlier = async () => {
    if (loading.current || !next) return;
    loading.current = true;
    try {
      const { data } = await request<JournalPage>("GET", `/alarms/journal?limit=${part}&before=${next}${wanted}`);
      setOlder({ of: wanted, rows: [...rows, ...data.entries], next: data.next ?? 0 });
    } catch (error) {
      sayFailure(asApiError(error));
    } finally {
      loading.current = false;
    }
  };
  const onScroll = () => {
    const element = scroller.current;
    if (!element) return;
    setTop(Math.floor(element.scrollTop / rowHeight));
    if (element.scrollTop + element.clientHeight > element.scrollHeight - 20 * rowHeight) void earlier();
  };
  // Few lines that may be seen among many that may not: go on until the view is full.
  // biome-ignore lint/correctness/useExhaustiveDependencies: asked again when there are other rows
  useEffect(() => {
    if (newest.data && next && rows.length < 20) void earlier();
  }, [rows, next]);
  const print = async () => {
    try {
      const all: JournalRow[] = [];
      for (let at: number | undefined = 0; at !== undefined && all.length < mostPrinted; ) {
        const { data }: { data: JournalPage } = await request<JournalPage>(
          "GET",
          `/alarms/journal?limit=1000${at ? `&before=${at}` : ""}${wanted}`,
        );
        all.push(...data.entries);
        at = data.next || undefined;
      }
      setPrinted(all.slice(0, mostPrinted));
    } catch (error) {
      sayFailure(asApiError(error));
    }
  };
  useEffect(() => {
    if (!printed) return;
    window.print();
    setPrinted(undefined);
  }, [printed]);

  const count = Math.ceil((scroller.current?.clientHeight ?? 600) / rowHeight) + 8;
  const first = Math.max(0, Math.min(top - 4, rows.length - count));
  const end = Math.min(rows.length, first + count);
  return (
    <section className="page-section alarm-journal" aria-label={t("alarms:journal")}>
      <div className="page-tools no-print">
        <SearchInput label={t("alarms:search")} value={q} onChange={setQ} />
        <PeriodPicker all value={period} onChange={setPeriod} />
        <Input
          className="alarm-area"
          aria-label={t("alarms:area")}
          placeholder={t("alarms:area")}
          value={area}
          onChange={(e) => setArea(e.target.value)}
        />
        <Input
          className="alarm-user"
          aria-label={t("alarms:who")}
          placeholder={t("alarms:who")}
          value={user}
          onChange={(e) => setUser(e.target.value)}
        />
        <Popover
          label={t("alarms:event")}
          trigger={
            <Button icon={<ListFilter size={16} aria-hidden />}>
              {events.length ? `${t("alarms:event")}: ${events.length}` : t("alarms:event")}
            </Button>
          }
        >
          <fieldset className="alarm-choices">
            <legend className="visually-hidden">{t("alarms:event")}</legend>
            {journalEvents.map((e) => (
              <Check
                key={e}
                label={t(`alarms:events.${e}`)}
                checked={events.includes(e)}
                onChange={(on) => setEvents(on ? [...events, e] : events.filter((x) => x !== e))}
              />
            ))}
          </fieldset>
        </Popover>
      </div>
      <div className="page-tools no-print">
        <PriorityFilter chosen={priorities} onChange={setPriorities} />
        <span className="grow" />
        <a className="button" href={`/api/v1/alarms/journal.csv?${wanted.slice(1)}`} download>
          <Download size={16} aria-hidden /> {t("alarms:export")}
        </a>
        <a className="button" href={`/api/v1/alarms/journal.xlsx?${wanted.slice(1)}`} download>
          <Download size={16} aria-hidden /> {t("alarmfigures:workbook")}
        </a>
        <Button icon={<Printer size={16} aria-hidden />} onClick={() => void print()}>
          {t("alarmfigures:print")}
        </Button>
      </div>
      {newest.error && <ProblemList problems={[newest.error]} />}
      {newest.loading && !newest.data && <Busy />}
      {newest.data && rows.length === 0 && !next && (
        <Empty title={t(wanted ? "alarms:nothingFound" : "alarms:noJournal")} text={t("alarms:noJournalText")} />
      )}
      {rows.length > 0 && (
        <div ref={scroller} className="alarm-scroll no-print" onScroll={onScroll}>
          <table className="table alarm-table" aria-rowcount={next ? -1 : rows.length + 1}>
            <Heads actions />
            <tbody>
              {first > 0 && (
                <tr aria-hidden className="alarm-gap">
                  <td colSpan={7} style={{ height: first * rowHeight }} />
                </tr>
              )}
              {rows.slice(first, end).map((e, i) => (
                <tr key={e.id} aria-rowindex={first + i + 2}>
                  <Cells line={e} time={time} />
                  <td className="row-actions">
                    <Link
                      className="icon-link"
                      to={historyLink(e)}
                      title={t("alarmview:places.history")}
                      aria-label={t("alarmview:historyOf", { alarm: textIn(e.title) })}
                    >
                      <ChartLine size={16} aria-hidden />
                    </Link>
                    <IconButton
                      label={t("alarmview:commentOn", { alarm: textIn(e.title) })}
                      onClick={() => setCommented(e)}
                    >
                      <MessageSquare size={16} aria-hidden />
                    </IconButton>
                  </td>
                </tr>
              ))}
              {end < rows.length && (
                <tr aria-hidden className="alarm-gap">
                  <td colSpan={7} style={{ height: (rows.length - end) * rowHeight }} />
                </tr>
              )}
            </tbody>
          </table>
        </div>
      )}
      {!!next && rows.length > 0 && (
        <Button className="no-print" onClick={() => void earlier()}>
          {t("alarms:earlier")}
        </Button>
      )}
      {printed && (
        <div className="print-only">
          <table className="table">
            <Heads />
            <tbody>
              {printed.map((e) => (
                <tr key={e.id}>
                  <Cells line={e} time={time} />
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {commented && <CommentLine line={commented} onClose={() => setCommented(undefined)} onDone={newest.reload} />}
    </section>
  );
}

/** Formats a time to the millisecond. */
function useMillis(): (iso: string) => string {
  const lang = useLanguage();
  return useMemo(() => {
    const format = new Intl.DateTimeFormat(lang, {
      year: "numeric",
      month: "2-digit",
      day: "2-digit",
      hour: "2-digit",
      minute: "2-digit",
      second: "2-digit",
      fractionalSecondDigits: 3,
      hour12: false,
    });
    return (iso) => format.format(new Date(iso));
  }, [lang]);
}

/** The history of the tag of a line, around its time. */
function historyLink(e: JournalRow): string {
  const at = Date.parse(e.time);
  const query = new URLSearchParams({ tag: e.path, from: String(at - around), to: String(at + around) });
  return `/history?${query}`;
}

function Heads({ actions }: { actions?: boolean }) {
  const t = useT();
  return (
    <thead>
      <tr>
        <th className="col-time">{t("alarms:time")}</th>
        <th className="col-priority">{t("alarms:priority")}</th>
        <th className="col-event">{t("alarms:event")}</th>
        <th>{t("alarms:alarm")}</th>
        <th className="col-who">{t("alarms:who")}</th>
        <th>{t("alarms:comment")}</th>
        {actions && (
          <th className="col-actions">
            <span className="visually-hidden">{t("plant:actions")}</span>
          </th>
        )}
      </tr>
    </thead>
  );
}

function Cells({ line: e, time }: { line: JournalRow; time(iso: string): string }) {
  const t = useT();
  return (
    <>
      <td className="alarm-time">{time(e.time)}</td>
      <td>
        <AlarmMark priority={e.priority} />
      </td>
      <td>{t(`alarms:events.${e.event}`)}</td>
      <td title={`${e.path}\n${textIn(e.message)}`}>
        <div>
          <AlarmLink to={alarmPage(e.key)}>
            {textIn(e.title)} · {textIn(e.name)}
          </AlarmLink>
        </div>
        <div className="muted">{textIn(e.message) || e.path}</div>
      </td>
      <td title={e.origin}>{e.by}</td>
      <td className="selectable" title={e.comment}>
        {e.comment}
      </td>
    </>
  );
}

/** Asks what there is to say about an alarm. */
function CommentLine(props: { line: JournalRow; onClose(): void; onDone(): Promise<void> }) {
  const t = useT();
  const [text, setText] = useState("");
  const say = async () => {
    if (!text.trim()) return;
    try {
      await request("POST", "/alarms/comment", { alarms: [props.line.key], comment: text.trim() });
      props.onClose();
      await props.onDone();
    } catch (error) {
      sayFailure(asApiError(error));
    }
  };
  return (
    <Dialog
      open
      title={t("alarmview:commentOn", { alarm: `${textIn(props.line.title)} · ${textIn(props.line.name)}` })}
      onClose={props.onClose}
      footer={
        <>
          <Button onClick={props.onClose}>{t("common:cancel")}</Button>
          <Button look="primary" disabled={!text.trim()} onClick={() => void say()}>
            {t("alarmview:write")}
          </Button>
        </>
      }
    >
      <TextField
        label={t("alarms:comment")}
        value={text}
        onChange={setText}
        onEnter={() => void say()}
        maxLength={1000}
        required
      />
    </Dialog>
  );
}
