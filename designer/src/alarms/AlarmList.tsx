import { type AlarmPage, type AlarmRow, type AlarmView, alarmWaits, request } from "@lineside/client";
import { ArrowDown, ArrowUp, BellOff } from "lucide-react";
import { type KeyboardEvent, useCallback, useEffect, useMemo, useRef, useState } from "react";
import { useT } from "../i18n";
import { ProblemList, sayFailure } from "../shell/form";
import { asApiError } from "../shell/resource";
import { Busy, Button, Empty } from "../ui";
import { AlarmDetail } from "./AlarmDetail";
import { AlarmFilters } from "./AlarmFilters";
import { AlarmLine } from "./AlarmLine";
import { AreaTiles } from "./AreaTiles";
import { type ColumnName, columnNames, filtered, useAlarmView, usualColumns, viewQuery } from "./alarmview";
import { CommentDialog, ShelveDialog } from "./OrderDialogs";
import { type Deed, order, useAlarms } from "./useAlarms";
import { rowHeight, useWindow } from "./useWindow";
import "../plant/datalist.css";
import "./alarms.css";

export type List = "standing" | "shelved" | "suppressed" | "out-of-service";

/** How many alarms one order takes. */
const most = 1000;
const sortOf: Partial<Record<ColumnName | "priority", string>> = {
  priority: "priority",
  since: "since",
  alarm: "path",
  area: "path",
  state: "state",
  class: "class",
  times: "times",
  until: "until",
};

