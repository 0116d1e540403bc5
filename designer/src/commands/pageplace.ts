// What arranging means where widgets lie in columns.
import type { Editor } from "../design/editor";
import { isPlaced, pageCells, setCells } from "../document";
import type { Label } from "./command";

const inColumns: Label = { en: "on a page widgets lie in columns", zh: "页面上的控件按栏排列" };

/** Puts a reason before that of a command that has no meaning for what lies on a page itself. */
export function offPage(reason: (e: Editor) => Label | undefined): (e: Editor) => Label | undefined {
  return (e) => {
    const record = e.record();
    const { selection } = e.session.getState();
    return reason(e) ?? (record && selection.some((id) => isPlaced(record, id)) ? inColumns : undefined);
  };
}

/** Moves the selected widgets of a page by a column or by rows, and answers whether there were any. */
export function nudgeOnPage(e: Editor, dx: number, dy: number, repeat: boolean): boolean {
  const record = e.record();
  if (!record) return false;
  const ids = e.session.getState().selection.filter((id) => isPlaced(record, id) && !record.widgets[id]?.locked);
  if (ids.length === 0) return false;
  const { breakpoint } = e.session.getState();
  const cells = pageCells(record, breakpoint);
  const list = ids.flatMap((id) => {
    const cell = cells.get(id);
    return cell ? [{ id, cell }] : [];
  });
  const columns = Math.sign(dx);
  // An arrow goes a row, with Shift as far as a widget is kept from the next.
  const rows = Math.sign(dy) * (Math.abs(dy) > 1 ? 4 : 1);
  if (list.some(({ cell: c }) => c.column + columns < 0 || c.column + c.span + columns > 12 || c.row + rows < 0))
    return true;
  if (!repeat) e.doc.mark();
  setCells(
    e.doc,
    e.screen(),
    breakpoint,
    new Map(list.map(({ id, cell: c }) => [id, { ...c, column: c.column + columns, row: c.row + rows }])),
    "design:step.move",
    "nudge",
  );
  const first = pageCells(e.record() ?? record, breakpoint).get(ids[0] as string);
  if (first) e.say("page:say.placed", { column: first.column + 1, span: first.span, row: first.row });
  return true;
}
