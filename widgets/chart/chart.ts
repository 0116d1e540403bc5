// What all charts have in common: where their numbers come from, when they are drawn, and how they are pointed at.
import { ApiError } from "@lineside/client";
import { flag, lookText, string } from "../kit";
import type { ElementView, Env, Mounted, Settings, Values } from "../view";
import type { Box } from "./axes";
import type { Option, Pointed } from "./engine";
import { Frame, type LegendItem, type Rows } from "./frame";
import { type Palette, paletteOf } from "./palette";
import { clockText, isPeriod, type PeriodName, periods } from "./period";
import { word } from "./words";

/** One thing that can be pointed at: a category, a slice, a point. */
export interface Spot {
  name: string;
  /** What the event "select" tells. */
  value: unknown;
  lines: readonly string[];
  /** Where it is by the axes. */
  at?: readonly [number, number];
  /** Where it is in the plot, when there are no axes. */
  pixel?: readonly [number, number];
}

/** What can be pointed at, in order; a list, or something that makes them when they are asked for. */
export interface Spots {
  readonly length: number;
  at(i: number): Spot | undefined;
}

/** A chart as it is drawn now. */
export interface Picture {
  option: Option;
  spots: Spots;
  legend: readonly LegendItem[];
  /** In words, for a screen reader. */
  summary: string;
  /** The spot at a place: by the series and index that is hit, and by the axes; -1 is none, -2 the nearest by its pixel. */
  find(hit: { series: number | undefined; index: number | undefined }, place: [number, number] | undefined): number;
  /** The spot that a key leads to, when they do not stand in one line. */
  move?(i: number, key: string): number | undefined;
  rows: Rows | (() => Rows);
}

/** What draws a picture: ECharts, or a canvas of our own. */
export interface Painter {
  onPoint(pointed: (p: Pointed | undefined) => void, pressed: (p: Pointed) => void): void;
  draw(option: Option): void;
  resize(ratio?: number): void;
  pixel(x: number, y: number): [number, number] | undefined;
  place(x: number, y: number): [number, number] | undefined;
  destroy(): void;
}

const echarts = (host: HTMLElement, ratio: number): Promise<Painter> =>
  import("./engine").then(({ Engine }) => new Engine(host, ratio));

/** What drawing is made with. */
export interface Drawing {
  settings: Settings;
  env: Env;
  palette: Palette;
  box: Box;
  /** Names in the legend that are switched off. */
  hidden: ReadonlySet<string>;
}

/** A kind of chart. */
export interface Kind<D> {
  live: readonly string[];
  /** Does it show the past, as it is set? */
  past(settings: Settings, env: Env): boolean;
  /** Reads the past. */
  read?(period: PeriodName, settings: Settings, env: Env): Promise<D>;
  /** What is now; undefined when it cannot be drawn. */
  now?(values: Values, settings: Settings, env: Env): D | undefined;
  /** Lays what is now over the past. */
  beside?(data: D, values: Values, settings: Settings, env: Env): D;
  /** Is anything bound that it could show? What to bind is said otherwise. */
  bound(settings: Settings, env: Env): boolean;
  bind: Parameters<typeof word>[0];
  /** What is drawn while there is nothing. */
  none(): D;
  /** Is there anything in it? */
  any(data: D): boolean;
  draw(data: D, how: Drawing): Picture;
  /** What draws it, when it is not ECharts. */
  painter?(host: HTMLElement, ratio: number): Promise<Painter>;
}

const beat = 250;

/** The period that is shown: the choice of this person, else that of the engineer. */
export function periodOf(settings: Settings, env: Env): PeriodName {
  if (isPeriod(env.local.period)) return env.local.period;
  return isPeriod(settings.period) ? settings.period : "8h";
}

const choices = <T extends string>(v: unknown, all: readonly T[]): T =>
  all.includes(v as T) ? (v as T) : (all[0] as T);

/** One of the choices of a setting; the first when it is none of them. */
export const choice = <T extends string>(settings: Settings, name: string, ...all: T[]): T =>
  choices(settings[name], all);

/** Why the past could not be read, in words. */
export function whyNot(e: unknown, env: Env): string {
  if (e instanceof ApiError) {
    if (e.code === "history_none") return word("noHistory", env.lang);
    if (e.status === 404 || e.status === 403) return word("refused", env.lang);
    return word("failed", env.lang, e.message);
  }
  return word("failed", env.lang, e instanceof Error ? e.message : String(e));
}

/** How long a picture of the past stays: two hundred of them in its time. */
export const refresh = (from: number, to: number): number => Math.max(10_000, Math.min(300_000, (to - from) / 200));

