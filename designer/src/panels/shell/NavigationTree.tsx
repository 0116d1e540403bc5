// The entries of the navigation as a tree: moved by dragging, by the buttons above it, or by Alt and the arrow keys.
import { ArrowDown, ArrowUp, CornerDownRight, CornerUpLeft, FolderPlus, Heading, Monitor, Trash2 } from "lucide-react";
import { type DragEvent, type KeyboardEvent, useRef, useState } from "react";
import { useDoc, useEditor } from "../../design/context";
import {
  dropTo,
  flatItems,
  type ItemPath,
  insertItem,
  itemAt,
  mostDepth,
  moveItem,
  removeItem,
  stepTo,
} from "../../document";
import { textIn, useLanguage, useT } from "../../i18n";
import { Icon, IconButton, Menu } from "../../ui";

type Step = "up" | "down" | "in" | "out";
type Place = { path: ItemPath; where: "above" | "into" | "below" };

const mime = "application/x-lineside-entry";
const steps: Record<string, Step> = { ArrowUp: "up", ArrowDown: "down", ArrowRight: "in", ArrowLeft: "out" };
const idOf = (path: ItemPath) => `nav-${path.join("-")}`;
const equal = (a: ItemPath, b: ItemPath) => a.join("/") === b.join("/");

export function NavigationTree(props: { path: ItemPath; onPath: (path: ItemPath) => void }) {
  const { path, onPath } = props;
  const t = useT();
  const lang = useLanguage();
  const editor = useEditor();
  const state = useDoc((d) => d);
  const items = state.app.navigation?.items ?? [];
  const rows = flatItems(items);
  const at = rows.findIndex((r) => equal(r.path, path));
  const [over, setOver] = useState<Place>();
  const tree = useRef<HTMLDivElement>(null);
  const title = (row: (typeof rows)[number]) =>
    textIn(row.item.title, lang) || textIn(state.screens[row.item.screen ?? ""]?.screen.name, lang) || row.item.screen;

  // Beside the chosen one, or within it when it is a heading; at the end when nothing is chosen.
  const place = (): ItemPath => {
    const chosen = itemAt(items, path);
    if (!chosen || path.length === 0) return [items.length];
    if (!chosen.screen && path.length < mostDepth) return [...path, chosen.items?.length ?? 0];
    return [...path.slice(0, -1), (path.at(-1) ?? 0) + 1];
  };
  const add = (item: Parameters<typeof insertItem>[2]) => {
    const to = place();
    if (insertItem(editor.doc, to, item)) onPath(to);
    tree.current?.focus();
  };
  const step = (way: Step) => {
    const to = stepTo(items, path, way);
    const now = to && moveItem(editor.doc, path, to);
    if (!now) return;
    onPath(now);
    editor.say("texts:nav.moved");
  };
  const remove = () => {
    if (at < 0) return;
    removeItem(editor.doc, path);
    const left = flatItems(editor.doc.state.app.navigation?.items ?? []);
    onPath(left[Math.min(at, left.length - 1)]?.path ?? []);
  };
  const keys = (e: KeyboardEvent) => {
    const way = steps[e.key];
    if (e.altKey && way) step(way);
    else if (e.key === "ArrowDown") onPath(rows[Math.min(rows.length - 1, at + 1)]?.path ?? []);
    else if (e.key === "ArrowUp") onPath(rows[Math.max(0, at - 1)]?.path ?? []);
    else if (e.key === "Home") onPath(rows[0]?.path ?? []);
    else if (e.key === "End") onPath(rows.at(-1)?.path ?? []);
    else if (e.key === "ArrowLeft" && path.length > 1) onPath(path.slice(0, -1));
    else if (e.key === "ArrowRight" && rows[at]?.item.items?.length) onPath([...path, 0]);
    else if (e.key === "Delete") remove();
    else return;
    e.preventDefault();
    e.stopPropagation();
  };
  const placeOf = (e: DragEvent, row: (typeof rows)[number]): Place => {
    const r = e.currentTarget.getBoundingClientRect();
    const y = (e.clientY - r.top) / r.height;
    return { path: row.path, where: y < 0.3 ? "above" : y > 0.7 ? "below" : "into" };
  };
  const cannot = (way: Step) => (at >= 0 && stepTo(items, path, way) ? undefined : t("texts:nav.cannot"));
  return (
    <div className="nav-tree">
      <div className="nav-tools" role="toolbar" aria-label={t("texts:nav.tools")}>
        <Menu
          entries={state.order.map((s) => ({
            id: s,
            label: textIn(state.screens[s]?.screen.name, lang) || s,
            run: () => add({ screen: s }),
          }))}
        >
          <button type="button" className="button quiet">
            <Monitor size={14} aria-hidden /> {t("texts:nav.addScreen")}
          </button>
        </Menu>
        <button
          type="button"
          className="button quiet"
          onClick={() => add({ title: { en: "Heading", zh: "标题" } })}
          title={t("texts:nav.addHeading")}
        >
          <FolderPlus size={14} aria-hidden /> {t("texts:nav.addHeading")}
        </button>
        <span className="spacer" />
        <IconButton small label={t("texts:nav.up")} keys="Alt+↑" reason={cannot("up")} onClick={() => step("up")}>
          <ArrowUp size={14} aria-hidden />
        </IconButton>
        <IconButton small label={t("texts:nav.down")} keys="Alt+↓" reason={cannot("down")} onClick={() => step("down")}>
          <ArrowDown size={14} aria-hidden />
        </IconButton>
        <IconButton small label={t("texts:nav.in")} keys="Alt+→" reason={cannot("in")} onClick={() => step("in")}>
          <CornerDownRight size={14} aria-hidden />
        </IconButton>
        <IconButton small label={t("texts:nav.out")} keys="Alt+←" reason={cannot("out")} onClick={() => step("out")}>
          <CornerUpLeft size={14} aria-hidden />
        </IconButton>
        <IconButton
          small
          label={t("texts:nav.remove")}
          keys="Del"
          reason={at < 0 ? t("texts:nav.choose") : undefined}
          onClick={remove}
        >
          <Trash2 size={14} aria-hidden />
        </IconButton>
      </div>
      <div
        ref={tree}
        className="nav-rows"
        role="tree"
        tabIndex={0}
        aria-label={t("texts:nav.entries")}
        aria-activedescendant={at >= 0 ? idOf(path) : undefined}
        onKeyDown={keys}
        onFocus={() => at < 0 && rows[0] && onPath(rows[0].path)}
      >
        {rows.map((row) => {
          const where = over && equal(over.path, row.path) ? over.where : undefined;
          return (
            <div
              key={row.path.join("/")}
              id={idOf(row.path)}
              role="treeitem"
              tabIndex={-1}
              aria-level={row.path.length}
              aria-selected={equal(row.path, path)}
              aria-expanded={row.item.items?.length ? true : undefined}
              className={where ? `nav-row drop-${where}` : "nav-row"}
              style={{ paddingInlineStart: 8 + (row.path.length - 1) * 18 }}
              draggable
              onClick={() => onPath(row.path)}
              onKeyDown={undefined}
              onDragStart={(e) => {
                e.dataTransfer.setData(mime, JSON.stringify(row.path));
                e.dataTransfer.effectAllowed = "move";
              }}
              onDragOver={(e) => {
                if (!e.dataTransfer.types.includes(mime)) return;
                e.preventDefault();
                const next = placeOf(e, row);
                if (!over || !equal(next.path, over.path) || next.where !== over.where) setOver(next);
              }}
              onDragLeave={() => setOver(undefined)}
              onDragEnd={() => setOver(undefined)}
              onDrop={(e) => {
                e.preventDefault();
                setOver(undefined);
                const from = JSON.parse(e.dataTransfer.getData(mime) || "null") as ItemPath | null;
                const target = placeOf(e, row);
                const to = from && dropTo(items, from, target.path, target.where);
                const now = from && to && moveItem(editor.doc, from, to);
                if (now) onPath(now);
              }}
            >
              {row.item.icon ? (
                <Icon name={row.item.icon} size={16} />
              ) : row.item.screen ? (
                <span className="nav-no-icon" />
              ) : (
                <Heading size={14} aria-hidden />
              )}
              <span className={row.item.screen ? "nav-row-title" : "nav-row-title heading"}>{title(row)}</span>
              {row.item.roles && (
                <span className="badge">{row.item.roles.map((r) => t(`texts:role.${r}`)).join(", ")}</span>
              )}
            </div>
          );
        })}
      </div>
    </div>
  );
}
