import type { Problem, Report, ReportBlock } from "@lineside/client";
import {
  Bell,
  ChartLine,
  Copy,
  Gauge,
  Image,
  MoveDown,
  MoveUp,
  OctagonAlert,
  OctagonPause,
  Plus,
  Scissors,
  Settings2,
  Table2,
  Trash2,
  Type,
} from "lucide-react";
import { type KeyboardEvent, useEffect, useRef } from "react";
import { textIn, useLanguage, useT } from "../i18n";
import { Button, IconButton, Menu } from "../ui";
import { duplicate, insert, type Kind, kinds, move, newBlock, problemsAt, remove } from "./model";

const icons = {
  text: Type,
  tiles: Gauge,
  table: Table2,
  trend: ChartLine,
  alarms: Bell,
  stops: OctagonPause,
  picture: Image,
  break: Scissors,
};

/** The blocks of a report in order. Arrow keys choose, Alt with them moves, Ctrl+D doubles, Delete takes away. */
export function BlockList(props: {
  report: Report;
  /** The place of the chosen block, -1 for the settings. */
  at: number;
  problems: readonly Problem[];
  onChoose(at: number): void;
  onChange(blocks: ReportBlock[], at: number, field: string): void;
}) {
  const t = useT();
  const lang = useLanguage();
  const { blocks } = props.report;
  const { at } = props;
  const list = useRef<HTMLDivElement>(null);
  const byKey = useRef(false);
  useEffect(() => {
    if (byKey.current) list.current?.querySelector<HTMLElement>(`[data-at="${at}"]`)?.focus();
    byKey.current = false;
  });
  const act = (result: [ReportBlock[], number]) => {
    if (result[0] !== blocks) props.onChange(result[0], result[1], "");
  };
  const add = (kind: Kind) => act(insert(blocks, newBlock(kind, blocks), at < 0 ? blocks.length : at));
  const keys = (e: KeyboardEvent) => {
    const step = e.key === "ArrowUp" ? -1 : e.key === "ArrowDown" ? 1 : 0;
    byKey.current = true;
    if (step && e.altKey && at >= 0) act(move(blocks, at, step));
    else if (step) props.onChoose(Math.max(-1, Math.min(blocks.length - 1, at + step)));
    else if (e.key === "Home") props.onChoose(-1);
    else if (e.key === "End") props.onChoose(blocks.length - 1);
    else if (e.key.toLowerCase() === "d" && (e.ctrlKey || e.metaKey) && at >= 0) act(duplicate(blocks, at));
    else if (e.key === "Delete" && at >= 0) act(remove(blocks, at));
    else {
      byKey.current = false;
      return;
    }
    e.preventDefault();
  };
  const name = (b: ReportBlock) => {
    const own = textIn(b.title, lang) || textIn(b.text?.text, lang);
    return own.split("\n")[0] || t(`reports:kinds.${b.kind}`);
  };
  return (
    <section className="report-blocks" aria-label={t("reports:blocks")}>
      <div ref={list} role="listbox" aria-label={t("reports:blocks")} className="report-block-list">
        <div
          role="option"
          tabIndex={at < 0 ? 0 : -1}
          aria-selected={at < 0}
          data-at={-1}
          className="report-block"
          onClick={() => props.onChoose(-1)}
          onKeyDown={keys}
        >
          <Settings2 size={16} aria-hidden />
          <span className="report-block-name">{t("reports:settings")}</span>
          {props.problems.some((p) => !p.at?.startsWith("/blocks/")) && (
            <OctagonAlert size={14} className="report-bad" aria-label={t("reports:hasProblems")} />
          )}
        </div>
        {blocks.map((b, i) => {
          const Icon = icons[b.kind];
          return (
            <div
              key={b.id}
              role="option"
              tabIndex={i === at ? 0 : -1}
              aria-selected={i === at}
              data-at={i}
              className="report-block"
              onClick={() => props.onChoose(i)}
              onKeyDown={keys}
            >
              <Icon size={16} aria-hidden />
              <span className="report-block-name">
                {name(b)}
                <span className="muted">{t(`reports:kinds.${b.kind}`)}</span>
              </span>
              {problemsAt(props.problems, `/blocks/${i}`).length > 0 && (
                <OctagonAlert size={14} className="report-bad" aria-label={t("reports:hasProblems")} />
              )}
            </div>
          );
        })}
      </div>
      <div className="report-block-tools" role="toolbar" aria-label={t("reports:blocks")}>
        <Menu
          entries={kinds.map((kind) => {
            const Icon = icons[kind];
            return {
              id: kind,
              label: t(`reports:kinds.${kind}`),
              icon: <Icon size={14} aria-hidden />,
              run: () => add(kind),
            };
          })}
        >
          <Button icon={<Plus size={16} aria-hidden />}>{t("reports:addBlock")}</Button>
        </Menu>
        <span className="grow" />
        <IconButton
          small
          label={t("reports:up")}
          keys="Alt+↑"
          reason={at <= 0 ? t("reports:nothing") : undefined}
          onClick={() => act(move(blocks, at, -1))}
        >
          <MoveUp size={14} aria-hidden />
        </IconButton>
        <IconButton
          small
          label={t("reports:down")}
          keys="Alt+↓"
          reason={at < 0 || at >= blocks.length - 1 ? t("reports:nothing") : undefined}
          onClick={() => act(move(blocks, at, 1))}
        >
          <MoveDown size={14} aria-hidden />
        </IconButton>
        <IconButton
          small
          label={t("reports:duplicate")}
          keys="Ctrl+D"
          reason={at < 0 ? t("reports:nothing") : undefined}
          onClick={() => act(duplicate(blocks, at))}
        >
          <Copy size={14} aria-hidden />
        </IconButton>
        <IconButton
          small
          label={t("reports:takeBlock")}
          keys="Del"
          reason={at < 0 ? t("reports:nothing") : undefined}
          onClick={() => act(remove(blocks, at))}
        >
          <Trash2 size={14} aria-hidden />
        </IconButton>
      </div>
    </section>
  );
}
