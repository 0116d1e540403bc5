import type { BrowseNode } from "@lineside/client";
import { ChevronDown, ChevronRight, LoaderCircle, PenLine } from "lucide-react";
import { type KeyboardEvent, useEffect, useId, useLayoutEffect, useRef, useState } from "react";
import { useT } from "../../i18n";
import { keyOf, placeOf, type TreeRow } from "./nodetree";
import type { Present } from "./source";

/** Height of a row in pixels, as the style sheet has it. */
const rowHeight = 32;
/** Rows drawn beyond those that are seen. */
const beyond = 12;

/** Whether a node, or something below it, is ticked. */
export type Ticked = "no" | "some" | "yes";

/**
 * The tree of a device. Only the rows that are seen are drawn, so that a level may have ten thousand nodes. The keys are
 * those of a tree (WAI-ARIA authoring practices): arrows, Home, End, Page; Space ticks, Enter opens or ticks.
 */
export function NodeTree({
  label,
  rows,
  ticked,
  busy,
  values,
  flat,
  onTick,
  onOpen,
  onSeen,
}: {
  label: string;
  rows: readonly TreeRow[];
  ticked(row: TreeRow): Ticked;
  /** Rows whose branch is being looked through. */
  busy: ReadonlySet<string>;
  values: ReadonlyMap<string, Present>;
  /** The rows are what a search has found: each with the names that lead to it. */
  flat?: boolean;
  onTick(row: TreeRow): void;
  onOpen(row: TreeRow, open: boolean): void;
  /** Tells which nodes are seen now. */
  onSeen(nodes: BrowseNode[]): void;
}) {
  const t = useT();
  const id = useId();
  const box = useRef<HTMLDivElement>(null);
  const [top, setTop] = useState(0);
  const [height, setHeight] = useState(400);
  const [activeKey, setActiveKey] = useState("");
  const found = rows.findIndex((row) => row.key === activeKey);
  const active = Math.max(found, 0);

  useLayoutEffect(() => {
    const element = box.current;
    if (!element) return;
    const look = () => setHeight(element.clientHeight || 400);
    look();
    const observer = new ResizeObserver(look);
    observer.observe(element);
    return () => observer.disconnect();
  }, []);

  const first = Math.max(Math.floor(top / rowHeight) - beyond, 0);
  const end = Math.min(first + Math.ceil(height / rowHeight) + 2 * beyond, rows.length);
  const drawn = rows.slice(first, end);
  const seen = drawn.flatMap((row) => (row.node ? [row.node] : []));
  const seenKey = seen.map((n) => n.id).join("\n");
  // biome-ignore lint/correctness/useExhaustiveDependencies: the nodes are the same as long as their ids are
  useEffect(() => onSeen(seen), [seenKey]);

  const go = (to: number) => {
    const row = rows[to];
    const element = box.current;
    if (!row || !element) return;
    setActiveKey(row.key);
    const y = to * rowHeight;
    if (y < element.scrollTop) element.scrollTop = y;
    else if (y + rowHeight > element.scrollTop + element.clientHeight)
      element.scrollTop = y + rowHeight - element.clientHeight;
    setTop(element.scrollTop);
  };

  const onKeyDown = (event: KeyboardEvent) => {
    const row = rows[active];
    if (!row) return;
    if (event.key === " " || (event.key === "Enter" && row.open === undefined)) {
      event.preventDefault();
      if (row.node) onTick(row);
      return;
    }
    if (event.key === "Enter") {
      event.preventDefault();
      return onOpen(row, !row.open);
    }
    const does = keyOf(rows, active, event.key, Math.max(Math.floor(height / rowHeight) - 1, 1));
    if (!does) return;
    event.preventDefault();
    if ("to" in does) go(does.to);
    else onOpen(row, does.open);
  };

  return (
    <div
      ref={box}
      className="node-tree"
      role="tree"
      aria-label={label}
      tabIndex={0}
      aria-activedescendant={active >= first && active < end ? `${id}-${active}` : undefined}
      onScroll={(event) => setTop(event.currentTarget.scrollTop)}
      onKeyDown={onKeyDown}
    >
      {/* What is not drawn keeps its room. */}
      <div role="none" style={{ height: first * rowHeight }} />
      {drawn.map((row, i) => (
        <Row
          key={row.key}
          id={`${id}-${first + i}`}
          row={row}
          active={first + i === active}
          ticked={row.node ? ticked(row) : "no"}
          busy={busy.has(row.key)}
          present={row.node && values.get(row.node.id)}
          flat={flat}
          onTick={() => {
            setActiveKey(row.key);
            onTick(row);
          }}
          onOpen={() => {
            setActiveKey(row.key);
            onOpen(row, !row.open);
          }}
          t={t}
        />
      ))}
      <div role="none" style={{ height: Math.max(rows.length - end, 0) * rowHeight }} />
    </div>
  );
}

