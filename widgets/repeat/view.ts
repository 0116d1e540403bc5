import type { ListedAsset } from "@lineside/client";
import type { Embedded } from "../embed";
import { number, plainText, shown, string } from "../kit";
import { appOf, note, paramsOf, tell, Upright, waits } from "../screens";
import type { ElementView, Env, Mounted, Settings, Values } from "../view";
import { filtered, type Item, most, ofAssets, ofNumber, ofRows } from "./items";
import { type Cells, cells, visible } from "./layout";

/** How long an item must stay in sight before it is opened while the list is scrolled fast, in ms. */
const settle = 60;
/** How many tiles that went out of sight are kept for others. */
const spare = 24;

/** The place of one item: opened while it is in sight, then given to another. */
class Tile {
  readonly element = document.createElement("li");
  private readonly host = document.createElement("div");
  private readonly embedded: Embedded | undefined;
  private words: HTMLElement | undefined;
  item: Item | undefined;
  private shown = "";
  private open = false;

  constructor(env: Env) {
    this.element.className = "ls-repeat-item";
    this.host.className = "ls-embed";
    this.element.append(this.host);
    this.embedded = env.screens?.embed(this.host, "fit", {
      opened: () => {
        this.open = true;
        this.say(undefined);
      },
      refused: (message) => {
        this.open = false;
        this.say(message, "bad");
      },
    });
  }

  /** Where it stands and what it is called; nothing is opened yet. */
  take(item: Item, place: number, of: number): void {
    if (this.item !== item) this.element.setAttribute("aria-label", item.name);
    this.item = item;
    this.element.setAttribute("aria-posinset", String(place + 1));
    this.element.setAttribute("aria-setsize", String(of));
  }

  move(x: number, y: number, width: number, height: number): void {
    const { style } = this.element;
    style.transform = `translate(${x}px, ${y}px)`;
    style.width = `${width}px`;
    style.height = `${height}px`;
  }

  show(ask: Parameters<Embedded["show"]>[0]): void {
    // What was refused stays said until something else is asked for.
    const key = JSON.stringify([ask.app, ask.screen, ask.params]);
    if (!this.open && key !== this.shown) this.say("");
    this.shown = key;
    this.embedded?.show(ask);
  }

  /** It goes out of sight: nothing of its item may be seen when it comes back for another. */
  leave(): void {
    this.item = undefined;
    this.shown = "";
    this.open = false;
    this.say("");
    this.embedded?.close();
  }

  get busy(): boolean {
    return this.element.contains(document.activeElement);
  }

  destroy(): void {
    this.embedded?.destroy();
    this.element.remove();
  }

  private say(text: string | undefined, kind: "" | "bad" = ""): void {
    this.words?.remove();
    this.words = text ? note(text, kind) : undefined;
    if (this.words) this.element.append(this.words);
    this.host.hidden = text !== undefined;
    this.element.setAttribute("aria-busy", String(text === ""));
  }
}

/** The list while the widget is built again: what is open stays open. */
class Repeater {
  private readonly track = document.createElement("ul");
  private readonly tiles = new Map<string, Tile>();
  private readonly spare: Tile[] = [];
  private items: readonly Item[] = [];
  private assets: readonly ListedAsset[] | undefined;
  private total = 0;
  private refusal = "";
  private listed = "";
  private unlist: (() => void) | undefined;
  private words: HTMLElement | undefined;
  private limit: HTMLElement | undefined;
  private values: Values = {};
  private frame = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private now: Cells = cells("grid", 0, { width: 0, height: 0 }, { width: 1, height: 1, gap: 0 });
  env!: Env;
  settings!: Settings;
  upright!: Upright;
  readonly scroller = document.createElement("div");

  constructor() {
    this.scroller.className = "ls-scroller";
    this.scroller.tabIndex = 0;
    this.track.className = "ls-repeat-track";
    this.scroller.append(this.track);
    this.scroller.addEventListener("scroll", () => this.later(), { passive: true });
    // What can be scrolled here is not scrolled around it.
    this.scroller.addEventListener(
      "wheel",
      (e) => {
        const { scrollHeight, clientHeight, scrollWidth, clientWidth } = this.scroller;
        if (scrollHeight > clientHeight || scrollWidth > clientWidth) e.stopPropagation();
      },
      { passive: true },
    );
    for (const type of ["pointerdown", "touchstart"])
      this.scroller.addEventListener(type, (e) => e.stopPropagation(), { passive: true });
    this.scroller.addEventListener("focusin", (e) => this.reveal(e.target as Element));
  }

