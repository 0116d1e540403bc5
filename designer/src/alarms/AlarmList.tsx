import { type AlarmPage, type AlarmPriority, type AlarmRow, alarmWaits } from "@lineside/client";
import { BellOff } from "lucide-react";
import { useEffect, useState } from "react";
import { textIn, useT } from "../i18n";
import { ProblemList, sayFailure } from "../shell/form";
import { asApiError, useResource } from "../shell/resource";
import { useTime } from "../shell/time";
import { Busy, Button, Empty, Input, SearchInput } from "../ui";
import { AlarmMark } from "./AlarmMark";
import { CommentDialog, ShelveDialog } from "./OrderDialogs";
import { filterQuery, PriorityFilter } from "./PriorityFilter";
import { type Deed, order, useAlarms } from "./useAlarms";
import "./alarms.css";

type List = "standing" | "shelved" | "suppressed" | "out-of-service";
const part = 200;

/** One of the lists of alarms, as it is now; chosen ones are acknowledged, shelved and brought back together. */
export function AlarmList({ list }: { list: List }) {
  const t = useT();
  const { seq } = useAlarms();
  const [q, setQ] = useState("");
  const [area, setArea] = useState("");
  const [priorities, setPriorities] = useState<AlarmPriority[]>([]);
  const [limit, setLimit] = useState(part);
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [dialog, setDialog] = useState<"ack" | "shelve" | "out-of-service">();
  const wanted = useLater(filterQuery({ q, area, priorities }));
  const page = useResource<AlarmPage>(`/alarms?list=${list}&limit=${limit}${wanted}`);
  const { reload } = page;
  useFollow(seq, reload);
  const rows = page.data?.alarms ?? [];
  const picked = rows.filter((a) => chosen.has(a.key));
  const keysOf = (fits: (a: AlarmRow) => boolean) => picked.filter(fits).map((a) => a.key);
  const waiting = keysOf((a) => !!a.mayAcknowledge && alarmWaits(a.state));
  const latched = keysOf((a) => !!a.mayAcknowledge && a.state === "latched-acknowledged");
  const movable = keysOf((a) => !!a.mayShelve);

  const now = async (deed: Deed, keys: readonly string[]) => {
    try {
      await order(deed, keys);
      setChosen(new Set());
    } catch (error) {
      sayFailure(asApiError(error));
    }
    await reload();
  };
  const acknowledge = () =>
    picked.some((a) => a.comment && waiting.includes(a.key)) ? setDialog("ack") : void now("ack", waiting);
  const tick = (key: string, on: boolean) => {
    const next = new Set(chosen);
    if (on) next.add(key);
    else next.delete(key);
    setChosen(next);
  };
  const close = () => setDialog(undefined);
  const done = () => {
    setChosen(new Set());
    void reload();
  };
  return (
    <section className="page-section" aria-label={t(`alarms:lists.${list}`)}>
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
      </div>
      <div className="page-tools alarm-chosen">
        <span className="muted" role="status">
          {t("alarms:chosen", { count: picked.length })}
        </span>
        {list === "standing" && (
          <>
            <Button look="primary" disabled={!waiting.length} onClick={acknowledge}>
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
      {page.error && <ProblemList problems={[page.error]} />}
      {page.loading && !page.data && <Busy />}
      {page.data && rows.length === 0 && (
        <Empty
          icon={<BellOff size={32} aria-hidden />}
          title={t(wanted ? "alarms:nothingFound" : `alarms:empty.${list}`)}
          text={wanted ? undefined : t(`alarms:emptyText.${list}`)}
        />
      )}
      {rows.length > 0 && (
        <table className="table alarm-table">
          <thead>
            <tr>
              <th>
                <input
                  type="checkbox"
                  aria-label={t("alarms:chooseAll")}
                  checked={picked.length === rows.length}
                  onChange={(e) => setChosen(new Set(e.target.checked ? rows.map((a) => a.key) : []))}
                />
              </th>
              <th>{t("alarms:priority")}</th>
              <th>{t("alarms:since")}</th>
              <th>{t("alarms:alarm")}</th>
              <th>{t("alarms:state")}</th>
            </tr>
          </thead>
          <tbody>
            {rows.map((a) => (
              <AlarmLine key={a.key} alarm={a} chosen={chosen.has(a.key)} onChoose={(on) => tick(a.key, on)} />
            ))}
          </tbody>
        </table>
      )}
      {page.data && page.data.total > rows.length && (
        <Button onClick={() => setLimit(limit + part)}>
          {t("alarms:more", { count: page.data.total - rows.length })}
        </Button>
      )}
      {dialog === "shelve" && <ShelveDialog keys={movable} onClose={close} onDone={done} />}
      {dialog === "ack" && <CommentDialog deed="ack" keys={waiting} onClose={close} onDone={done} />}
      {dialog === "out-of-service" && (
        <CommentDialog deed="out-of-service" keys={movable} onClose={close} onDone={done} />
      )}
    </section>
  );
}

function AlarmLine(props: { alarm: AlarmRow; chosen: boolean; onChoose(on: boolean): void }) {
  const t = useT();
  const time = useTime();
  const a = props.alarm;
  const waits = alarmWaits(a.state);
  const title = textIn(a.title);
  const name = textIn(a.name);
  return (
    <tr className={waits ? "waits" : undefined}>
      <td>
        <input
          type="checkbox"
          aria-label={t("alarms:choose", { alarm: `${title} ${name}` })}
          checked={props.chosen}
          onChange={(e) => props.onChoose(e.target.checked)}
        />
      </td>
      <td>
        <AlarmMark priority={a.priority} waits={waits} />
      </td>
      <td className="alarm-time">
        <time dateTime={a.since} title={a.since}>
          {time(a.since)}
        </time>
        {a.times > 1 && <div className="muted">{t("alarms:times", { count: a.times })}</div>}
      </td>
      <td>
        <div className="alarm-words selectable">
          {title} · {name}
        </div>
        <div className="selectable">{textIn(a.message)}</div>
        <div className="muted selectable">{a.path}</div>
        {(["cause", "consequence", "action"] as const).map(
          (key) =>
            textIn(a[key]) && (
              <p key={key} className="alarm-help selectable">
                {t(`alarms:${key}`)}: {textIn(a[key])}
              </p>
            ),
        )}
      </td>
      <td>
        {t(`alarms:states.${a.state}`)}
        {a.shelved && (
          <div className="muted selectable">
            {t(a.shelved.once ? "alarms:shelvedOnce" : "alarms:shelvedBy", {
              by: a.shelved.by,
              until: time(a.shelved.until),
              text: a.shelved.text ?? "",
            })}
          </div>
        )}
        {a.outOfService && (
          <div className="muted selectable">
            {a.outOfService.by} · {time(a.outOfService.time)} · {a.outOfService.text}
          </div>
        )}
        {a.acknowledged && (
          <div className="muted selectable">
            {a.acknowledged.by} · {time(a.acknowledged.time)}
            {a.acknowledged.text ? ` · ${a.acknowledged.text}` : ""}
          </div>
        )}
        {["shelved", "suppressed", "out-of-service"].includes(a.state) && a.active && (
          <div className="muted">{t("alarms:stillActive")}</div>
        )}
      </td>
    </tr>
  );
}

/** A text once it has stayed the same for a moment. */
export function useLater(text: string): string {
  const [later, setLater] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setLater(text), 250);
    return () => clearTimeout(timer);
  }, [text]);
  return later;
}

/** Reads again when the alarms have changed, twice a second at most. */
export function useFollow(seq: number | undefined, reload: () => Promise<void>): void {
  const [due, setDue] = useState(seq);
  useEffect(() => {
    if (due === seq) return;
    const timer = setTimeout(() => setDue(seq), 300);
    return () => clearTimeout(timer);
  }, [seq, due]);
  useEffect(() => {
    if (due !== undefined) void reload();
  }, [due, reload]);
}