/** One of the lists of alarms, as it is now; chosen ones are acknowledged, shelved and brought back together. */
export function AlarmList({ list }: { list: List }) {
  const t = useT();
  const { seq } = useAlarms();
  const [view, change] = useAlarmView();
  const scroller = useRef<HTMLDivElement>(null);
  const wanted = useLater(view ? viewQuery(view) : undefined);
  const shown = useWindow(wanted === undefined ? undefined : `&list=${list}${wanted}`, seq, scroller);
  const [chosen, setChosen] = useState<ReadonlyMap<string, AlarmRow>>(new Map());
  const [dialog, setDialog] = useState<"ack" | "shelve" | "out-of-service">();
  const [open, setOpen] = useState(() => new URLSearchParams(location.search).get("alarm") ?? undefined);
  const { page, reload } = shown;
  const total = page?.total ?? 0;
  const picked = [...chosen.values()];
  const keysOf = (fits: (a: AlarmRow) => boolean) => picked.filter(fits).map((a) => a.key);
  const waiting = keysOf((a) => !!a.mayAcknowledge && alarmWaits(a.state));
  const latched = keysOf((a) => !!a.mayAcknowledge && a.state === "latched-acknowledged");
  const movable = keysOf((a) => !!a.mayShelve);
  // What was chosen is as it is now.
  useEffect(() => {
    if (!page) return;
    setChosen((old) => {
      const fresh = page.alarms.filter((a) => old.has(a.key) && old.get(a.key) !== a);
      return fresh.length ? new Map([...old, ...fresh.map((a) => [a.key, a] as const)]) : old;
    });
  }, [page]);

  const now = async (deed: Deed, keys: readonly string[]) => {
    try {
      await order(deed, keys);
      setChosen(new Map());
    } catch (error) {
      sayFailure(asApiError(error));
    }
    await reload();
  };
  const acknowledge = (alarms: readonly AlarmRow[]) => {
    if (alarms.some((a) => a.comment)) {
      setChosen(new Map(alarms.map((a) => [a.key, a])));
      setDialog("ack");
    } else
      void now(
        "ack",
        alarms.map((a) => a.key),
      );
  };
  const all = async (on: boolean) => {
    if (!on) return setChosen(new Map());
    try {
      const { data } = await request<AlarmPage>("GET", `/alarms?limit=${most}&list=${list}${wanted ?? ""}`);
      setChosen(new Map(data.alarms.map((a) => [a.key, a])));
    } catch (error) {
      sayFailure(asApiError(error));
    }
  };
  const tick = (a: AlarmRow, on: boolean) => {
    const next = new Map(chosen);
    if (on) next.set(a.key, a);
    else next.delete(a.key);
    setChosen(next);
  };
  const acts = useRef({ tick, acknowledge });
  acts.current = { tick, acknowledge };
  const onChoose = useCallback((a: AlarmRow, on: boolean) => acts.current.tick(a, on), []);
  const onOpen = useCallback((a: AlarmRow) => setOpen(a.key), []);
  const onAcknowledge = useCallback((a: AlarmRow) => acts.current.acknowledge([a]), []);
  const columns = useMemo(() => shownColumns(list, view?.columns), [list, view?.columns]);
  const close = () => setDialog(undefined);
  const done = () => {
    setChosen(new Map());
    void reload();
  };
  if (!view) return <Busy />;
  const end = Math.min(total, shown.first + shown.count);
  const first = Math.min(shown.first, total);
  const rows = Array.from({ length: Math.max(0, end - first) }, (_, i) => first + i);
  return (
    <section className="page-section" aria-label={t(`alarms:lists.${list}`)}>
      {list === "standing" && <AreaTiles page={page} area={view.area ?? ""} onArea={(area) => change({ area })} />}
      <AlarmFilters list={list} view={view} classes={page?.classes ?? []} onChange={change} />
      <div className="page-tools alarm-chosen">
        <span className="muted" role="status">
          {picked.length
            ? t(picked.length === most && total > most ? "alarmview:chosenMost" : "alarms:chosen", {
                count: picked.length,
              })
            : t("alarmview:total", { count: total })}
        </span>
        {list === "standing" && (
          <>
            <Button
              look="primary"
              disabled={!waiting.length}
              onClick={() => acknowledge(picked.filter((a) => waiting.includes(a.key)))}
            >
              {t("alarms:acknowledge")}
            </Button>
            {latched.length > 0 && <Button onClick={() => void now("reset", latched)}>{t("alarms:reset")}</Button>}
            <Button disabled={!movable.length} onClick={() => setDialog("shelve")}>
              {t("alarms:shelveMore")}
            </Button>
            <Button disabled={!movable.length} onClick={() => setDialog("out-of-service")}>
              {t("alarms:removeMore")}
            </Button>
          </>
        )}
        {list === "shelved" && (
          <Button disabled={!movable.length} onClick={() => void now("unshelve", movable)}>
            {t("alarms:unshelve")}
          </Button>
        )}
        {list === "out-of-service" && (
          <Button disabled={!movable.length} onClick={() => void now("in-service", movable)}>
            {t("alarms:restore")}
          </Button>
        )}
      </div>
      {shown.error && <ProblemList problems={[shown.error]} />}
      {!page && !shown.error && <Busy />}
      {page && total === 0 && (
        <Empty
          icon={<BellOff size={32} aria-hidden />}
          title={t(filtered(view) ? "alarms:nothingFound" : `alarms:empty.${list}`)}
          text={filtered(view) ? undefined : t(`alarms:emptyText.${list}`)}
        />
      )}
      <div className={open ? "alarm-split open" : "alarm-split"} hidden={!page || (total === 0 && !open)}>
        <div ref={scroller} className="alarm-scroll" onScroll={shown.onScroll}>
          <table className="table alarm-table" aria-rowcount={total + 1} onKeyDown={walk}>
            <thead>
              <tr aria-rowindex={1}>
                <th className="select-cell">
                  <input
                    type="checkbox"
                    aria-label={t("alarms:chooseAll")}
                    checked={picked.length > 0 && picked.length >= Math.min(total, most)}
                    ref={(el) => {
                      if (el) el.indeterminate = picked.length > 0 && picked.length < Math.min(total, most);
                    }}
                    onChange={(e) => void all(e.target.checked)}
                  />
                </th>
                <Head name="priority" view={view} onSort={(sort) => change({ sort })} />
                {columns.map((name) => (
                  <Head key={name} name={name} view={view} onSort={(sort) => change({ sort })} />
                ))}
                {list === "standing" && (
                  <th>
                    <span className="visually-hidden">{t("alarms:acknowledge")}</span>
                  </th>
                )}
              </tr>
            </thead>
            <tbody>
              {first > 0 && <Gap rows={first} />}
              {rows.map((i) => {
                const a = shown.row(i);
                return a ? (
                  <AlarmLine
                    key={a.key}
                    alarm={a}
                    index={i + 2}
                    columns={columns}
                    chosen={chosen.has(a.key)}
                    open={open === a.key}
                    onChoose={onChoose}
                    onOpen={onOpen}
                    onAcknowledge={list === "standing" ? onAcknowledge : undefined}
                  />
                ) : (
                  <Gap key={`gap ${i}`} rows={1} />
                );
              })}
              {end < total && <Gap rows={total - end} />}
            </tbody>
          </table>
        </div>
        {open && (
          <AlarmDetail
            key={open}
            alarm={page?.alarms.find((a) => a.key === open)}
            name={open}
            onClose={() => setOpen(undefined)}
            onAcknowledge={(a) => acknowledge([a])}
          />
        )}
      </div>
      {dialog === "shelve" && <ShelveDialog keys={movable} onClose={close} onDone={done} />}
      {dialog === "ack" && <CommentDialog deed="ack" keys={waiting} onClose={close} onDone={done} />}
      {dialog === "out-of-service" && (
        <CommentDialog deed="out-of-service" keys={movable} onClose={close} onDone={done} />
      )}
    </section>
  );
}

