// Making a widget for each of many tags: which, in what order and columns, with a picture of what will be made.
import { useState } from "react";
import { type DraggedTag, fitting } from "../../canvas";
import { addTagGrid, type GridOptions, tagGrid } from "../../canvas/taggrid";
import { useEditor, useUi } from "../../design/context";
import { textIn, useLanguage, useT } from "../../i18n";
import { Button, Dialog, Icon, NumberInput, Row, Select } from "../../ui";
import "./bind.css";

export function DropMany() {
  const offer = useUi((s) => s.dropMany);
  return offer ? <Grid tags={offer.tags} at={offer.at} /> : null;
}

type Sorting = "given" | "path" | "title" | "reverse";

function sortTags(tags: readonly DraggedTag[], by: Sorting, lang: string): readonly DraggedTag[] {
  if (by === "reverse") return tags.toReversed();
  const key = (tag: DraggedTag) => (by === "title" ? tag.title || tag.path : tag.path);
  return by === "given" ? tags : tags.toSorted((a, b) => key(a).localeCompare(key(b), lang, { numeric: true }));
}

function Grid({ tags, at }: { tags: readonly DraggedTag[]; at: { x: number; y: number } }) {
  const t = useT();
  const lang = useLanguage();
  const editor = useEditor();
  const close = () => editor.ui.setState({ dropMany: undefined });
  const list = fitting(editor.widgets, tags);
  const [type, setType] = useState(list[0]?.id ?? "");
  const [sorting, setSorting] = useState<Sorting>("given");
  const [options, setOptions] = useState<GridOptions>({
    columns: Math.ceil(Math.sqrt(tags.length)),
    gap: 16,
    fill: "rows",
    names: "title",
  });
  const set = (part: Partial<GridOptions>) => setOptions({ ...options, ...part });
  const manifest = list.find((m) => m.id === type);
  if (!manifest)
    return (
      <Dialog
        open
        onClose={close}
        title={t("bind:drop.title", { count: tags.length })}
        text={t("bind:drop.none")}
        footer={<Button onClick={close}>{t("common:close")}</Button>}
      />
    );
  const sorted = sortTags(tags, sorting, lang);
  const grid = tagGrid(manifest, sorted, options);
  const screen = editor.record()?.screen;
  const outside = !!screen && screen.layout !== "page" && (grid.w > screen.width || grid.h > screen.height);
  const make = () => {
    if (editor.board) addTagGrid(editor.board, manifest, sorted, at, options);
    close();
    editor.board?.host.focus({ preventScroll: true });
  };
  return (
    <Dialog
      open
      size="wide"
      onClose={close}
      title={t("bind:drop.title", { count: tags.length })}
      footer={
        <>
          <Button onClick={close}>{t("common:cancel")}</Button>
          <Button look="primary" onClick={make}>
            {t("bind:drop.make", { count: tags.length })}
          </Button>
        </>
      }
    >
      <div className="many-options">
        <Row label={t("bind:drop.widget")}>
          {(id) => (
            <Select
              id={id}
              value={type}
              onChange={setType}
              options={list.map((m) => ({ value: m.id, label: textIn(m.title, lang) || m.id }))}
            />
          )}
        </Row>
        <Row label={t("bind:drop.columns")}>
          {(id) => (
            <NumberInput
              id={id}
              integer
              min={1}
              max={tags.length}
              value={options.columns}
              onChange={(columns) => columns && set({ columns: Math.min(columns, tags.length) })}
            />
          )}
        </Row>
        <Row label={t("bind:drop.gap")}>
          {(id) => (
            <NumberInput
              id={id}
              integer
              min={0}
              max={400}
              unit="px"
              value={options.gap}
              onChange={(gap) => gap !== undefined && set({ gap })}
            />
          )}
        </Row>
        <Row label={t("bind:drop.order")}>
          {(id) => (
            <Select
              id={id}
              value={sorting}
              onChange={(v) => setSorting(v as Sorting)}
              options={(["given", "path", "title", "reverse"] as const).map((o) => ({
                value: o,
                label: t(`bind:drop.orders.${o}`),
              }))}
            />
          )}
        </Row>
        <Row label={t("bind:drop.fill")}>
          {(id) => (
            <Select
              id={id}
              value={options.fill}
              onChange={(fill) => set({ fill: fill as GridOptions["fill"] })}
              options={(["rows", "columns"] as const).map((o) => ({ value: o, label: t(`bind:drop.fills.${o}`) }))}
            />
          )}
        </Row>
        <Row label={t("bind:drop.names")}>
          {(id) => (
            <Select
              id={id}
              value={options.names}
              onChange={(names) => set({ names: names as GridOptions["names"] })}
              options={(["title", "path", "none"] as const).map((o) => ({
                value: o,
                label: t(`bind:drop.named.${o}`),
              }))}
            />
          )}
        </Row>
      </div>
      <p className={outside ? "warn" : "muted"} aria-live="polite">
        {t("bind:drop.size", { columns: grid.columns, rows: grid.rows, w: grid.w, h: grid.h })}{" "}
        {outside && t("bind:drop.outside")}
      </p>
      <div className="drop-preview" role="img" aria-label={t("bind:drop.preview")}>
        <svg viewBox={`0 0 ${grid.w} ${grid.h}`} aria-hidden preserveAspectRatio="xMidYMid meet">
          {grid.widgets.map((w) => (
            <g key={w.tag.path}>
              <rect x={w.x} y={w.y} width={w.w} height={w.h} rx={4} className="drop-box" />
              <text
                x={w.x + w.w / 2}
                y={w.y + w.h / 2}
                className="drop-name"
                fontSize={Math.max(13, grid.h / 24)}
                textAnchor="middle"
                dominantBaseline="central"
              >
                {(w.name || w.tag.path).slice(0, 40)}
              </text>
            </g>
          ))}
        </svg>
        <Icon name={manifest.icon} size={16} />
      </div>
    </Dialog>
  );
}
