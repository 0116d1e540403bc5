import { command, keysOf, run } from "../commands";
import { useDoc, useEditor, useSession, useUi } from "../design/context";
import { textIn, useLanguage } from "../i18n";
import { IconButton, type MenuEntry } from "../ui";

/** A button that runs a command; when it cannot be run it says why. */
export function CommandButton(props: { id: string; pressed?: boolean; small?: boolean; side?: "top" | "bottom" }) {
  const editor = useEditor();
  const lang = useLanguage();
  const c = command(props.id);
  // A reason may change with the document, its history and the selection.
  const now = () => c.reason?.(editor)?.[lang];
  useDoc(now);
  useSession(now);
  useUi(now);
  const reason = now();
  const Mark = c.icon;
  return (
    <IconButton
      small={props.small}
      side={props.side}
      label={textIn({ ...c.label }, lang)}
      keys={keysOf(c)}
      reason={reason}
      pressed={props.pressed}
      data-command={c.id}
      onClick={() => run(editor, c)}
    >
      {Mark && <Mark size={16} aria-hidden />}
    </IconButton>
  );
}

/** Commands as lines of a menu; "-" is a line between. */
export function useCommandMenu(): (...ids: string[]) => MenuEntry[] {
  const editor = useEditor();
  const lang = useLanguage();
  return (...ids) =>
    ids.map((id, i): MenuEntry => {
      if (id === "-") return { kind: "line", id: `line${i}` };
      const c = command(id);
      const Mark = c.icon;
      const reason = c.reason?.(editor);
      return {
        id,
        label: textIn({ ...c.label }, lang),
        icon: Mark && <Mark size={14} aria-hidden />,
        keys: keysOf(c),
        reason: reason && textIn({ ...reason }, lang),
        danger: id === "edit.delete",
        run: () => run(editor, c),
      };
    });
}
