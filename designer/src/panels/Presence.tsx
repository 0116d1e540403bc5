// Who else has this draft open.
import { useUi } from "../design/context";
import { useT } from "../i18n";
import { useMe } from "../shell/me";
import { Tooltip } from "../ui";
import "./conflict.css";

/** How many stand side by side before the rest is a number. */
const most = 3;

export function Presence() {
  const t = useT();
  const me = useMe().name;
  const others = useUi((s) => s.people).filter((name) => name !== me);
  if (others.length === 0) return null;
  const text = t("merge:here", { names: others.join(", "), count: others.length });
  return (
    <Tooltip text={text}>
      <div className="presence" role="img" aria-label={text}>
        {others.slice(0, most).map((name) => (
          <span key={name} aria-hidden>
            {[...name].slice(0, 2).join("")}
          </span>
        ))}
        {others.length > most && <span aria-hidden>+{others.length - most}</span>}
      </div>
    </Tooltip>
  );
}
