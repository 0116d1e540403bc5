// Where a widget lies on a page: its columns and rows at the width that is shown.
import type { Cell, Widget } from "@lineside/client";
import { boxOf as cellBox } from "../../../../runtime/player/page";
import { pageWidth } from "../../canvas";
import { useEditor, useScreen, useSession } from "../../design/context";
import { hideAt, pageCells, setCells } from "../../document";
import { useT } from "../../i18n";
import { NumberInput, Switch } from "../../ui";

type Key = "column" | "span" | "row" | "rows";

export function CellFields({ widgets }: { widgets: readonly Widget[] }) {
  const t = useT();
  const editor = useEditor();
  const screen = useScreen();
  const at = useSession((s) => s.breakpoint);
  if (!screen) return null;
  const cells = pageCells(screen, at);
  const ids = widgets.map((w) => w.id).filter((id) => cells.has(id));
  const list = ids.map((id) => cells.get(id) as Cell);
  const first = list[0];
  if (!first) return null;
  const field = (key: Key, lead: string, min: number, max: number | undefined) => {
    // Columns are counted from 1, as people do.
    const from = key === "column" ? 1 : 0;
    const mixed = list.some((c) => c[key] !== first[key]);
    return (
      <NumberInput
        key={key}
        lead={lead}
        label={t(`page:cell.${key}`)}
        integer
        min={min}
        max={max}
        value={mixed ? undefined : first[key] + from}
        placeholder={mixed ? t("common:field.mixed") : undefined}
        onDrag={(on) => (on ? editor.doc.begin("page:step.place") : editor.doc.commit())}
        onChange={(n) => {
          const now = editor.record();
          if (n === undefined || !now) return;
          const present = pageCells(now, at);
          setCells(
            editor.doc,
            editor.screen(),
            at,
            new Map(
              ids.flatMap((id) => {
                const c = present.get(id);
                return c ? [[id, { ...c, [key]: n - from }] as const] : [];
              }),
            ),
          );
        }}
      />
    );
  };
  const box = cellBox(first, pageWidth(screen, at), at);
  const hidden = list.every((c) => c.hidden);
  return (
    <>
      {field("column", t("page:cell.leadColumn"), 1, 12)}
      {field("row", t("page:cell.leadRow"), 0, undefined)}
      {field("span", t("page:cell.leadSpan"), 1, 12)}
      {field("rows", t("page:cell.leadRows"), 1, undefined)}
      <div className="cell-line">
        <Switch
          label={t("page:cell.hidden")}
          checked={hidden}
          onChange={(on) => hideAt(editor.doc, editor.screen(), at, ids, on)}
        />
        <span>{t("page:cell.hidden")}</span>
        {list.length === 1 && <span className="muted">{t("page:cell.pixels", { w: box.w, h: box.h })}</span>}
      </div>
    </>
  );
}