/** Numbers that were read stay known while the widget is built again. */
interface Known<D> {
  key: string;
  data: D;
  at: number;
}

/** The view of a kind of chart. */
export function chartView<D>(kind: Kind<D>): ElementView {
  return {
    live: kind.live,
    mount: (host, settings, env) => mountChart(host, settings, env, kind),
  };
}

function mountChart<D>(host: HTMLElement, settings: Settings, env: Env, kind: Kind<D>): Mounted {
  const { lang } = env;
  const palette = paletteOf(env.theme);
  const past = kind.past(settings, env);
  const period = past ? periodOf(settings, env) : undefined;
  const title = string(settings, "label");
  const hidden = (env.memory.get("hidden") as Set<string> | undefined) ?? new Set<string>();
  env.memory.set("hidden", hidden);
  const bound = kind.bound(settings, env);
  const key = `${period} ${JSON.stringify(settings)}`;
  const before = env.memory.get("known") as Known<D> | undefined;
  let known = before?.key === key ? before : undefined;
  let data: D = known?.data ?? kind.none();
  let picture: Picture | undefined;
  let engine: Painter | undefined;
  let values: Values = {};
  let ratio = 1;
  let gone = false;
  let seen = true;
  let stale = true;
  let lost = !env.connected;
  let reading = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let next: ReturnType<typeof setTimeout> | undefined;
  let cursor = -1;

  const frame = new Frame(host, {
    lang,
    title,
    period,
    toolbar: settings.toolbar !== false,
    design: env.mode === "design",
    onPeriod(name) {
      env.memory.set("focus", "period");
      env.setLocal({ period: name }, true);
    },
    rows: () => (typeof picture?.rows === "function" ? picture.rows() : (picture?.rows ?? [])),
    onLegend(i) {
      const name = picture?.legend[i]?.name;
      if (name === undefined) return;
      if (!hidden.delete(name)) hidden.add(name);
      show();
    },
    onTable: (shown) => env.memory.set("table", shown),
  });
  const { plot } = frame;
  if (env.memory.get("focus") === "period") frame.select?.focus();
  env.memory.delete("focus");

  const box = (): Box => ({ width: plot.clientWidth || 300, height: plot.clientHeight || 160 });

  /** Draws what there is. */
  const show = () => {
    clearTimeout(timer);
    timer = undefined;
    if (gone) return;
    stale = false;
    if (!past && bound) data = kind.now?.(values, settings, env) ?? kind.none();
    const drawn = past && kind.beside ? kind.beside(data, values, settings, env) : data;
    picture = kind.draw(drawn, { settings, env, palette, box: box(), hidden });
    frame.legend(flag(settings, "legend") ? picture.legend : []);
    engine?.draw(picture.option);
    frame.note(noteOf());
    plot.setAttribute(
      "aria-label",
      [title, picture.summary || frame.root.querySelector(".ls-chart-note")?.textContent].filter(Boolean).join(". "),
    );
    frame.fillTable();
    if (cursor >= picture.spots.length) point(-1);
    else if (cursor >= 0) point(cursor);
  };

  const noteOf = (): string => {
    if (!bound) return word(kind.bind, lang);
    if (kind.any(data)) return "";
    if (past) return failure || (known ? word("nothing", lang) : word("loading", lang));
    const looks = Object.values(values);
    if (looks.length > 0 && looks.every((l) => l.t === 0)) return word("waiting", lang);
    return word(settings.values !== undefined || env.bound("values") ? "wrongList" : "nothingNow", lang);
  };
  let failure = "";

  /** Reads the past, and again when it has moved on. */
  const read = async () => {
    clearTimeout(next);
    if (!period || !bound || reading || gone || !seen || document.hidden || lost) return;
    reading = true;
    let again = 30_000;
    try {
      if (!kind.read || !env.recall) throw new Error(word("noHistory", lang));
      const got = await kind.read(period, settings, env);
      if (gone) return;
      failure = "";
      known = { key, data: got, at: Date.now() };
      env.memory.set("known", known);
      data = got;
      frame.old("");
      again = refreshOf(period);
      show();
    } catch (e) {
      if (gone) return;
      failure = env.recall ? whyNot(e, env) : word("noHistory", lang);
      if (known) frame.old(`${word("old", lang, clockText(known.at, lang, ""))}. ${failure}`);
      frame.note(noteOf());
    } finally {
      reading = false;
      if (!gone) next = setTimeout(() => void read(), again);
    }
  };

  /** Draws soon: a few times a second at most, and only what can be seen. */
  const changed = () => {
    stale = true;
    if (seen && !document.hidden) timer ??= setTimeout(show, beat);
  };

  const awake = () => {
    if (gone || !seen || document.hidden) return;
    if (stale) changed();
    if (past && Date.now() - (known?.at ?? 0) > (period ? refreshOf(period) : 0)) void read();
  };
  const watcher = new IntersectionObserver((entries) => {
    seen = entries.at(-1)?.isIntersecting ?? true;
    awake();
  });
  watcher.observe(frame.root);
  document.addEventListener("visibilitychange", awake);
  const sizes = new ResizeObserver(() => {
    engine?.resize();
    if (picture) show();
  });
  sizes.observe(plot);

  /** Shows what is known of a spot; -1 of none. */
  const point = (i: number, at?: { x: number; y: number }) => {
    cursor = i;
    const spot = i < 0 ? undefined : picture?.spots.at(i);
    if (!spot || !engine) {
      frame.tip(undefined);
      return;
    }
    const pixel = at ? ([at.x, at.y] as const) : (spot.pixel ?? (spot.at && engine.pixel(...spot.at)));
    frame.tip(pixel ? { x: pixel[0], y: pixel[1] } : { x: 0, y: 0 }, spot.name, spot.lines);
  };
  const find = (p: Pointed): number => {
    const i = picture?.find(p, engine?.place(p.x, p.y)) ?? -1;
    return i === -2 && picture ? nearest(picture.spots, p) : i;
  };
  const select = (i: number) => {
    const spot = i < 0 ? undefined : picture?.spots.at(i);
    if (spot && env.mode === "run" && env.actions.includes("select"))
      void env.emit("select", { name: spot.name, value: spot.value });
  };
  plot.addEventListener("keydown", (e) => {
    const n = picture?.spots.length ?? 0;
    if (n === 0) return;
    const to =
      picture?.move?.(cursor, e.key) ??
      (e.key === "ArrowRight" || e.key === "ArrowDown"
        ? Math.min(n - 1, cursor + 1)
        : e.key === "ArrowLeft" || e.key === "ArrowUp"
          ? Math.max(0, cursor - 1)
          : e.key === "Home"
            ? 0
            : e.key === "End"
              ? n - 1
              : undefined);
    if (to !== undefined) {
      point(to);
      const spot = to < 0 ? undefined : picture?.spots.at(to);
      if (spot) frame.say([spot.name, ...spot.lines].join(", "));
    } else if (e.key === "Escape" && cursor >= 0) point(-1);
    else if ((e.key === "Enter" || e.key === " ") && cursor >= 0) select(cursor);
    else return;
    e.preventDefault();
    e.stopPropagation();
  });
  plot.addEventListener("blur", () => point(-1));

  show();
  if (env.memory.get("table") === true) frame.showTable(true);
  void (kind.painter ?? echarts)(plot, ratio).then((painter) => {
    if (gone) {
      painter.destroy();
      return;
    }
    engine = painter;
    engine.resize(ratio);
    engine.onPoint(
      (p) => point(p ? find(p) : -1, p),
      (p) => select(find(p)),
    );
    if (picture) engine.draw(picture.option);
  });
  void read();

  return {
    update(v) {
      values = v;
      if (lost && env.connected) {
        lost = false;
        if (past) void read();
      }
      if (!past || kind.beside) changed();
    },
    resize(_box, r) {
      ratio = r;
      engine?.resize(r);
    },
    lost() {
      lost = true;
    },
    destroy() {
      gone = true;
      clearTimeout(timer);
      clearTimeout(next);
      watcher.disconnect();
      sizes.disconnect();
      document.removeEventListener("visibilitychange", awake);
      engine?.destroy();
      frame.destroy();
    },
    describe: () => ({ role: "img", label: title || env.name, value: picture?.summary || noteOf() }),
  };
}

/** The spot that is nearest to a place, if it is near. */
function nearest(spots: Spots, p: { x: number; y: number }): number {
  let best = -1;
  let least = 60;
  for (let i = 0; i < spots.length; i++) {
    const at = spots.at(i)?.pixel;
    const d = at ? Math.hypot(at[0] - p.x, at[1] - p.y) : Number.POSITIVE_INFINITY;
    if (d < least) {
      least = d;
      best = i;
    }
  }
  return best;
}

const refreshOf = (period: PeriodName): number => refresh(0, periods[period].length);

/** A quality in words behind a value, when there is something to say. */
export const qualityText = (k: Parameters<typeof lookText>[0], env: Env): string => {
  const text = lookText(k, env.lang);
  return text ? ` (${text})` : "";
};
