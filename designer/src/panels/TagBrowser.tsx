// The tags of the plant with their live values, to be dragged onto the canvas or a widget.

import type { TagState } from "@lineside/client";
import { formatted, isBad, isUncertain, type LiveValue } from "@lineside/client";
import { RefreshCw, Tag } from "lucide-react";
import { type PointerEvent, useEffect, useMemo, useRef, useState } from "react";
import type { DraggedTag } from "../canvas";
import { findTags } from "../design/api";
import { useEditor } from "../design/context";
import { language, useT } from "../i18n";
import { useTagValues } from "../shell/live";
import { asApiError } from "../shell/resource";
import { Badge, Busy, Button, Empty, ErrorNote, IconButton, SearchInput } from "../ui";
import { inShownUnit, useShownUnits } from "../units/shown";
import { formatValue } from "./format";

const rowHeight = 44;

export function TagBrowser() {
  const t = useT();
  const editor = useEditor();
  const [query, setQuery] = useState("");
  const [tags, setTags] = useState<TagState[]>();
  const [next, setNext] = useState("");
  const [error, setError] = useState<{ message: string; hint?: string }>();
  const [chosen, setChosen] = useState<readonly string[]>([]);
  const [again, setAgain] = useState(0);
  const [top, setTop] = useState(0);
  const [height, setHeight] = useState(600);
  const list = useRef<HTMLDivElement>(null);

  // biome-ignore lint/correctness/useExhaustiveDependencies: `again` asks once more
  useEffect(() => {
    const stop = new AbortController();
    const timer = setTimeout(
      () =>
        findTags(query.trim(), 500, "", stop.signal).then(
          (page) => {
            setTags(page.tags);
            setNext(page.next);
            setError(undefined);
          },
          (e) => !stop.signal.aborted && setError(asApiError(e)),
        ),
      query ? 200 : 0,
    );
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }, [query, again]);

  useEffect(() => {
    const el = list.current;
    if (!el) return;
    const seen = new ResizeObserver(() => setHeight(el.clientHeight));
    seen.observe(el);
    return () => seen.disconnect();
  }, []);

  const from = Math.max(0, Math.floor(top / rowHeight) - 4);
  const shown = useMemo(() => (tags ?? []).slice(from, from + Math.ceil(height / rowHeight) + 8), [tags, from, height]);
  const paths = useMemo(() => shown.map((tag) => tag.path), [shown]);
  const values = useTagValues(paths);

  const choose = (e: { ctrlKey: boolean; metaKey: boolean; shiftKey: boolean }, path: string) => {
    const last = chosen.at(-1);
    if (e.shiftKey && last && tags) {
      const [a, b] = [tags.findIndex((x) => x.path === last), tags.findIndex((x) => x.path === path)].sort(
        (x, y) => x - y,
      ) as [number, number];
      setChosen(tags.slice(Math.max(0, a), b + 1).map((x) => x.path));
    } else if (e.ctrlKey || e.metaKey)
      setChosen(chosen.includes(path) ? chosen.filter((p) => p !== path) : [...chosen, path]);
    else setChosen([path]);
  };
  const dragged = (path: string): DraggedTag[] => {
    const all = chosen.includes(path) ? chosen : [path];
    return all.flatMap((p) => {
      const tag = tags?.find((x) => x.path === p);
      return tag ? [{ path: tag.path, type: tag.type, title: tag.title, writable: tag.writable }] : [];
    });
  };
  const down = (e: PointerEvent, path: string) => {
    if (e.button !== 0) return;
    const load = dragged(path);
    const label = load.length === 1 ? path : t("design:tags.count", { count: load.length });
    editor.board?.startDrop({ kind: "tags", tags: load }, e, label, () => choose(e, path));
  };
  const offer = (path: string) => {
    const el = document.getElementById(`tag-${path}`)?.getBoundingClientRect();
    const seen = editor.board?.seen();
    if (!seen) return;
    editor.ui.setState({
      offer: {
        tags: dragged(path),
        at: { x: seen.x + seen.w / 2, y: seen.y + seen.h / 2 },
        free: true,
        client: { x: el?.right ?? 200, y: el?.top ?? 200 },
      },
    });
  };

  return (
    <div className="panel-column">
      <div className="panel-search row">
        <SearchInput value={query} onChange={setQuery} label={t("design:tags.search")} />
        <IconButton label={t("common:reload")} onClick={() => setAgain(again + 1)}>
          <RefreshCw size={14} aria-hidden />
        </IconButton>
      </div>
      <ErrorNote error={error} />
      {!tags && !error && <Busy />}
      {tags?.length === 0 && (
        <Empty
          icon={<Tag size={24} aria-hidden />}
          title={query ? t("design:tags.none") : t("design:tags.empty")}
          text={query ? t("design:tags.noneText") : t("design:tags.emptyText")}
        />
      )}
      <div
        ref={list}
        className="panel-list"
        role="listbox"
        hidden={!tags?.length}
        aria-label={t("design:tab.tags")}
        aria-multiselectable
        tabIndex={0}
        onScroll={(e) => setTop(e.currentTarget.scrollTop)}
        onKeyDown={(e) => {
          if (!tags?.length) return;
          const at = tags.findIndex((x) => x.path === chosen.at(-1));
          const to =
            e.key === "ArrowDown" ? Math.min(tags.length - 1, at + 1) : e.key === "ArrowUp" ? Math.max(0, at - 1) : -1;
          const target = tags[to];
          if (target) {
            choose(e, target.path);
            const y = to * rowHeight;
            if (
              list.current &&
              (y < list.current.scrollTop || y + rowHeight > list.current.scrollTop + list.current.clientHeight)
            )
              list.current.scrollTop = y - list.current.clientHeight / 2;
          } else if (e.key === "Enter" && chosen.length > 0) offer(chosen.at(-1) as string);
          else return;
          e.preventDefault();
        }}
      >
        <div style={{ height: (tags?.length ?? 0) * rowHeight, position: "relative" }}>
          {shown.map((tag, i) => (
            <div
              key={tag.path}
              id={`tag-${tag.path}`}
              role="option"
              tabIndex={-1}
              aria-selected={chosen.includes(tag.path)}
              className="tag-row"
              data-tag={tag.path}
              style={{ top: (from + i) * rowHeight }}
              onPointerDown={(e) => down(e, tag.path)}
              onDoubleClick={() => offer(tag.path)}
            >
              <div className="tag-line">
                <span className="tag-path" title={tag.path}>
                  <bdi>{tag.path}</bdi>
                </span>
                <Badge>{t(`design:type.${tag.type}`)}</Badge>
              </div>
              <div className="tag-line muted">
                <span className="tag-title">{tag.title || tag.device || t(`design:tags.kind.${tag.kind}`)}</span>
                <TagValue
                  value={values.get(tag.path) ?? { v: tag.value, q: tag.quality, t: 0 }}
                  unit={tag.unit}
                  name={tag.qualityName}
                  format={tag.format}
                />
              </div>
            </div>
          ))}
        </div>
        {next && (
          <div className="panel-more">
            <Button
              onClick={() =>
                findTags(query.trim(), 500, next).then(
                  (page) => {
                    setTags([...(tags ?? []), ...page.tags]);
                    setNext(page.next);
                  },
                  (e) => setError(asApiError(e)),
                )
              }
            >
              {t("design:tags.more")}
            </Button>
          </div>
        )}
      </div>
      {!!tags?.length && <p className="panel-hint">{t("design:tags.hint")}</p>}
    </div>
  );
}

/** A value as it is now, with its quality as a sign and not only as a colour. */
export function TagValue(props: {
  value: LiveValue | undefined;
  unit?: string;
  name?: string;
  decimals?: number;
  /** What the value means: datetime, location, … */
  format?: string;
}) {
  const s = inShownUnit(props.value, props.decimals, props.unit, useShownUnits());
  const value = s.live;
  if (!value) return <span className="live-value muted">…</span>;
  const bad = isBad(value.q);
  return (
    <span
      className={["live-value", bad ? "bad" : isUncertain(value.q) ? "uncertain" : ""].filter(Boolean).join(" ")}
      title={bad || value.q !== 0 ? props.name : undefined}
    >
      {bad ? "– –" : (formatted(props.format, value.v, language()) ?? formatValue(value.v, s.decimals))}
      {!bad && isUncertain(value.q) && " ?"}
      {!bad && s.unit ? <span className="unit-text"> {s.unit}</span> : null}
    </span>
  );
}
