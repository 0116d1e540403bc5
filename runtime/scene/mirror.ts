/** What a screen reader hears of one layer, and what the keyboard can do with it. */
export interface MirrorEntry {
  /** ARIA role: "img" for what is only seen, "button", "switch", … for what acts. */
  role: string;
  label: string;
  value?: string;
  /** ARIA states: checked, disabled, pressed, busy, invalid, … */
  state?: Record<string, string>;
  /** Takes the focus; Enter and Space call act. */
  act?: (() => void) | undefined;
  /** Takes the focus although it does not act: what is moved by keys. */
  focus?: boolean;
  /** Takes a key that went down on it or on one of its items; false leaves it to others. */
  key?: ((key: string) => boolean) | undefined;
  /** What it consists of: the tabs of a list of tabs. */
  items?: readonly MirrorItem[];
}

/** A part of what is said of a layer. The one with `focus` is reached by Tab, the others by the keys of the entry. */
export interface MirrorItem {
  role: string;
  label: string;
  state?: Record<string, string>;
  focus?: boolean;
  act?: () => void;
}

const perTurn = 60;
const turn = 250;

/**
 * The accessible mirror of a scene: a list, hidden from the eye, with one element a layer in
 * drawing order. Changes are written a few at a time, four times a second at most, so that a
 * thousand live values do not cost frames.
 */
export class Mirror {
  readonly element: HTMLUListElement;
  private readonly nodes = new Map<string, HTMLElement>();
  private readonly entries = new Map<string, MirrorEntry>();
  private readonly pending = new Set<string>();
  private timer: ReturnType<typeof setTimeout> | undefined;

  /** onFocus is told the id that has the focus, or undefined. */
  constructor(
    host: HTMLElement,
    label: string,
    private readonly onFocus: (id: string | undefined) => void,
  ) {
    const list = document.createElement("ul");
    list.setAttribute("aria-label", label);
    Object.assign(list.style, {
      position: "absolute",
      left: "0",
      top: "0",
      width: "1px",
      height: "1px",
      margin: "0",
      padding: "0",
      overflow: "hidden",
      clipPath: "inset(50%)",
      listStyle: "none",
      contain: "strict",
    });
    host.append(list);
    this.element = list;
  }

  /** Says what there is, in drawing order. Elements that stay keep the focus. */
  order(ids: readonly string[]): void {
    const wanted = new Set(ids);
    for (const [id, node] of this.nodes)
      if (!wanted.has(id)) {
        node.parentElement?.remove();
        this.nodes.delete(id);
        this.entries.delete(id);
        this.pending.delete(id);
      }
    let before: Element | null = this.element.firstElementChild;
    for (const id of ids) {
      const node = this.nodes.get(id);
      if (!node) continue;
      const item = node.parentElement as HTMLElement;
      if (item === before) before = before.nextElementSibling;
      else this.element.insertBefore(item, before);
    }
  }

  /** Sets what is said of a layer. */
  set(id: string, entry: MirrorEntry): void {
    this.entries.set(id, entry);
    if (!this.nodes.has(id)) this.add(id);
    this.pending.add(id);
    this.timer ??= setTimeout(() => this.write(), turn);
  }

  remove(id: string): void {
    this.nodes.get(id)?.parentElement?.remove();
    this.nodes.delete(id);
    this.entries.delete(id);
    this.pending.delete(id);
  }

  focus(id: string): void {
    this.nodes.get(id)?.focus({ preventScroll: true });
  }

  /** Writes all that waits. */
  flush(): void {
    for (const id of this.pending) this.update(id);
    this.pending.clear();
  }

  destroy(): void {
    clearTimeout(this.timer);
    this.element.remove();
  }

  private add(id: string): void {
    const item = document.createElement("li");
    const node = document.createElement("div");
    node.dataset.id = id;
    node.addEventListener("focusin", () => this.onFocus(id));
    node.addEventListener("focusout", () => this.onFocus(undefined));
    node.addEventListener("keydown", (e) => {
      const entry = this.entries.get(id);
      const act = this.acts(node, e.target);
      if (e.key === "Enter" || e.key === " ") {
        if (!act) return;
        act();
      } else if (e.ctrlKey || e.metaKey || e.altKey || !entry?.key?.(e.key)) return;
      e.preventDefault();
      e.stopPropagation();
      if (!entry?.items) return;
      // The keys may have chosen another item: the focus goes with the choice.
      this.pending.delete(id);
      this.update(id);
      const at = this.entries.get(id)?.items?.findIndex((i) => i.focus) ?? -1;
      (node.children[at] as HTMLElement | undefined)?.focus({ preventScroll: true });
    });
    // Assistive technology clicks.
    node.addEventListener("click", (e) => this.acts(node, e.target)?.());
    item.append(node);
    this.element.append(item);
    this.nodes.set(id, node);
  }

  /** What a click or Enter on a node or one of its items does. */
  private acts(node: HTMLElement, target: EventTarget | null): (() => void) | undefined {
    const entry = this.entries.get(node.dataset.id ?? "");
    const at = entry?.items ? [...node.children].indexOf(target as Element) : -1;
    return at >= 0 ? entry?.items?.[at]?.act : entry?.act;
  }

  private write(): void {
    this.timer = undefined;
    let n = 0;
    for (const id of this.pending) {
      this.pending.delete(id);
      this.update(id);
      if (++n >= perTurn) break;
    }
    if (this.pending.size > 0) this.timer = setTimeout(() => this.write(), turn);
  }

  private update(id: string): void {
    const node = this.nodes.get(id);
    const e = this.entries.get(id);
    if (!node || !e) return;
    const text = e.value === undefined || e.value === "" ? e.label : `${e.label}: ${e.value}`;
    say(node, e.role, text, e.state, e.act || e.focus ? "0" : undefined);
    const items = e.items ?? [];
    while (node.children.length > items.length) node.lastElementChild?.remove();
    while (node.children.length < items.length) node.append(document.createElement("div"));
    items.forEach((item, i) => {
      const child = node.children[i] as HTMLElement;
      say(child, item.role, item.label, item.state, item.focus ? "0" : "-1");
    });
  }
}

/** Sets role, name, states and tabindex of a node, and takes others away. */
function say(
  node: Element,
  role: string,
  label: string,
  state: MirrorEntry["state"],
  tabindex: string | undefined,
): void {
  const wanted = new Map<string, string>([
    ["role", role],
    ["aria-label", label],
  ]);
  for (const [k, v] of Object.entries(state ?? {})) wanted.set(`aria-${k}`, v);
  if (tabindex !== undefined) wanted.set("tabindex", tabindex);
  for (const name of node.getAttributeNames()) if (name !== "data-id" && !wanted.has(name)) node.removeAttribute(name);
  for (const [k, v] of wanted) if (node.getAttribute(k) !== v) node.setAttribute(k, v);
}