  /** Takes new settings or a new environment, as after a change of language. */
  attach(upright: Upright, settings: Settings, env: Env): void {
    this.upright = upright;
    this.settings = settings;
    this.env = env;
    const { scrollLeft: left, scrollTop: top } = this.scroller;
    upright.element.append(this.scroller);
    // Where one was is forgotten by moving it.
    if (left || top) queueMicrotask(() => this.scroller.scrollTo({ left, top, behavior: "instant" }));
    upright.element.inert = env.mode === "design";
    this.track.setAttribute("aria-label", string(settings, "label") || env.name || tell("items", env.lang));
  }

  update(values: Values): void {
    this.values = values;
    this.follow();
    this.fill();
  }

  destroy(): void {
    cancelAnimationFrame(this.frame);
    clearTimeout(this.timer);
    this.unlist?.();
    this.env.screens?.together(() => {
      for (const t of [...this.tiles.values(), ...this.spare]) t.destroy();
    });
    this.tiles.clear();
    this.scroller.remove();
  }

  /** Follows the assets that are asked for now. */
  private follow(): void {
    const { settings, env } = this;
    const assets = string(settings, "over") === "assets";
    const input = string(settings, "input");
    const area = shown(this.values, settings, "area");
    const known = area.look !== "waiting" && area.look !== "bad";
    const ask =
      assets && input && env.screens && known ? { app: appOf(settings), input, area: String(area.v ?? "") } : undefined;
    const key = JSON.stringify(ask ?? "");
    if (key === this.listed) return;
    this.listed = key;
    this.unlist?.();
    this.assets = undefined;
    this.refusal = "";
    this.unlist = ask
      ? env.screens?.assets(ask, {
          listed: (list, total) => {
            this.assets = list;
            this.total = total;
            this.refusal = "";
            this.fill();
          },
          refused: (message) => {
            this.assets = undefined;
            this.refusal = message;
            this.fill();
          },
        })
      : undefined;
  }

  /** What is said in place of the items, and whether that is a fault. */
  private instead(all: number): [string, "" | "bad"] | undefined {
    const { settings, env } = this;
    if (string(settings, "screen") === "" && appOf(settings) === "") return [tell("choose", env.lang), ""];
    if (!env.screens) return [tell("alone", env.lang), ""];
    if (this.refusal) return [this.refusal, "bad"];
    if (string(settings, "over") === "assets") {
      if (string(settings, "input") === "") return [tell("chooseInput", env.lang), ""];
      if (!this.assets) return [tell("loading", env.lang), ""];
    }
    const { missing } = paramsOf(settings, this.values);
    if (missing) return [waits(this.values) ? tell("loading", env.lang) : tell("noValue", env.lang, missing), ""];
    if (this.items.length > 0) return undefined;
    return [all > 0 ? tell("noneFound", env.lang) : this.emptyText, ""];
  }

  private get emptyText(): string {
    return String(shown(this.values, this.settings, "empty").v ?? "") || tell("noItems", this.env.lang);
  }

  /** Works out the items anew. */
  private fill(): void {
    const { settings, env } = this;
    const over = string(settings, "over");
    const count = shown(this.values, settings, "count").v;
    const all =
      over === "rows"
        ? ofRows(settings.rows)
        : over === "number"
          ? ofNumber(count)
          : ofAssets(this.assets ?? [], string(settings, "input"), string(settings, "sort"), env.lang);
    this.items = filtered(all, plainText(shown(this.values, settings, "filter").v ?? ""));
    const instead = this.instead(all.length);
    this.words?.remove();
    this.words = instead && note(...instead);
    if (this.words) this.upright.element.append(this.words);
    if (instead) this.items = [];
    this.limit?.remove();
    this.limit = undefined;
    const wanted = over === "number" && typeof count === "number" ? count : over === "rows" ? all.length : this.total;
    if (!instead && wanted > most) {
      this.limit = document.createElement("p");
      this.limit.className = "ls-repeat-limit";
      this.limit.textContent = tell("tooMany", env.lang, most, wanted);
      this.scroller.append(this.limit);
    }
    this.lay();
  }

