// The widgets of the screen as a tree, the topmost first.
import { ChevronDown, ChevronRight, Eye, EyeOff, Lock, LockOpen } from "lucide-react";
import { type DragEvent, type KeyboardEvent, useDeferredValue, useEffect, useMemo, useRef, useState } from "react";
import { openPane } from "../canvas";
import { useEditor, useScreen, useSession } from "../design/context";
import {
  ancestors,
  moveInTree,
  parentOf,
  renameWidget,
  type ScreenRecord,
  setFlag,
  setPane,
  structureOf,
} from "../document";
import { textIn, useLanguage, useT } from "../i18n";
import { Empty, Icon, IconButton, SearchInput } from "../ui";

interface LayerRow {
  id: string;
  depth: number;
  open?: boolean;
}

const rowHeight = 28;
type DropPlace = { id: string; where: "above" | "below" | "into" };

export function Layers() {
  const t = useT();
  const lang = useLanguage();
  const editor = useEditor();
  const screen = useDeferredValue(useScreen());
  const selection = useDeferredValue(useSession((s) => s.selection));
  const [query, setQuery] = useState("");
  const [closed, setClosed] = useState<ReadonlySet<string>>(new Set());
  const [renaming, setRenaming] = useState<string>();
  const [over, setOver] = useState<DropPlace>();
  const [top, setTop] = useState(0);
  const [height, setHeight] = useState(600);
  const list = useRef<HTMLDivElement>(null);
  const name = (id: string) => {
    const w = screen?.widgets[id];
    return w?.name || textIn(editor.manifests.get(w?.type ?? "")?.title, lang) || w?.type || id;
  };

  // biome-ignore lint/correctness/useExhaustiveDependencies: name depends on screen and language only
  const rows = useMemo(
    () => (screen ? treeRows(screen, closed, query.trim().toLowerCase(), name) : []),
    [screen, closed, query, lang],
  );

  // What is selected on the canvas is shown here.
  const first = selection[0];
  useEffect(() => {
    if (!first || !screen) return;
    const up = ancestors(screen, first).filter((id) => closed.has(id));
    if (up.length > 0) return setClosed((c) => new Set([...c].filter((id) => !up.includes(id))));
    const at = rows.findIndex((r) => r.id === first) * rowHeight;
    const el = list.current;
    if (el && at >= 0 && (at < el.scrollTop || at > el.scrollTop + el.clientHeight - rowHeight))
      el.scrollTop = at - el.clientHeight / 2;
  }, [first, screen, closed, rows]);

  useEffect(() => {
    const el = list.current;
    if (!el) return;
    const seen = new ResizeObserver(() => setHeight(el.clientHeight));
    seen.observe(el);
    return () => seen.disconnect();
  }, []);

  if (!screen) return null;
  const choose = (id: string, how: { toggle: boolean; range: boolean }) => {
    let ids: readonly string[] = [id];
    const last = selection.at(-1);
    if (how.range && last) {
      const [a, b] = [rows.findIndex((r) => r.id === last), rows.findIndex((r) => r.id === id)].sort(
        (x, y) => x - y,
      ) as [number, number];
      if (a >= 0) ids = rows.slice(a, b + 1).map((r) => r.id);
    } else if (how.toggle) ids = selection.includes(id) ? selection.filter((s) => s !== id) : [...selection, id];
    const w = screen.widgets[id];
    editor.session.setState({ selection: ids, scope: w ? parentOf(screen, w) : "" });
  };
  const keys = (e: KeyboardEvent) => {
    const at = rows.findIndex((r) => r.id === first);
    const row = rows[at];
    const go = (i: number) => rows[i] && choose((rows[i] as LayerRow).id, { toggle: false, range: e.shiftKey });
    const toggle = (id: string, shut: boolean) =>
      setClosed((c) => (shut ? new Set([...c, id]) : new Set([...c].filter((x) => x !== id))));
    if (e.key === "ArrowDown") go(Math.min(rows.length - 1, at + 1));
    else if (e.key === "ArrowUp") go(Math.max(0, at - 1));
    else if (e.key === "Home") go(0);
    else if (e.key === "End") go(rows.length - 1);
    else if (e.key === "ArrowRight" && row?.open === false) toggle(row.id, false);
    else if (e.key === "ArrowLeft" && row?.open) toggle(row.id, true);
    else if (e.key === "F2" && row) setRenaming(row.id);
    else if (e.key === "Enter" && row) editor.board?.reveal([row.id]);
    else return;
    e.preventDefault();
  };
  const dropPlace = (e: DragEvent, row: LayerRow): DropPlace => {
    const r = e.currentTarget.getBoundingClientRect();
    const y = (e.clientY - r.top) / r.height;
    const group = editor.manifests.get(screen.widgets[row.id]?.type ?? "")?.group === true;
    return { id: row.id, where: group && y > 0.25 && y < 0.75 ? "into" : y < 0.5 ? "above" : "below" };
  };
  const drop = (place: DropPlace, ids: string[]) => {
    const w = screen.widgets[place.id];
    if (!w || ids.includes(place.id)) return;
    const parent = place.where === "into" ? place.id : parentOf(screen, w);
    const siblings = (structureOf(screen).children.get(parent) ?? []).filter((id) => !ids.includes(id));
    // The list shows the topmost first: above in the list is behind it in the drawing order.
    const at = siblings.indexOf(place.id);
    const below = place.where === "into" ? siblings.at(-1) : place.where === "above" ? place.id : siblings[at - 1];
    // Into the pane of what it was dropped beside, or the one that is open.
    const pane = place.where === "into" ? (editor.board ? openPane(editor.board, parent) : 0) : (w.pane ?? 0);
    editor.doc.begin("design:step.order");
    moveInTree(editor.doc, editor.screen(), ids, parent, below);
    setPane(editor.doc, editor.screen(), ids, pane);
    editor.doc.commit();
  };
  const from = Math.max(0, Math.floor(top / rowHeight) - 8);
  const shown = rows.slice(from, from + Math.ceil(height / rowHeight) + 16);
  return (
    <div className="panel-column">
      <div className="panel-search">
        <SearchInput value={query} onChange={setQuery} label={t("design:layers.search")} />
      </div>
      {rows.length === 0 && (
        <Empty
          title={query ? t("design:layers.none") : t("design:layers.empty")}
          text={query ? undefined : t("design:layers.emptyText")}
        />
      )}
      <div
        ref={list}
        className="panel-list"
        role="tree"
        hidden={rows.length === 0}
        aria-label={t("design:tab.layers")}
        aria-multiselectable
        tabIndex={0}
        aria-activedescendant={first ? `layer-${first}` : undefined}
        onKeyDown={keys}
        onScroll={(e) => setTop(e.currentTarget.scrollTop)}
      >
        <div style={{ height: rows.length * rowHeight, position: "relative" }}>
          {shown.map((row, i) => {
            const w = screen.widgets[row.id];
            if (!w) return null;
            const place = over?.id === row.id ? over.where : undefined;
            return (
              <div
                key={row.id}
                id={`layer-${row.id}`}
                role="treeitem"
                tabIndex={-1}
                aria-level={row.depth + 1}
                aria-selected={selection.includes(row.id)}
                aria-expanded={row.open}
                aria-label={name(row.id)}
                className={["layer-row", place && `drop-${place}`, w.hidden && "dim"].filter(Boolean).join(" ")}
                style={{ top: (from + i) * rowHeight, paddingLeft: 4 + row.depth * 14 }}
                draggable={renaming !== row.id}
                onClick={(e) => choose(row.id, { toggle: e.ctrlKey || e.metaKey, range: e.shiftKey })}
                onDoubleClick={() => setRenaming(row.id)}
                onKeyDown={undefined}
                onDragStart={(e) => {
                  const ids = selection.includes(row.id) ? selection : [row.id];
                  e.dataTransfer.setData("application/x-lineside-layers", JSON.stringify(ids));
                  e.dataTransfer.effectAllowed = "move";
                }}
                onDragOver={(e) => {
                  if (!e.dataTransfer.types.includes("application/x-lineside-layers")) return;
                  e.preventDefault();
                  const next = dropPlace(e, row);
                  if (next.id !== over?.id || next.where !== over.where) setOver(next);
                }}
                onDragLeave={() => setOver(undefined)}
                onDragEnd={() => setOver(undefined)}
                onDrop={(e) => {
                  e.preventDefault();
                  setOver(undefined);
                  drop(dropPlace(e, row), JSON.parse(e.dataTransfer.getData("application/x-lineside-layers") || "[]"));
                }}
              >
                {row.open === undefined ? (
                  <span className="twist" />
                ) : (
                  <button
                    type="button"
                    className="twist"
                    tabIndex={-1}
                    aria-label={row.open ? t("design:layers.close") : t("design:layers.open")}
                    onClick={(e) => {
                      e.stopPropagation();
                      setClosed((c) =>
                        row.open ? new Set([...c, row.id]) : new Set([...c].filter((x) => x !== row.id)),
                      );
                    }}
                  >
                    {row.open ? <ChevronDown size={12} aria-hidden /> : <ChevronRight size={12} aria-hidden />}
                  </button>
                )}
                <Icon name={editor.manifests.get(w.type)?.icon} size={14} />
                {renaming === row.id ? (
                  <RenameField
                    value={w.name ?? ""}
                    placeholder={name(row.id)}
                    onDone={(next) => {
                      if (next !== undefined) renameWidget(editor.doc, editor.screen(), row.id, next.trim());
                      setRenaming(undefined);
                      list.current?.focus();
                    }}
                  />
                ) : (
                  <span className="layer-name">{name(row.id)}</span>
                )}
                <span className={w.locked || w.hidden ? "layer-tools on" : "layer-tools"}>
                  <IconButton
                    small
                    tabIndex={-1}
                    label={w.locked ? t("design:layers.unlock") : t("design:layers.lock")}
                    pressed={!!w.locked}
                    onClick={(e) => {
                      e.stopPropagation();
                      setFlag(editor.doc, editor.screen(), [row.id], "locked", !w.locked);
                    }}
                  >
                    {w.locked ? <Lock size={13} aria-hidden /> : <LockOpen size={13} aria-hidden />}
                  </IconButton>
                  <IconButton
                    small
                    tabIndex={-1}
                    label={w.hidden ? t("design:layers.show") : t("design:layers.hide")}
                    pressed={!!w.hidden}
                    onClick={(e) => {
                      e.stopPropagation();
                      setFlag(editor.doc, editor.screen(), [row.id], "hidden", !w.hidden);
                    }}
                  >
                    {w.hidden ? <EyeOff size={13} aria-hidden /> : <Eye size={13} aria-hidden />}
                  </IconButton>
                </span>
              </div>
            );
          })}
        </div>
      </div>
    </div>
  );
}

