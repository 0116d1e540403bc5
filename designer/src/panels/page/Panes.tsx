// The panes of tabs in the inspector: which is shown, their titles, their order; and the pane a widget is in.
import type { Widget } from "@lineside/client";
import { ArrowUp, Eye, Plus, Trash2 } from "lucide-react";
import { openPane, setOpenPane } from "../../canvas";
import { useEditor, useScreen, useSession } from "../../design/context";
import { inPane, type PaneChange, parentOf, setPane, setPanes } from "../../document";
import { useT } from "../../i18n";
import { Button, IconButton, Input, Select } from "../../ui";

/** The titles of the panes of a widget. */
function titlesOf(w: Widget, prop: string, standard: unknown): string[] {
  const list = w.props?.[prop] ?? standard;
  return Array.isArray(list) && list.length > 0 ? list.map(String) : [""];
}

export function PanesField({ widget, prop, standard }: { widget: Widget; prop: string; standard: unknown }) {
  const t = useT();
  const editor = useEditor();
  // Drawn again when another pane is opened.
  useSession((s) => s.panes);
  const titles = titlesOf(widget, prop, standard);
  const board = editor.board;
  const open = Math.min(board ? openPane(board, widget.id) : 0, titles.length - 1);
  const name = (i: number) => titles[i] || String(i + 1);
  const change = (label: string, next: Omit<PaneChange, "count">, show: number) => {
    setPanes(editor.doc, editor.screen(), widget.id, prop, { count: titles.length, ...next }, label);
    if (board) setOpenPane(board, widget.id, Math.max(0, Math.min(show, next.titles.length - 1)));
  };
  const all = titles.map((_t, i) => i);
  return (
    <div className="prop wide" data-prop={prop}>
      <span className="prop-label">{t("page:panes.title")}</span>
      <div className="panes-list">
        <ul className="panes" aria-label={t("page:panes.title")}>
          {titles.map((title, i) => {
            const inside = inPane(editor.doc, editor.screen(), widget.id, i).length;
            return (
              // biome-ignore lint/suspicious/noArrayIndexKey: a pane is its place in the list
              <li key={i}>
                <IconButton
                  small
                  label={t("page:panes.open", { name: name(i) })}
                  pressed={i === open}
                  onClick={() => board && setOpenPane(board, widget.id, i)}
                >
                  <Eye size={14} aria-hidden />
                </IconButton>
                <Input
                  key={title}
                  aria-label={t("page:panes.name", { n: i + 1 })}
                  defaultValue={title}
                  onFocus={() => board && setOpenPane(board, widget.id, i)}
                  onBlur={(e) =>
                    e.target.value !== title &&
                    change("page:step.paneName", { titles: titles.with(i, e.target.value), from: all }, i)
                  }
                  onKeyDown={(e) => e.key === "Enter" && e.currentTarget.blur()}
                />
                <IconButton
                  small
                  label={t("page:panes.up", { name: name(i) })}
                  disabled={i === 0}
                  onClick={() => {
                    const swap = <T,>(list: readonly T[]) => list.with(i, list[i - 1] as T).with(i - 1, list[i] as T);
                    change("page:step.paneMove", { titles: swap(titles), from: swap(all) }, i - 1);
                  }}
                >
                  <ArrowUp size={14} aria-hidden />
                </IconButton>
                <IconButton
                  small
                  label={
                    inside > 0
                      ? t("page:panes.removeWith", { name: name(i), count: inside })
                      : t("page:panes.remove", { name: name(i) })
                  }
                  disabled={titles.length < 2}
                  onClick={() =>
                    change(
                      "page:step.paneRemove",
                      { titles: titles.toSpliced(i, 1), from: all.toSpliced(i, 1) },
                      Math.min(open, i),
                    )
                  }
                >
                  <Trash2 size={14} aria-hidden />
                </IconButton>
              </li>
            );
          })}
        </ul>
        <Button
          look="quiet"
          icon={<Plus size={14} aria-hidden />}
          disabled={titles.length >= 20}
          onClick={() =>
            change(
              "page:step.paneAdd",
              { titles: [...titles, t("page:panes.fresh", { n: titles.length + 1 })], from: [...all, -1] },
              titles.length,
            )
          }
        >
          {t("page:panes.add")}
        </Button>
      </div>
    </div>
  );
}

/** The pane of its parent that a widget is in, when there are several. */
export function PanePicker({ widgets }: { widgets: readonly Widget[] }) {
  const t = useT();
  const editor = useEditor();
  const screen = useScreen();
  const first = widgets[0];
  if (!screen || !first) return null;
  const parent = screen.widgets[parentOf(screen, first)];
  if (!parent || widgets.some((w) => w.parent !== first.parent)) return null;
  const manifest = editor.manifests.get(parent.type);
  const count = editor.board?.view.instance(parent.id)?.panes?.length ?? 0;
  if (count < 2) return null;
  const titles = manifest?.panes
    ? titlesOf(parent, manifest.panes, manifest.settings.find((f) => f.name === manifest.panes)?.default)
    : Array.from({ length: count }, (_, i) => String(i + 1));
  return (
    <div className="prop cell-line">
      <label className="prop-label" htmlFor="widget-pane">
        {t("page:pane")}
      </label>
      <Select
        id="widget-pane"
        value={String(Math.min(first.pane ?? 0, count - 1))}
        options={titles.map((title, i) => ({ value: String(i), label: title || String(i + 1) }))}
        onChange={(v) => {
          setPane(
            editor.doc,
            editor.screen(),
            widgets.map((w) => w.id),
            Number(v),
          );
          if (editor.board && manifest?.panes) setOpenPane(editor.board, parent.id, Number(v));
        }}
      />
    </div>
  );
}