/** The columns in their order; that of the alarm is always there. */
function shownColumns(list: List, chosen: readonly string[] | undefined): ColumnName[] {
  const names: readonly string[] = chosen?.length ? chosen : usualColumns(list);
  return columnNames.filter((c) => c === "alarm" || names.includes(c));
}

/** Stands for rows that are not drawn. */
function Gap({ rows }: { rows: number }) {
  return (
    <tr aria-hidden className="alarm-gap">
      <td colSpan={12} style={{ height: rows * rowHeight }} />
    </tr>
  );
}

/** The arrow keys go from alarm to alarm. */
function walk(e: KeyboardEvent<HTMLElement>): void {
  const step =
    e.key === "ArrowDown" ? "nextElementSibling" : e.key === "ArrowUp" ? "previousElementSibling" : undefined;
  const row = (e.target as HTMLElement).closest("tbody tr");
  if (!step || !row) return;
  const cell = (e.target as HTMLElement).closest("button.alarm-open") ? "button.alarm-open" : "input";
  const next = row[step]?.querySelector<HTMLElement>(cell);
  if (!next) return;
  e.preventDefault();
  next.focus();
}

function Head(props: { name: ColumnName | "priority"; view: AlarmView; onSort(sort: string): void }) {
  const t = useT();
  const by = sortOf[props.name];
  const label = t(`alarmview:columns.${props.name}`);
  if (!by) return <th className={`col-${props.name}`}>{label}</th>;
  const up = props.view.sort === by;
  const down = props.view.sort === `-${by}`;
  const Mark = down ? ArrowDown : ArrowUp;
  // The third press gives the usual order back: those that wait first.
  return (
    <th className={`col-${props.name}`} aria-sort={up ? "ascending" : down ? "descending" : undefined}>
      <button type="button" className="sort-head" onClick={() => props.onSort(up ? `-${by}` : down ? "" : by)}>
        {label}
        <Mark size={12} aria-hidden className={up || down ? undefined : "sort-idle"} />
      </button>
    </th>
  );
}

/** A text once it has stayed the same for a moment; the first at once. */
export function useLater<T>(text: T): T {
  const [later, setLater] = useState(text);
  useEffect(() => {
    if (later === undefined) return setLater(text);
    const timer = setTimeout(() => setLater(text), 250);
    return () => clearTimeout(timer);
  }, [text, later]);
  return later;
}

/** Reads again when the alarms have changed, twice a second at most. */
export function useFollow(seq: number | undefined, reload: () => Promise<void>): void {
  const [due, setDue] = useState(seq);
  useEffect(() => {
    if (due === seq) return;
    const timer = setTimeout(() => setDue(seq), 500);
    return () => clearTimeout(timer);
  }, [seq, due]);
  useEffect(() => {
    if (due !== undefined) void reload();
  }, [due, reload]);
}