  /** Lays the cells out in the room there is. */
  lay(): void {
    const { settings } = this;
    const zoom = this.upright.zoom;
    const px = (name: string, otherwise: number) => Math.max(0, number(settings, name) ?? otherwise) * zoom;
    const { clientWidth: width, clientHeight: height } = this.scroller;
    const cell = {
      width: Math.max(8, px("cellWidth", 200)),
      height: Math.max(8, px("cellHeight", 120)),
      gap: px("gap", 8),
    };
    this.now = cells(string(settings, "layout"), this.items.length, { width, height }, cell);
    this.track.style.width = `${this.now.total.width}px`;
    this.track.style.height = `${this.now.total.height}px`;
    this.draw(true);
  }

  /** After scrolling: once a frame. */
  private later(): void {
    this.frame ||= requestAnimationFrame(() => {
      this.frame = 0;
      this.draw(false);
    });
  }

  /** Puts tiles where they are seen. Opened at once, or when they have stayed in sight for a moment. */
  private draw(atOnce: boolean): void {
    const { scrollLeft: left, scrollTop: top, clientWidth: width, clientHeight: height } = this.scroller;
    if (width === 0 || height === 0) return;
    const { items, now } = this;
    const { first, last } = visible(now, items.length, { left, top, width, height });
    const seen = new Set<string>();
    for (let i = first; i <= last; i++) seen.add((items[i] as Item).key);
    const still = new Set(items.map((i) => (this.tiles.has(i.key) ? i.key : "")));
    this.env.screens?.together(() => {
      for (const [key, tile] of this.tiles) {
        // Who is in it stays in it, as long as it is there.
        if (seen.has(key) || (tile.busy && still.has(key))) continue;
        this.tiles.delete(key);
        tile.element.remove();
        if (this.spare.length < spare) {
          tile.leave();
          this.spare.push(tile);
        } else tile.destroy();
      }
    });
    let before: Element | null = null;
    let fresh = false;
    for (let i = first; i <= last; i++) {
      const item = items[i] as Item;
      let tile = this.tiles.get(item.key);
      if (!tile) {
        tile = this.spare.pop() ?? new Tile(this.env);
        this.tiles.set(item.key, tile);
        fresh = true;
      }
      tile.take(item, i, items.length);
      tile.move((i % now.columns) * now.stepX, Math.floor(i / now.columns) * now.stepY, now.width, now.height);
      // In the order of the list, for the keyboard and for screen readers.
      const next: Element | null = before ? before.nextElementSibling : this.track.firstElementChild;
      if (tile.element !== next && !tile.busy) this.track.insertBefore(tile.element, next);
      before = tile.element;
    }
    clearTimeout(this.timer);
    if (atOnce) this.open();
    else if (fresh || this.timer) this.timer = setTimeout(() => this.open(), settle);
  }

  /** Opens what is in sight. */
  private open(): void {
    this.timer = undefined;
    const { settings, env, items } = this;
    const { params } = paramsOf(settings, this.values);
    const place = new Map(items.map((item, i) => [item.key, i]));
    env.screens?.together(() => {
      for (const [key, tile] of this.tiles) {
        const i = place.get(key);
        const item = tile.item;
        if (i === undefined || !item) continue;
        tile.show({
          app: appOf(settings),
          screen: string(settings, "screen"),
          params: { ...params, ...item.params },
          offers: { index: i + 1, count: items.length, name: item.name },
        });
      }
    });
  }

  /** What takes the focus comes into sight. */
  private reveal(target: Element): void {
    target.closest(".ls-repeat-item")?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }
}

/** One screen for each of many. */
export default {
  live: ["inputs", "area", "filter", "count", "empty"],
  mount(host, settings, env): Mounted {
    const upright = new Upright(host, "ls-upright");
    const list = (env.memory.get("list") as Repeater | undefined) ?? new Repeater();
    env.memory.set("list", list);
    list.attach(upright, settings, env);
    return {
      update: (values) => list.update(values),
      resize: (box, ratio) => {
        upright.resize(box, ratio);
        list.lay();
      },
      destroy: () => upright.element.remove(),
      describe: () => ({ role: "group", label: string(settings, "label") || env.name || env.title }),
    };
  },
} satisfies ElementView;
