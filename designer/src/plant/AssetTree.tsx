// The tree of areas and assets, gone through by the arrow keys as trees are. Only the lines in sight are drawn.
import type { Area, Asset, ModelState } from "@lineside/client";
import { Box, ChevronDown, ChevronRight, Folder } from "lucide-react";
import { type KeyboardEvent, useEffect, useMemo, useRef, useState } from "react";
import { flushSync } from "react-dom";
import { textIn, useT } from "../i18n";
import { Badge } from "../ui";
import { fitting, linesOf, treeOf } from "./assettree";

/** The height of a line, as in assets.css. */
const rowHeight = 28;
/** Up to so many assets the tree is open from the beginning. */
const openUpTo = 100;

export function AssetTree(props: {
  assets: readonly Asset[];
  /** What is said of models holds for their assets, when they are searched. */
  models: readonly ModelState[];
  areas: readonly Area[];
  query: string;
  selected: string;
  onSelect(path: string): void;
}) {
  const t = useT();
  const { selected, onSelect } = props;
  const list = useRef<HTMLDivElement>(null);
  const found = useMemo(
    () => fitting(props.assets, props.query, props.models),
    [props.assets, props.query, props.models],
  );
  const searching = props.query.trim() !== "";
  const tree = useMemo(() => treeOf(found, searching ? [] : props.areas), [found, props.areas, searching]);
  const [folds, setFolds] = useState<ReadonlyMap<string, boolean>>(new Map());
  const isOpen = (path: string) =>
    folds.get(path) ?? (searching || props.assets.length <= openUpTo || selected.startsWith(`${path}/`));
  const lines = linesOf(tree, isOpen);
  const fold = (path: string, open: boolean) => setFolds(new Map(folds).set(path, open));
  const here = lines.some((line) => line.place.path === selected) ? selected : lines[0]?.place.path;

  // What scrolls is the box around the tree.
  const [seen, setSeen] = useState({ top: 0, height: 1000 });
  const box = () => list.current?.parentElement ?? undefined;
  const empty = lines.length === 0;
  useEffect(() => {
    const scrolled = empty ? undefined : list.current?.parentElement;
    if (!scrolled) return;
    const look = () => setSeen({ top: scrolled.scrollTop, height: scrolled.clientHeight });
    look();
    const sized = new ResizeObserver(look);
    sized.observe(scrolled);
    scrolled.addEventListener("scroll", look, { passive: true });
    return () => {
      sized.disconnect();
      scrolled.removeEventListener("scroll", look);
    };
  }, [empty]);
  const reveal = (index: number) => {
    const scrolled = box();
    if (!scrolled || index < 0) return;
    const y = index * rowHeight;
    if (y < scrolled.scrollTop || y + rowHeight > scrolled.scrollTop + scrolled.clientHeight)
      scrolled.scrollTop = Math.max(0, y - scrolled.clientHeight / 2);
    flushSync(() => setSeen({ top: scrolled.scrollTop, height: scrolled.clientHeight }));
  };
  // A link leads to its asset, wherever that is.
  const first = useRef(true);
  useEffect(() => {
    if (!first.current || empty) return;
    first.current = false;
    const scrolled = list.current?.parentElement;
    const index = lines.findIndex((line) => line.place.path === selected);
    if (scrolled && index >= 0) scrolled.scrollTop = Math.max(0, index * rowHeight - scrolled.clientHeight / 2);
  }, [lines, selected, empty]);

  const from = Math.max(0, Math.floor(seen.top / rowHeight) - 10);
  const to = Math.ceil((seen.top + seen.height) / rowHeight) + 10;
  const shown = lines.slice(from, to).map((line, i) => ({ ...line, index: from + i }));
  // The line that has the keys is always there.
  const hereAt = lines.findIndex((line) => line.place.path === here);
  const hereLine = lines[hereAt];
  if (hereLine && (hereAt < from || hereAt >= to)) shown.push({ ...hereLine, index: hereAt });

  const go = (path: string | undefined) => {
    if (path === undefined) return;
    onSelect(path);
    reveal(lines.findIndex((line) => line.place.path === path));
    requestAnimationFrame(() => list.current?.querySelector<HTMLElement>(`[data-path="${CSS.escape(path)}"]`)?.focus());
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const index = lines.findIndex((line) => line.place.path === here);
    const line = lines[index];
    if (!line || event.ctrlKey || event.altKey || event.metaKey) return;
    const { place } = line;
    const open = place.children.length > 0 && isOpen(place.path);
    switch (event.key) {
      case "ArrowDown":
        go(lines[index + 1]?.place.path);
        break;
      case "ArrowUp":
        go(lines[index - 1]?.place.path);
        break;
      case "ArrowRight":
        if (open) go(place.children[0]?.path);
        else if (place.children.length) fold(place.path, true);
        break;
      case "ArrowLeft":
        if (open) fold(place.path, false);
        else if (place.path.includes("/")) go(place.path.slice(0, place.path.lastIndexOf("/")));
        break;
      case "Home":
        go(lines[0]?.place.path);
        break;
      case "End":
        go(lines.at(-1)?.place.path);
        break;
      case "Enter":
      case " ":
        go(place.path);
        break;
      default:
        return;
    }
    event.preventDefault();
  };

  if (!lines.length) return <p className="asset-tree-none muted">{t("assets:noMatch")}</p>;
  return (
    <div
      ref={list}
      className="asset-tree"
      role="tree"
      aria-label={t("assets:assets")}
      style={{ height: lines.length * rowHeight }}
      onKeyDown={onKeyDown}
    >
      {shown.map(({ place, level, at, of, index }) => {
        const folder = place.children.length > 0;
        const title = textIn(place.asset?.title ?? place.area?.title);
        return (
          <div
            key={place.path}
            data-path={place.path}
            className={place.asset?.disabled ? "asset-line off" : "asset-line"}
            role="treeitem"
            aria-level={level}
            aria-posinset={at}
            aria-setsize={of}
            aria-selected={place.path === selected}
            aria-expanded={folder ? isOpen(place.path) : undefined}
            tabIndex={place.path === here ? 0 : -1}
            style={{ top: index * rowHeight, paddingInlineStart: 8 + (level - 1) * 16 }}
            onClick={() => onSelect(place.path)}
            onDoubleClick={() => folder && fold(place.path, !isOpen(place.path))}
            onKeyDown={() => {}}
          >
            {/* A press on the arrow folds; by keys the line itself does it. */}
            <span
              className="asset-fold"
              aria-hidden
              onClick={(event) => {
                if (!folder) return;
                event.stopPropagation();
                fold(place.path, !isOpen(place.path));
              }}
            >
              {folder && (isOpen(place.path) ? <ChevronDown size={14} /> : <ChevronRight size={14} />)}
            </span>
            {place.asset ? <Box size={14} aria-hidden /> : <Folder size={14} aria-hidden />}
            <span className="asset-name">
              {place.name}
              {title && title !== place.name && <span className="muted"> {title}</span>}
            </span>
            {place.asset ? (
              <span className="muted asset-model">
                {place.asset.disabled ? t("assets:disabled") : place.asset.model}
              </span>
            ) : (
              place.count > 0 && <Badge>{place.count}</Badge>
            )}
          </div>
        );
      })}
    </div>
  );
}
