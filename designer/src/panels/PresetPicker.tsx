// Choosing another preset for the selected widgets, by picture.
import type { Manifest, Widget } from "@lineside/client";
import { useRef, useState } from "react";
import { useEditor } from "../design/context";
import { presetOf, setPreset } from "../document";
import { textIn, useLanguage, useT } from "../i18n";
import { Popover, SearchInput } from "../ui";
import { PresetPicture } from "./PresetPicture";
import { groupsOf, usedPreset } from "./presets";
import "../design/symbols.css";

/** How far a control is from the left edge of its panel. */
const beside = (e: HTMLElement | null): number =>
  e ? e.getBoundingClientRect().left - (e.closest(".panel-scroll")?.getBoundingClientRect().left ?? 0) + 4 : 4;

export function PresetPicker({
  id,
  manifest,
  widgets,
}: {
  id: string;
  manifest: Manifest;
  widgets: readonly Widget[];
}) {
  const t = useT();
  const lang = useLanguage();
  const editor = useEditor();
  const [open, setOpen] = useState(false);
  const [query, setQuery] = useState("");
  const box = useRef<HTMLButtonElement>(null);
  const first = presetOf(manifest, widgets[0]?.props);
  const mixed = widgets.some((w) => presetOf(manifest, w.props)?.id !== first?.id);
  const name = mixed ? t("common:field.mixed") : textIn(first?.title, lang);
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  const groups = open ? groupsOf(manifest, words) : [];
  const titles = new Map(manifest.presetGroups?.map((g) => [g.id, textIn(g.title, lang)]));
  const choose = (preset: string) => {
    const ids = widgets.map((w) => w.id);
    setPreset(editor.doc, editor.screen(), ids, preset);
    const p = manifest.presets?.find((o) => o.id === preset);
    if (p) usedPreset(manifest, p);
    setOpen(false);
  };
  return (
    <Popover
      open={open}
      onOpenChange={(on) => {
        setOpen(on);
        setQuery("");
      }}
      align="start"
      side="left"
      // Beside the panel, so that it hides none of it.
      offset={beside(box.current)}
      className="preset-popover"
      label={t("symbols:choose")}
      trigger={
        <button type="button" id={id} ref={box} className="preset-choice" aria-label={t("symbols:picture", { name })}>
          {first && !mixed && <PresetPicture type={manifest.id} preset={first.id} size={24} />}
          <span>{name}</span>
        </button>
      }
    >
      <SearchInput value={query} onChange={setQuery} label={t("symbols:search")} />
      <div className="preset-choices">
        {groups.map((g) => (
          <div key={g.id} className="preset-group">
            <h4 className="preset-heading">{titles.get(g.id)}</h4>
            <div className="preset-grid">
              {g.list.map((p) => (
                <button
                  key={p.id}
                  type="button"
                  className="palette-item preset-item"
                  aria-pressed={p.id === first?.id && !mixed}
                  data-preset={p.id}
                  title={textIn(p.title, lang)}
                  onClick={() => choose(p.id)}
                >
                  <PresetPicture type={manifest.id} preset={p.id} size={32} />
                  <span className="preset-name">{textIn(p.title, lang)}</span>
                </button>
              ))}
            </div>
          </div>
        ))}
        {groups.length === 0 && <p className="panel-hint">{t("symbols:none")}</p>}
      </div>
    </Popover>
  );
}