function Row({
  id,
  row,
  active,
  ticked,
  busy,
  present,
  flat,
  onTick,
  onOpen,
  t,
}: {
  id: string;
  row: TreeRow;
  active: boolean;
  ticked: Ticked;
  busy: boolean;
  present?: Present;
  flat?: boolean;
  onTick(): void;
  onOpen(): void;
  t: ReturnType<typeof useT>;
}) {
  const { node } = row;
  const shared = {
    id,
    "aria-level": row.depth,
    "aria-posinset": row.index,
    "aria-setsize": row.size,
    className: `node-row${active ? " active" : ""}`,
    style: { "--depth": row.depth - 1 } as object,
  } as const;
  if (!node)
    return (
      // biome-ignore lint/a11y/useFocusableInteractive: the tree has the focus and names its active row
      <div role="treeitem" {...shared}>
        <span className="node-gap" />
        {row.note === "problem" && row.problem ? (
          <span className="wrong selectable" title={row.problem.hint}>
            {row.problem.message}
          </span>
        ) : (
          <span className="muted">{t(row.note === "empty" ? "plant:nothingFound" : "common:loading")}</span>
        )}
      </div>
    );
  const value = present ? present.value : node.value;
  const name = node.title || node.name;
  return (
    // biome-ignore lint/a11y/useFocusableInteractive: the tree has the focus and names its active row
    // biome-ignore lint/a11y/useKeyWithClickEvents: the tree has the keys
    <div
      role="treeitem"
      {...shared}
      aria-expanded={row.open}
      aria-checked={node.address || node.hasChildren ? (ticked === "some" ? "mixed" : ticked === "yes") : undefined}
      onClick={onTick}
    >
      {row.open !== undefined ? (
        // biome-ignore lint/a11y/useKeyWithClickEvents: the tree has the keys
        // biome-ignore lint/a11y/noStaticElementInteractions: for the mouse only
        <span
          className="node-arrow"
          onClick={(event) => {
            event.stopPropagation();
            onOpen();
          }}
        >
          {row.open ? <ChevronDown size={16} aria-hidden /> : <ChevronRight size={16} aria-hidden />}
        </span>
      ) : (
        <span className="node-gap" />
      )}
      {busy ? (
        <LoaderCircle size={16} className="spin" aria-hidden />
      ) : node.address || node.hasChildren ? (
        <span className={`node-tick ${ticked}`} aria-hidden />
      ) : (
        <span className="node-gap" />
      )}
      <span className="node-name" title={node.id}>
        {flat && row.trail.length > 0 && <span className="muted">{row.trail.join(" / ")} / </span>}
        {name}
        {node.title && node.title !== node.name && !node.title.startsWith(node.name) && (
          <span className="muted"> {node.name}</span>
        )}
      </span>
      {node.writable && <PenLine size={14} className="muted" role="img" aria-label={t("adddevice:writable")} />}
      <span className="node-type muted">{node.type ? t(`plant:types.${node.type}`) : ""}</span>
      <span className={`live-value node-value${present?.bad ? " bad" : ""}`} title={present?.bad}>
        {present?.bad ? "– –" : shown(value)}
      </span>
      <span className="node-unit muted">{node.unit}</span>
    </div>
  );
}

function shown(value: unknown): string {
  if (value === undefined || value === null) return "";
  if (typeof value === "number") return String(Number(value.toPrecision(7)));
  return (typeof value === "object" ? JSON.stringify(value) : String(value)).slice(0, 60);
}

/** The key of the ticked nodes below a row. */
export const branchOf = (row: TreeRow) => placeOf([...row.trail, row.node?.name ?? ""]);