function RenameField(props: { value: string; placeholder: string; onDone: (value: string | undefined) => void }) {
  const t = useT();
  return (
    <input
      className="input inline"
      aria-label={t("common:rename")}
      defaultValue={props.value}
      placeholder={props.placeholder}
      // biome-ignore lint/a11y/noAutofocus: renaming was asked for
      autoFocus
      onFocus={(e) => e.target.select()}
      onClick={(e) => e.stopPropagation()}
      onBlur={(e) => props.onDone(e.target.value)}
      onKeyDown={(e) => {
        e.stopPropagation();
        if (e.key === "Enter") e.currentTarget.blur();
        if (e.key === "Escape") {
          e.currentTarget.value = props.value;
          props.onDone(undefined);
        }
      }}
    />
  );
}

/** The rows of the tree, the topmost widget first; a search shows what it finds and the groups around it. */
function treeRows(
  screen: ScreenRecord,
  closed: ReadonlySet<string>,
  query: string,
  name: (id: string) => string,
): LayerRow[] {
  const { children, drawn } = structureOf(screen);
  const wanted = query
    ? new Set(
        drawn
          .filter((id) => `${name(id)} ${id} ${screen.widgets[id]?.type}`.toLowerCase().includes(query))
          .flatMap((id) => [id, ...ancestors(screen, id)]),
      )
    : undefined;
  const rows: LayerRow[] = [];
  const walk = (parent: string, depth: number) => {
    for (const id of (children.get(parent) ?? []).toReversed()) {
      if (wanted && !wanted.has(id)) continue;
      const inner = children.has(id);
      const open = inner ? !!wanted || !closed.has(id) : undefined;
      rows.push({ id, depth, open });
      if (open && depth < 32) walk(id, depth + 1);
    }
  };
  walk("", 0);
  return rows;
}
