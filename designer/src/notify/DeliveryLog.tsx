import type { Message, MessageChannel, MessageRoute } from "@lineside/client";
import { request } from "@lineside/client";
import { RotateCcw } from "lucide-react";
import { useEffect, useState } from "react";
import { useT } from "../i18n";
import { ProblemList, Status, sayFailure } from "../shell/form";
import { asApiError } from "../shell/resource";
import { useTime } from "../shell/time";
import { Busy, Button, Empty, IconButton, SearchInput, Select, toast } from "../ui";

const states = ["waiting", "sending", "sent", "digested", "failed", "skipped"] as const;
const marks: Record<string, string> = {
  waiting: "connecting",
  sending: "connecting",
  sent: "connected",
  digested: "connected",
  failed: "lost",
  skipped: "disabled",
};

/** What was told to whom, what waits, and what could not be told. */
export function DeliveryLog({ channels, routes }: { channels: MessageChannel[]; routes: MessageRoute[] }) {
  const t = useT();
  return (
    <section className="page-section" aria-label={t("notify:log")}>
      <LogTable path="/notify/log" channels={channels} routes={routes} />
    </section>
  );
}

interface LogPage {
  messages: Message[];
  next?: number;
}

/** A log that follows what happens, newest first, with what is older on demand. */
export function LogTable({
  path,
  channels,
  routes,
  personal,
}: {
  path: string;
  channels?: MessageChannel[];
  routes?: MessageRoute[];
  /** Only one's own: nothing can be sent again. */
  personal?: boolean;
}) {
  const t = useT();
  const time = useTime();
  const [q, setQ] = useState("");
  const [state, setState] = useState("");
  const [channel, setChannel] = useState("");
  const [limit, setLimit] = useState(50);
  const [page, setPage] = useState<LogPage>();
  const [error, setError] = useState<ReturnType<typeof asApiError>>();
  const [beat, setBeat] = useState(0);
  const query = new URLSearchParams({ limit: String(limit) });
  if (q.trim()) query.set("q", q.trim());
  if (state) query.set("state", state);
  if (channel) query.set("channel", channel);
  const address = `${path}?${query}`;
  // biome-ignore lint/correctness/useExhaustiveDependencies: beat asks again
  useEffect(() => {
    const stop = new AbortController();
    const load = () =>
      request<LogPage>("GET", address, undefined, { signal: stop.signal }).then(
        ({ data }) => {
          setPage(data);
          setError(undefined);
        },
        (failure) => !stop.signal.aborted && setError(asApiError(failure)),
      );
    const first = setTimeout(load, 150);
    const again = setInterval(() => document.visibilityState === "visible" && void load(), 3000);
    return () => {
      stop.abort();
      clearTimeout(first);
      clearInterval(again);
    };
  }, [address, beat]);
  const again = async (ids: number[]) => {
    try {
      const { data } = await request<LogPage>("POST", "/notify/log/again", { ids });
      toast(t("notify:queued", { count: data.messages.length }), { kind: "good" });
      setBeat(beat + 1);
    } catch (failure) {
      sayFailure(asApiError(failure));
    }
  };
  const failed = (page?.messages ?? []).filter((m) => m.state === "failed").map((m) => m.id);
  const filtered = !!(q.trim() || state || channel);
  return (
    <>
      <div className="page-tools">
        <SearchInput label={t("notify:searchLog")} value={q} onChange={setQ} />
        <Select
          className="notify-filter"
          aria-label={t("plant:state")}
          value={state}
          onChange={setState}
          options={[
            { value: "", label: t("notify:anyState") },
            ...states.map((s) => ({ value: s, label: t(`notify:states.${s}`) })),
          ]}
        />
        {channels && channels.length > 1 && (
          <Select
            className="notify-filter"
            aria-label={t("notify:channel")}
            value={channel}
            onChange={setChannel}
            options={[
              { value: "", label: t("notify:anyChannel") },
              ...channels.map((c) => ({ value: c.id, label: c.name || c.id })),
            ]}
          />
        )}
        <span className="grow" />
        {!personal && failed.length > 0 && (
          <Button icon={<RotateCcw size={16} aria-hidden />} onClick={() => void again(failed)}>
            {t("notify:againAll", { count: failed.length })}
          </Button>
        )}
      </div>
      {error && <ProblemList problems={[error]} />}
      {!page && !error && <Busy />}
      {page?.messages.length === 0 &&
        (filtered ? (
          <p className="muted">{t("notify:nothingFound")}</p>
        ) : (
          <Empty title={t("notify:noMessages")} text={personal ? t("notify:noMineText") : t("notify:noMessagesText")} />
        ))}
      {!!page?.messages.length && (
        <table className="table notify-log">
          <thead>
            <tr>
              <th>{t("notify:time")}</th>
              <th>{t("notify:message")}</th>
              {!personal && <th>{t("notify:receiver")}</th>}
              <th>{t("notify:channel")}</th>
              <th>{t("plant:state")}</th>
              <th className="number">{t("notify:attempts")}</th>
              {!personal && (
                <th>
                  <span className="visually-hidden">{t("plant:actions")}</span>
                </th>
              )}
            </tr>
          </thead>
          <tbody>
            {page.messages.map((m) => (
              <tr key={m.id}>
                <td>{time(m.created)}</td>
                <td title={m.text}>
                  {m.more ? t("notify:more", { count: m.more }) : m.subject}
                  {m.route && !personal && (
                    <div className="muted">
                      {t("notify:stepOf", { route: routes?.find((r) => r.id === m.route)?.name || m.route, n: m.step })}
                    </div>
                  )}
                </td>
                {!personal && <td className="selectable">{m.receiver}</td>}
                <td>{channels?.find((c) => c.id === m.channel)?.name || m.channel}</td>
                <td>
                  <Status state={marks[m.state] ?? "disabled"} label={t(`notify:states.${m.state}`)} />
                  {m.reason && <div className="muted">{t(`notify:reasons.${m.reason}`)}</div>}
                  {m.answer && (
                    <div className={m.state === "sent" ? "muted selectable notify-said" : "error-text notify-said"}>
                      {m.answer}
                    </div>
                  )}
                  {m.state === "waiting" && m.due && m.attempts > 0 && (
                    <div className="muted">{t("notify:dueAt", { time: time(m.due) })}</div>
                  )}
                </td>
                <td className="number">{m.attempts}</td>
                {!personal && (
                  <td className="row-actions">
                    {m.state === "failed" && (
                      <IconButton label={t("notify:again", { subject: m.subject })} onClick={() => void again([m.id])}>
                        <RotateCcw size={16} aria-hidden />
                      </IconButton>
                    )}
                  </td>
                )}
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {page?.next && limit < 1000 && (
        <Button onClick={() => setLimit(Math.min(1000, limit * 2))}>{t("notify:older")}</Button>
      )}
    </>
  );
}
