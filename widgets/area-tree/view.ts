import { make, ownTouch, press } from "../alarm";
import { string } from "../kit";
import { iconOf, word } from "../navigation";
import type { ElementView, Env, Settings, Where } from "../view";
import { type Node, treeOf } from "./tree";

/** How many assets are asked for, and how many of a level are drawn at first. */
const most = 5000;
const step = 200;

/** The areas and assets of the plant as a tree. Levels are drawn when they are opened. */
export default {
  live: [],
  mount(host: HTMLElement, settings: Settings, env: Env) {
    const { lang } = env;
    const label = string(settings, "label") || word("areas", lang);
    const root = make("section", "ls-nav ls-nav-tree");
    if (env.mode === "design") root.inert = true;
    root.setAttribute("aria-label", label);
    const find = make("input");
    find.type = "search";
    find.maxLength = 200;
    find.placeholder = word("filter", lang);
    find.setAttribute("aria-label", word("filter", lang));
    const body = make("div");
    const note = make("p", "ls-nav-note", word("waiting", lang));
    note.setAttribute("role", "status");
    root.append(...(settings.find === false ? [] : [find]), body, note);
    ownTouch(root);
    host.append(root);
    // What was open and chosen stays so while the widget is built again.
    const open = (env.memory.get("open") as Set<string> | undefined) ?? new Set<string>();
    env.memory.set("open", open);
    let chosen = (env.memory.get("chosen") as string | undefined) ?? "";
    let gone = false;
    let asked = 0;
    const area = string(settings, "area").trim().replace(/\/+$/, "");

    const choose = (n: Node, item: HTMLElement) => {
      chosen = n.path;
      env.memory.set("chosen", chosen);
      for (const e of body.querySelectorAll('[aria-selected="true"]')) e.setAttribute("aria-selected", "false");
      item.setAttribute("aria-selected", "true");
      void env.emit("select", n.path);
      if (n.asset?.faceplate && settings.where !== "none") goTo(env, n.asset.faceplate, settings.where);
    };

    const branch = (nodes: readonly Node[], level: number): HTMLUListElement => {
      const list = make("ul");
      list.setAttribute("role", level === 1 ? "tree" : "group");
      if (level === 1) list.setAttribute("aria-label", label);
      let drawn = 0;
      const more = () => {
        const part = nodes.slice(drawn, drawn + step);
        list.append(...part.map((n) => leaf(n, level)));
        drawn += part.length;
        if (drawn >= nodes.length) return;
        const b = press("", word("more", lang, Math.min(step, nodes.length - drawn)), () => {
          li.remove();
          const from = drawn;
          more();
          focus(list.children[from]?.querySelector<HTMLElement>('[role="treeitem"]'));
        });
        const li = make("li", "", b);
        li.setAttribute("role", "none");
        list.append(li);
      };
      more();
      return list;
    };

    const leaf = (n: Node, level: number): HTMLLIElement => {
      const turn = make("span", "ls-nav-turn");
      if (n.items.length > 0) turn.append(...[iconOf("chevron-right", 20)].filter((c) => c !== undefined));
      const title = env.t(n.asset?.title) || n.name;
      const sign = iconOf(n.asset ? "box" : "folder-tree", 18);
      const item = make("div", "ls-nav-row", turn, ...(sign ? [sign] : []), title);
      const li = make("li", "", item);
      li.setAttribute("role", "none");
      item.setAttribute("role", "treeitem");
      item.setAttribute("aria-level", String(level));
      item.setAttribute("aria-selected", String(n.path === chosen));
      item.tabIndex = -1;
      item.dataset.path = n.path;
      const set = (on: boolean) => {
        if (n.items.length === 0) return;
        item.setAttribute("aria-expanded", String(on));
        if (on) open.add(n.path);
        else open.delete(n.path);
        const below = li.querySelector(":scope > ul");
        if (on && !below) li.append(branch(n.items, level + 1));
        else below?.toggleAttribute("hidden", !on);
      };
      if (n.items.length > 0) set(open.has(n.path));
      item.addEventListener("click", (e) => {
        focus(item);
        if (!n.asset || (n.items.length > 0 && turn.contains(e.target as globalThis.Node)))
          set(item.getAttribute("aria-expanded") !== "true");
        if (!turn.contains(e.target as globalThis.Node) || n.items.length === 0) choose(n, item);
      });
      item.addEventListener("keydown", (e) => {
        const expanded = item.getAttribute("aria-expanded");
        if (e.key === "Enter" || e.key === " ") choose(n, item);
        else if (e.key === "ArrowRight" && expanded === "false") set(true);
        else if (e.key === "ArrowRight" && expanded === "true")
          focus(li.querySelector<HTMLElement>(':scope > ul [role="treeitem"]'));
        else if (e.key === "ArrowLeft" && expanded === "true") set(false);
        else if (e.key === "ArrowLeft")
          focus(li.parentElement?.closest("li")?.querySelector<HTMLElement>(':scope > [role="treeitem"]'));
        else return;
        e.preventDefault();
        e.stopPropagation();
      });
      return li;
    };

    const seen = (): HTMLElement[] =>
      [...body.querySelectorAll<HTMLElement>('[role="treeitem"]')].filter((e) => !e.closest("[hidden]"));
    const focus = (item: HTMLElement | null | undefined) => {
      if (!item) return;
      for (const e of body.querySelectorAll<HTMLElement>('[tabindex="0"]')) e.tabIndex = -1;
      item.tabIndex = 0;
      item.focus();
    };
    body.addEventListener("keydown", (e) => {
      const list = seen();
      const i = list.indexOf(document.activeElement as HTMLElement);
      const to = { ArrowDown: i + 1, ArrowUp: i - 1, Home: 0, End: list.length - 1 }[e.key];
      if (to === undefined || i < 0) return;
      e.preventDefault();
      e.stopPropagation();
      focus(list[to]);
    });

    const draw = (nodes: readonly Node[], said: string) => {
      if (nodes.length > 0) {
        body.replaceChildren(branch(nodes, 1));
        const first = body.querySelector<HTMLElement>('[aria-selected="true"]') ?? seen()[0];
        if (first) first.tabIndex = 0;
      } else body.replaceChildren();
      note.textContent = said;
      note.hidden = said === "";
    };

    const load = async () => {
      const mine = ++asked;
      const q = find.value.trim();
      const query = new URLSearchParams({ limit: String(most) });
      if (area) query.set("under", area);
      if (string(settings, "model")) query.set("model", string(settings, "model"));
      if (q) query.set("q", q);
      try {
        const page = await env.navigation?.assets?.(query);
        if (gone || mine !== asked) return;
        const assets = page?.assets ?? [];
        const nodes = treeOf(assets, area);
        if (q) openAll(nodes, open, 200);
        else if (nodes.length === 1 && nodes[0]) open.add(nodes[0].path);
        const cut = page && page.total > assets.length ? word("cut", lang, assets.length, page.total) : "";
        draw(nodes, assets.length > 0 ? cut : word(page ? (q ? "nothing" : "none") : "alone", lang));
      } catch {
        if (!gone && mine === asked) draw([], word("refused", lang));
      }
    };
    let timer: ReturnType<typeof setTimeout> | undefined;
    find.addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(() => void load(), 250);
    });
    void load();
    return {
      update() {},
      resize() {},
      destroy() {
        gone = true;
        clearTimeout(timer);
        root.remove();
      },
    };
  },
} satisfies ElementView;

/** Opens what was found, as far as it is not too much. */
function openAll(nodes: readonly Node[], open: Set<string>, left: number): number {
  for (const n of nodes) {
    if (left <= 0) return 0;
    if (n.items.length === 0) continue;
    open.add(n.path);
    left = openAll(n.items, open, left - n.items.length);
  }
  return left;
}

/** Opens a faceplate by its address: in this app as it is wanted, in another one by its page. */
function goTo(env: Env, address: string, where: unknown): void {
  const nav = env.navigation;
  if (!nav?.go) return;
  const to = new URL(address, location.href);
  const [, , app, screen = ""] = to.pathname.split("/");
  const here = new URL(nav.address(""), location.href).pathname.split("/")[2];
  if (app !== here) {
    location.assign(to.href);
    return;
  }
  const inputs = Object.fromEntries(
    [...to.searchParams].map(([k, text]) => {
      try {
        return [k, JSON.parse(text)];
      } catch {
        return [k, text];
      }
    }),
  );
  const places: readonly Where[] = ["here", "popup", "drawer"];
  nav.go(decodeURIComponent(screen), inputs, places.find((p) => p === where) ?? "popup");
}
