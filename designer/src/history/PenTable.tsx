// The pens with what they have at the cursor and over the time that is looked at.
import type { TagSummary } from "@lineside/client";
import { isBad } from "@lineside/client";
import { ArrowDown, ArrowUp, Ellipsis, Eye, EyeOff, X } from "lucide-react";
import { useState } from "react";
import { lookOf, moved, nudged, type Pen } from "../../../widgets/plot/pens";
import { heldAt, type Point, type Track } from "../../../widgets/plot/series";
import { useLanguage, useT } from "../i18n";
import { useTheme } from "../preferences";
import { IconButton, Menu, type MenuEntry } from "../ui";
import type { Tracks } from "./useTracks";

export function PenTable(props: {
  pens: readonly Pen[];
  data: Tracks | undefined;
  /** The time of the cursor; undefined: the end. */
  cursor: number | undefined;
  shift: string;
  onPens(pens: Pen[]): void;
  entries(path: string): MenuEntry[];
}) {
  const t = useT();
  const lang = useLanguage();
  const theme = useTheme();
  const [dragged, setDragged] = useState<string>();
  const [over, setOver] = useState<string>();
  const { data, pens } = props;
  const at = props.cursor ?? data?.to;
  const clock = new Intl.DateTimeFormat(lang, { dateStyle: "medium", timeStyle: "medium" });
  const number = (n: number | undefined, digits = 6) =>
    n === undefined ? "–" : new Intl.NumberFormat(lang, { maximumSignificantDigits: digits }).format(n);
  const lower = pens.map((p) => p.path);
  return (
    <div className="trend-table">
      <table className="table">
        <caption className="visually-hidden">{t("trends:pens")}</caption>
        <thead>
          <tr>
            <th>{t("trends:pen")}</th>
            <th className="number trend-at" aria-live="off">
              {at === undefined ? t("trends:value") : clock.format(new Date(at))}
            </th>
            {props.shift && <th className="number">{t("trends:before")}</th>}
            <th className="number">{t("trends:min")}</th>
            <th className="number">{t("trends:avg")}</th>
            <th className="number">{t("trends:max")}</th>
            <th className="number">{t("trends:stddev")}</th>
            <th className="number">{t("trends:samples")}</th>
            <th className="number">{t("trends:good")}</th>
            <th>
              <span className="visually-hidden">{t("trends:actions")}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {pens.map((pen, i) => {
            const track = data?.tracks.get(pen.path);
            const summary = data?.summaries.get(pen.path);
            const earlier = data?.beforeSummaries.get(pen.path);
            const name = track?.title || pen.path.split("/").pop() || pen.path;
            return (
              <tr
                key={pen.path}
                className={[pen.hidden && "trend-hidden", over === pen.path && dragged && "trend-over"]
                  .filter(Boolean)
                  .join(" ")}
                draggable
                onDragStart={(e) => {
                  e.dataTransfer.effectAllowed = "move";
                  e.dataTransfer.setData("text/plain", pen.path);
                  setDragged(pen.path);
                }}
                onDragOver={(e) => {
                  if (!dragged) return;
                  e.preventDefault();
                  setOver(pen.path);
                }}
                onDragEnd={() => {
                  setDragged(undefined);
                  setOver(undefined);
                }}
                onDrop={(e) => {
                  e.preventDefault();
                  if (dragged && dragged !== pen.path) {
                    const down = lower.indexOf(dragged) < i;
                    props.onPens(moved(pens, dragged, down ? lower[i + 1] : pen.path));
                  }
                  setDragged(undefined);
                  setOver(undefined);
                }}
              >
                <td>
                  <div className="trend-pen">
                    <IconButton
                      small
                      label={t(pen.hidden ? "trends:showPen" : "trends:hidePen", { name })}
                      pressed={!pen.hidden}
                      onClick={() =>
                        props.onPens(pens.map((p) => (p.path === pen.path ? { ...p, hidden: !p.hidden } : p)))
                      }
                    >
                      {pen.hidden ? <EyeOff size={14} aria-hidden /> : <Eye size={14} aria-hidden />}
                    </IconButton>
                    <Swatch {...lookOf(i, theme)} />
                    <span className="trend-pen-words">
                      <span>{name}</span>
                      <span className="muted selectable">{pen.path}</span>
                    </span>
                  </div>
                </td>
                <td className="number trend-at">
                  <Held point={at === undefined ? undefined : heldAt(track?.points ?? [], at)} track={track} />
                </td>
                {props.shift && (
                  <td className="number">
                    <Held
                      point={at === undefined ? undefined : heldAt(data?.before.get(pen.path)?.points ?? [], at)}
                      track={track}
                    />
                  </td>
                )}
                <Figure of="min" {...{ summary, earlier, number }} />
                <Figure of="avg" {...{ summary, earlier, number }} />
                <Figure of="max" {...{ summary, earlier, number }} />
                <Figure of="stddev" {...{ summary, earlier, number }} />
                <td className="number">{summary ? number(summary.count, 12) : "–"}</td>
                <td className="number">{summary ? `${number(summary.good, 4)} %` : "–"}</td>
                <td className="row-actions">
                  <IconButton
                    small
                    label={t("trends:up", { name })}
                    reason={i === 0 ? t("trends:isFirst") : undefined}
                    onClick={() => props.onPens(nudged(pens, pen.path, -1))}
                  >
                    <ArrowUp size={14} aria-hidden />
                  </IconButton>
                  <IconButton
                    small
                    label={t("trends:down", { name })}
                    reason={i === pens.length - 1 ? t("trends:isLast") : undefined}
                    onClick={() => props.onPens(nudged(pens, pen.path, 1))}
                  >
                    <ArrowDown size={14} aria-hidden />
                  </IconButton>
                  <Menu entries={props.entries(pen.path)} align="end">
                    <IconButton small label={t("trends:more", { name })}>
                      <Ellipsis size={14} aria-hidden />
                    </IconButton>
                  </Menu>
                  <IconButton
                    small
                    label={t("trends:removePen", { name })}
                    onClick={() => props.onPens(pens.filter((p) => p.path !== pen.path))}
                  >
                    <X size={14} aria-hidden />
                  </IconButton>
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

/** A number of the summary, and by how much it differs from the period before. */
function Figure(props: {
  of: "min" | "avg" | "max" | "stddev";
  summary: TagSummary | undefined;
  earlier: TagSummary | undefined;
  number(n: number | undefined): string;
}) {
  const t = useT();
  const now = props.summary?.[props.of];
  const then = props.earlier?.[props.of];
  return (
    <td className="number">
      {props.number(now)}
      {now !== undefined && then !== undefined && (
        <span className="muted trend-change" title={t("trends:beforeWas", { value: props.number(then) })}>
          {now >= then ? "+" : "−"}
          {props.number(Math.abs(now - then))}
        </span>
      )}
    </td>
  );
}

/** What a pen had at the cursor. */
function Held({ point, track }: { point: Point | undefined; track: Track | undefined }) {
  const t = useT();
  const lang = useLanguage();
  if (!point || isBad(point[2] ?? 0))
    return (
      <span className="live-value bad" title={t("trends:noValue")}>
        – –
      </span>
    );
  const [, value, quality = 0] = point;
  const words =
    typeof value === "number"
      ? new Intl.NumberFormat(lang, { maximumSignificantDigits: 7 }).format(value)
      : value === null
        ? "–"
        : typeof value === "string"
          ? value
          : JSON.stringify(value);
  return (
    <span className={quality === 0 ? "live-value" : "live-value uncertain"}>
      {words} {track?.unit}
      {quality !== 0 && "?"}
    </span>
  );
}

/** The line of a pen as a small picture. */
function Swatch({ tone, dash }: { tone: string; dash: number[] }) {
  return (
    <svg width="28" height="8" aria-hidden>
      <line x1="0" x2="28" y1="4" y2="4" stroke={tone} strokeWidth="2" strokeDasharray={dash.join(" ") || undefined} />
    </svg>
  );
}
