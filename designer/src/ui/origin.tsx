// Where the focus was before something opened over the page, and giving it back there.
import { type RefObject, useLayoutEffect, useState } from "react";

/** Elements that may take the focus back, the first that is still there. */
export type Origins = readonly HTMLElement[];

/** Where the focus was when a dialog opened, by its content: it may be closed by one that it opens. */
const known = new WeakMap<Element, Origins>();

function origins(): Origins {
  const now = document.activeElement;
  if (!(now instanceof HTMLElement) || now === document.body) return [];
  // A line of a menu is gone by then, but not what the menu was opened by.
  const opener = now.closest("[role=menu]")?.getAttribute("aria-labelledby");
  const button = opener ? document.getElementById(opener) : null;
  const dialog = now.closest(".dialog");
  return [now, ...(button ? [button] : []), ...((dialog && known.get(dialog)) ?? [])];
}

/** Stands in what opens and remembers where the focus was: when it is drawn first, nothing has taken it yet. */
export function Origin(props: { into: RefObject<Origins>; content?: RefObject<HTMLElement | null> }) {
  const { into, content } = props;
  const [found] = useState(origins);
  useLayoutEffect(() => {
    into.current = found;
    if (content?.current) known.set(content.current, found);
  }, [into, content, found]);
  return null;
}

/** Gives the focus back when something has closed, unless something else has taken it. */
export function giveBack(e: Event, to: Origins): void {
  const now = document.activeElement;
  if (now && now !== document.body && now.isConnected && !(e.target as Element | null)?.contains(now)) {
    e.preventDefault();
    return;
  }
  const target = to.find((element) => element.isConnected) ?? document.querySelector<HTMLElement>("[role=application]");
  if (!target) return;
  e.preventDefault();
  target.focus({ preventScroll: true });
}
