// The widgets of the catalogue, to be dragged onto the screen.
import type { Manifest } from "@lineside/client";
import { useMemo, useState } from "react";
import { command, run } from "../commands";
import { useEditor } from "../design/context";
import { drawingType, groupType } from "../document";
import { textIn, useLanguage, useT } from "../i18n";
import { useOwn } from "../own/useOwn";
import { Empty, Icon, SearchInput, Tooltip } from "../ui";
import { PresetList } from "./PresetList";
import { presetFits } from "./presets";

const order = ["basic", "drawing", "symbols", "values", "control", "layout"];

/** Where the app's own widgets stand: before all others. */
const ownCategory = "own";

export function Palette() {
  const t = useT();
  const lang = useLanguage();
  const editor = useEditor();
  const widgets = useOwn();
  const [query, setQuery] = useState("");
  const words = useMemo(() => query.toLowerCase().split(/\s+/).filter(Boolean), [query]);
  const groups = useMemo(() => {
    const found = widgets.filter((m) => {
      const text = [m.id, ...Object.values(m.title), ...Object.values(m.summary ?? {})].join(" ").toLowerCase();
      if (m.presets?.length) return m.presets.some((p) => presetFits(m, p, words));
      // A plain group is made of what is selected.
      return m.id !== groupType && words.every((w) => text.includes(w));
    });
    const by = new Map<string, Manifest[]>();
    for (const m of found) by.set(m.category ?? "other", [...(by.get(m.category ?? "other") ?? []), m]);
    const rank = (c: string) => (c === ownCategory ? 0 : order.indexOf(c) + 1 || order.length + 1);
    return [...by].sort(([a], [b]) => rank(a) - rank(b) || a.localeCompare(b));
  }, [words, widgets]);
  const add = (m: Manifest) => {
    // A drawing comes from a file; one that the app has already is chosen in the inspector.
    if (m.id === drawingType && !editor.doc.state.app.drawings?.length) run(editor, command("edit.importFile"));
    else editor.board?.addInMiddle(m);
  };
  return (
    <div className="panel-scroll">
      <div className="panel-search">
        <SearchInput value={query} onChange={setQuery} label={t("design:palette.search")} />
      </div>
      {groups.map(([category, list]) => (
        <section key={category}>
          <h2 className="panel-heading">{categoryName(t, category)}</h2>
          {list.map((m) => m.presets?.length && <PresetList key={m.id} manifest={m} words={words} />)}
          <div className="palette-grid">
            {list.filter(isPlain).map((m) => (
              <Tooltip key={m.id} text={textIn(m.summary, lang)} side="right">
                <button
                  type="button"
                  className="palette-item"
                  data-widget={m.id}
                  onPointerDown={(e) => {
                    if (e.button !== 0) return;
                    editor.board?.startDrop({ kind: "widget", manifest: m }, e, textIn(m.title, lang), () => add(m));
                    // A finger that drags would scroll the list instead.
                    e.currentTarget.releasePointerCapture?.(e.pointerId);
                  }}
                  onKeyDown={(e) => {
                    if (e.key !== "Enter" && e.key !== " ") return;
                    e.preventDefault();
                    add(m);
                  }}
                >
                  <Icon name={m.icon} size={20} />
                  <span>{textIn(m.title, lang)}</span>
                </button>
              </Tooltip>
            ))}
          </div>
        </section>
      ))}
      {groups.length === 0 && <Empty title={t("design:palette.none")} text={t("design:palette.noneText")} />}
      {!query && (
        <p className="panel-hint">
          {t("design:palette.hint")}{" "}
          <button type="button" className="link" onClick={() => editor.ui.setState({ dialog: "app.widgets" })}>
            {t("own:make")}
          </button>
        </p>
      )}
    </div>
  );
}

/** Presets are listed in place of their widget. */
const isPlain = (m: Manifest): boolean => !m.presets?.length;

function categoryName(t: (key: string) => string, category: string): string {
  const key = `design:category.${category}`;
  const name = t(key);
  return name === `category.${category}` || name === key ? category : name;
}
