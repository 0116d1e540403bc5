// The menus of the board: what can be done to the selection, to the ground, and how the board is seen.
import { useEditor, useSession } from "../design/context";
import { useT } from "../i18n";
import type { MenuEntry } from "../ui";
import { useCommandMenu } from "./CommandButton";

/** The lines of the context menu of the board, asked when it opens. */
export function useCanvasMenu(): () => MenuEntry[] {
  const t = useT();
  const editor = useEditor();
  const menu = useCommandMenu();
  const within = (id: string, ...ids: string[]): MenuEntry => ({
    kind: "menu",
    id,
    label: t(`canvas:menu.${id}`),
    entries: menu(...ids),
  });
  const look = useViewMenu();
  return () => {
    if (editor.session.getState().selection.length === 0)
      return [
        ...menu("edit.paste", "edit.pasteHere", "edit.pasteInPlace", "-", "edit.selectAll", "select.invert", "-"),
        ...menu("edit.undo", "edit.redo", "-", "view.fit", "view.actual"),
        ...look,
      ];
    return [
      ...menu("edit.cut", "edit.copy", "edit.paste", "edit.pasteHere", "edit.duplicate", "edit.delete", "-"),
      within("clips", "edit.copyStyle", "edit.pasteStyle", "-", "edit.copyBindings", "edit.pasteBindings"),
      ...menu("bind.many", "bind.uses"),
      within("select", "select.type", "select.tag", "select.invert", "edit.selectAll"),
      within("order", "arrange.front", "arrange.forward", "arrange.backward", "arrange.back"),
      within(
        "align",
        "arrange.left",
        "arrange.center",
        "arrange.right",
        "-",
        "arrange.top",
        "arrange.middle",
        "arrange.bottom",
        "-",
        "arrange.distribute.x",
        "arrange.distribute.y",
        "arrange.tidy",
        "-",
        "arrange.size.w",
        "arrange.size.h",
        "arrange.size",
      ),
      within("transform", "arrange.rotate.right", "arrange.rotate.left", "arrange.flip.x", "arrange.flip.y"),
      ...menu("-", "edit.group", "edit.ungroup", "-", "arrange.lock", "arrange.hide", "-", "view.selection"),
    ];
  };
}

/** The lines about rulers, grid, guides and overview. */
export function useViewMenu(): MenuEntry[] {
  const t = useT();
  const editor = useEditor();
  const menu = useCommandMenu();
  const on = {
    "view.rulers": useSession((s) => s.rulers),
    "view.grid": useSession((s) => s.grid),
    "view.snap": useSession((s) => s.snap),
    "view.minimap": useSession((s) => s.minimap),
  };
  const gridSize = useSession((s) => s.gridSize);
  const flags = menu("view.rulers", "view.minimap", "view.snap", "view.grid").map(
    (entry): MenuEntry => ("run" in entry ? { ...entry, checked: on[entry.id as keyof typeof on] } : entry),
  );
  return [
    ...menu("-"),
    ...flags,
    {
      kind: "menu",
      id: "gridSize",
      label: t("canvas:grid.size"),
      entries: [1, 2, 4, 5, 8, 10, 16, 20, 32, 50].map(
        (size): MenuEntry => ({
          id: `g${size}`,
          label: t("canvas:grid.px", { size }),
          checked: size === gridSize,
          run: () => editor.session.setState({ gridSize: size }),
        }),
      ),
    },
    ...menu("view.guides.add", "view.guides.clear"),
  ];
}
