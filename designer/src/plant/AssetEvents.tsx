// What has happened at an asset, newest first; it follows while it is open.
import type { EventPage, EventRow } from "@lineside/client";
import { formatted, request } from "@lineside/client";
import { CircleX, Info, TriangleAlert } from "lucide-react";
import { useState } from "react";
import { textIn, useT } from "../i18n";
import { ProblemList, sayFailure } from "../shell/form";
import { asApiError, useResource } from "../shell/resource";
import { Badge, Button } from "../ui";

const pageSize = 20;
const marks = { info: Info, warning: TriangleAlert, error: CircleX };

export function AssetEvents({ asset }: { asset: string }) {
  const t = useT();
  const address = `/events?asset=${encodeURIComponent(asset)}&limit=${pageSize}`;
  const newest = useResource<EventPage>(address, 2000);
  const [older, setOlder] = useState<EventRow[]>([]);
  const [next, setNext] = useState<number>();
  const first = newest.data?.events ?? [];
  const rows = [...first, ...older.filter((e) => !first.some((x) => x.id === e.id))];
  const more = next ?? newest.data?.next;

  const earlier = async () => {
    const before = rows.at(-1)?.id;
    try {
      const { data } = await request<EventPage>("GET", `${address}&before=${before}`);
      setOlder([...rows, ...data.events]);
      setNext(data.next ?? 0);
    } catch (error) {
      sayFailure(asApiError(error));
    }
  };
  return (
    <section aria-label={t("things:events")}>
      <div className="asset-part">
        <h3>{t("things:events")}</h3>
      </div>
      {newest.error && <ProblemList problems={[newest.error]} />}
      {newest.data && rows.length === 0 && <p className="muted">{t("things:noEvents")}</p>}
      {rows.length > 0 && (
        <table className="table asset-events">
          <thead>
            <tr>
              <th>{t("things:time")}</th>
              <th>{t("things:level")}</th>
              <th>{t("things:message")}</th>
            </tr>
          </thead>
          <tbody>
            {rows.map((e) => {
              const Mark = marks[e.level];
              return (
                <tr key={e.id}>
                  <td className="event-time">{formatted("datetime", e.time)}</td>
                  <td>
                    <span className={`event-level ${e.level}`}>
                      <Mark size={14} aria-hidden /> {t(`things:levels.${e.level}`)}
                    </span>
                  </td>
                  <td title={detail(e)}>
                    {textIn(e.message)}{" "}
                    {!!e.dropped && (
                      <Badge title={t("things:droppedTitle")}>{t("things:dropped", { count: e.dropped })}</Badge>
                    )}
                  </td>
                </tr>
              );
            })}
          </tbody>
        </table>
      )}
      {!!more && rows.length > 0 && (
        <Button look="quiet" onClick={() => void earlier()}>
          {t("things:moreEvents")}
        </Button>
      )}
    </section>
  );
}

/** The values that were kept. */
const detail = (e: EventRow) =>
  Object.entries(e.values ?? {})
    .map(([id, value]) => `${id} = ${JSON.stringify(value)}`)
    .join("\n") || undefined;
