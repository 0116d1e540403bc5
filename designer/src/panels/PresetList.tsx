// The presets of a widget in the palette: by group, each with its picture, those used last first.
import type { Manifest, Preset } from "@lineside/client";
import { useState } from "react";
import { useEditor } from "../design/context";
import { textIn, useLanguage, useT } from "../i18n";
import { Tooltip } from "../ui";
import { PresetPicture } from "./PresetPicture";
import { groupsOf, recentPresets, usedPreset } from "./presets";
import "../design/symbols.css";

export function PresetList({ manifest, words }: { manifest: Manifest; words: readonly string[] }) {
  const t = useT();
  const lang = useLanguage();
  const [recent, setRecent] = useState(recentPresets);
  const used = (p: Preset) => setRecent(usedPreset(manifest, p));
  const last = recent.flatMap((r) => manifest.presets?.find((p) => `${manifest.id}/${p.id}` === r) ?? []);
  const groups = groupsOf(manifest, words);
  const titles = new Map(manifest.presetGroups?.map((g) => [g.id, textIn(g.title, lang)]));
  const searching = words.length > 0;
  return (
    <>
      {!searching && last.length > 0 && (
        <div className="preset-group">
          <h3 className="preset-heading">{t("symbols:recent")}</h3>
          <PresetGrid manifest={manifest} list={last} onUsed={used} />
        </div>
      )}
      {groups.map(({ id, list }) => (
        <PresetFold key={`${id}${searching}`} title={titles.get(id) ?? id} count={list.length} open={searching}>
          {() => <PresetGrid manifest={manifest} list={list} onUsed={used} />}
        </PresetFold>
      ))}
    </>
  );
}

/** A group that draws what is in it only once it is open. */
function PresetFold(props: { title: string; count: number; open: boolean; children: () => React.ReactNode }) {
  const [open, setOpen] = useState(props.open);
  return (
    <details className="fold preset-group" open={open} onToggle={(e) => setOpen(e.currentTarget.open)}>
      <summary className="preset-heading">
        {props.title} <span className="preset-count">{props.count}</span>
      </summary>
      {open && props.children()}
    </details>
  );
}

function PresetGrid(props: { manifest: Manifest; list: readonly Preset[]; onUsed: (p: Preset) => void }) {
  const { manifest, list, onUsed } = props;
  const lang = useLanguage();
  const editor = useEditor();
  const add = (p: Preset) => {
    editor.board?.addInMiddle(manifest, p);
    onUsed(p);
  };
  return (
    <div className="preset-grid">
      {list.map((p) => {
        const title = textIn(p.title, lang);
        return (
          <Tooltip key={p.id} text={title} side="right">
            <button
              type="button"
              className="palette-item preset-item"
              data-preset={p.id}
              onPointerDown={(e) => {
                if (e.button !== 0) return;
                const load = { kind: "widget", manifest, preset: p, done: () => onUsed(p) } as const;
                editor.board?.startDrop(load, e, title, () => add(p));
                // A finger that drags would scroll the list instead.
                e.currentTarget.releasePointerCapture?.(e.pointerId);
              }}
              onKeyDown={(e) => {
                if (e.key !== "Enter" && e.key !== " ") return;
                e.preventDefault();
                add(p);
              }}
            >
              <PresetPicture type={manifest.id} preset={p.id} size={32} />
              <span className="preset-name">{title}</span>
            </button>
          </Tooltip>
        );
      })}
    </div>
  );
}
