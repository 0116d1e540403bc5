// The drawing tools in a strip at the left edge of the board.
import { Pin } from "lucide-react";
import { command, keysOf } from "../commands";
import { drawTypes } from "../commands/draw.command";
import { useEditor, useSession } from "../design/context";
import { useLanguage, useT } from "../i18n";
import { IconButton } from "../ui";
import "../design/draw.css";

export function DrawStrip() {
  const t = useT();
  const lang = useLanguage();
  const editor = useEditor();
  const tool = useSession((s) => s.tool);
  const drawn = typeof tool === "object" ? tool : undefined;
  const choose = (type: string, keep: boolean) => {
    const same = drawn?.draw === type && (drawn.keep ?? false) === keep;
    editor.session.setState({ tool: same && !keep ? "select" : { draw: type, keep } });
    editor.board?.host.focus({ preventScroll: true });
    editor.say("draw:say.tool", { name: command(`draw.${type}`).label[lang] });
  };
  return (
    <div className="draw-strip" role="toolbar" aria-orientation="vertical" aria-label={t("draw:tools")}>
      {drawTypes.map((type) => {
        const c = command(`draw.${type}`);
        const Mark = c.icon;
        const on = drawn?.draw === type;
        const kept = on && drawn?.keep;
        return (
          <IconButton
            key={type}
            side="right"
            label={kept ? `${c.label[lang]}: ${t("draw:kept")}` : `${c.label[lang]}. ${t("draw:keep")}`}
            aria-label={c.label[lang]}
            keys={keysOf(c)}
            reason={c.reason?.(editor)?.[lang]}
            pressed={on}
            data-command={c.id}
            onClick={(e) => e.detail < 2 && choose(type, false)}
            onDoubleClick={() => choose(type, true)}
          >
            {Mark && <Mark size={16} aria-hidden />}
            {kept && <Pin size={9} className="draw-kept" aria-hidden />}
          </IconButton>
        );
      })}
    </div>
  );
}
