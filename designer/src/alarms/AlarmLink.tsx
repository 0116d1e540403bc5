import type { MouseEvent, ReactNode } from "react";
import { go } from "./places";

/** A link to an alarm or area in the list, which works while the list is shown, too. */
export function AlarmLink(props: { to: string; title?: string; className?: string; children: ReactNode }) {
  const { to, ...rest } = props;
  const follow = (e: MouseEvent) => {
    if (e.button !== 0 || e.metaKey || e.ctrlKey || e.shiftKey || e.altKey) return;
    e.preventDefault();
    go(to);
  };
  return <a href={to} onClick={follow} {...rest} />;
}
