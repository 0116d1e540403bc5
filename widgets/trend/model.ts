// What a trend shows: pens, the time that is looked at, and the samples of it, live and of the past in one.
import type { HistoryNote, LiveValue } from "@lineside/client";
import type { Past } from "../plot/past";
import { type Course, heldAt, type Point } from "../plot/series";
import { beat, bounds, fixed, isLive, type Span, shifted, zoomed } from "../plot/span";

/** A line of the trend. */
export interface Pen {
  /** Names it: "value2" of the engineer's pens, the path of one that the operator has added. */
  key: string;
  /** The bound property; undefined for a pen of the operator. */
  prop: string | undefined;
  path: string | undefined;
  title: string;
  unit: string;
  /** bool, int, float, string, … */
  type: string;
  decimals: number | undefined;
  course: Course;
  hidden: boolean;
}

/** A pen that the operator has added. */
export interface AddedPen {
  path: string;
  title: string;
  unit: string;
  type: string;
}

/** What a person has changed of a trend; kept in the browser. */
export interface Kept {
  pens?: AddedPen[];
  hidden?: string[];
}

/** As many pens as can be told apart. */
export const mostPens = 12;

/** As many samples as are kept of a pen that has no history. */
const mostLive = 20_000;

/** Where the samples come from. */
export interface Source {
  readonly past: Past | undefined;
  /** Time goes on: there is a connection. */
  connected(): boolean;
  /** The samples of a bound property, in the unit that is shown. */
  history(prop: string, from: number, to: number, pixels: number, shift?: string): Promise<readonly LiveValue[]>;
}

/** Reads what was kept; what it does not understand is left out. */
export function keptOf(local: Readonly<Record<string, unknown>>): Kept {
  const text = (v: unknown): string => (typeof v === "string" ? v.slice(0, 512) : "");
  const pens = (Array.isArray(local.pens) ? local.pens : []).flatMap((p: unknown): AddedPen[] => {
    const o = typeof p === "object" && p !== null ? (p as Record<string, unknown>) : {};
    return text(o.path)
      ? [{ path: text(o.path), title: text(o.title), unit: text(o.unit), type: text(o.type) || "float" }]
      : [];
  });
  const hidden = (Array.isArray(local.hidden) ? local.hidden : []).filter((k): k is string => typeof k === "string");
  return { pens: pens.slice(0, mostPens), hidden: hidden.slice(0, 100) };
}

const pointsOf = (samples: readonly LiveValue[]): Point[] =>
  samples.map(({ t, v, q }): Point => (q === 0 ? [t, v] : [t, v, q]));

/** The state of one trend, shared by the widget and the large window of it. */
export class Model {
  pens: Pen[];
  span: Span;
  shift = "";
  /** The time at which the cursor stands, and whether a key has put it there. */
  cursor: number | undefined;
  held: number | undefined;
  notes: readonly HistoryNote[] = [];
  /** Why there is no past to be seen, in words; "" when there is. */
  trouble = "";
  /** A first answer is being waited for. */
  busy = false;
  private readonly points = new Map<string, Point[]>();
  private readonly earlier = new Map<string, Point[]>();
  private readonly watchers = new Set<(what: "samples" | "all") => void>();
  private width = 0;
  private asking: AbortController | undefined;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private stood: number | undefined;
  private gone = false;
  private noted = 0;

  constructor(
    private readonly source: Source,
    own: readonly Pen[],
    readonly usual: number,
    kept: Kept,
  ) {
    this.span = { last: usual };
    this.pens = [...own.slice(0, mostPens)];
    for (const p of kept.pens ?? []) this.put(p);
    for (const pen of this.pens) pen.hidden = kept.hidden?.includes(pen.key) ?? false;
  }

  /** Calls after every change: of samples only, or of what is shown. */
  watch(fn: (what: "samples" | "all") => void): () => void {
    this.watchers.add(fn);
    // Nobody looked for a while: what has come since is read.
    if (this.watchers.size === 1 && this.points.size > 0) this.ask();
    return () => {
      this.watchers.delete(fn);
      if (this.watchers.size > 0) return;
      clearTimeout(this.timer);
      this.timer = undefined;
      this.asking?.abort();
    };
  }

  /** Where more tags can be looked for. */
  get past(): Past | undefined {
    return this.source.past;
  }

  get live(): boolean {
    return isLive(this.span);
  }

  /** The time that is shown now. It stands still while there is no connection. */
  get view(): { from: number; to: number } {
    if (this.source.connected()) this.stood = undefined;
    else this.stood ??= Date.now();
    return bounds(this.span, this.stood ?? Date.now());
  }

  samples(pen: Pen): readonly Point[] {
    return this.points.get(pen.key) ?? [];
  }

  before(pen: Pen): readonly Point[] {
    return this.shift ? (this.earlier.get(pen.key) ?? []) : [];
  }

  /** What a pen had at a time. */
  at(pen: Pen, time: number): Point | undefined {
    return heldAt(this.samples(pen), time);
  }

  /** How wide the widest plot is, in pixels that the eye can tell apart. */
  wide(pixels: number): void {
    const width = Math.max(100, Math.min(4000, Math.ceil(pixels / 100) * 100));
    if (width <= this.width) return;
    this.width = width;
    this.ask();
  }

  /** A live value of a bound property. */
  take(prop: string, value: LiveValue): void {
    if (value.t <= 0) return;
    const list = this.listOf(prop);
    const last = list.at(-1);
    if (last && value.t < last[0]) return;
    const point: Point = value.q === 0 ? [value.t, value.v] : [value.t, value.v, value.q];
    if (last && value.t === last[0]) list[list.length - 1] = point;
    else list.push(point);
    this.trim(list);
    this.tell("samples");
  }

  /** What came before is not known to hold any more: the connection has gone. */
  lost(): void {
    const now = Date.now();
    for (const pen of this.pens)
      if (pen.prop) this.listOf(pen.key).push([Math.max(now, this.listOf(pen.key).at(-1)?.[0] ?? 0), null, 0x80310000]);
    this.view;
    this.tell("samples");
  }

  /** There is a connection again: what was missed is read. */
  found(): void {
    this.ask();
  }

  look(span: Span): void {
    this.span = span;
    this.ask();
    this.tell("all");
  }

  /** Goes on with the clock, with the length that was looked at last. */
  follow(): void {
    const { from, to } = this.view;
    this.held = this.cursor = undefined;
    this.look({ last: Math.min(to - from, 366 * 86_400_000) });
  }

  pan(share: number): void {
    const next = shifted(this.span, share, this.view.to);
    // Beyond now there is nothing: who pans there follows the clock again.
    if (!isLive(next) && share > 0 && next.to >= Date.now()) this.follow();
    else this.look(next);
  }

  zoom(factor: number, around?: number): void {
    this.look(zoomed(this.span, factor, this.live ? undefined : around, this.view.to));
  }

  between(from: number, to: number): void {
    this.look(fixed(from, to));
  }

  compare(shift: string): void {
    this.shift = shift;
    this.earlier.clear();
    this.ask();
    this.tell("all");
  }

  point(at: number | undefined, held = false): void {
    this.cursor = at;
    this.held = held ? at : undefined;
    for (const fn of this.watchers) fn("samples");
  }

  /** Adds a pen of the operator; false when there are as many as can be shown or it is there. */
  add(pen: AddedPen): boolean {
    if (!this.put(pen)) return false;
    this.ask();
    this.tell("all");
    return true;
  }

  private put(p: AddedPen): boolean {
    if (this.pens.length >= mostPens || this.pens.some((x) => x.path === p.path)) return false;
    const course: Course = p.type === "float" ? "line" : "step";
    this.pens = [
      ...this.pens,
      {
        ...p,
        key: p.path,
        prop: undefined,
        decimals: undefined,
        title: p.title || (p.path.split("/").pop() ?? p.path),
        course,
        hidden: false,
      },
    ];
    return true;
  }

  /** The engineer's pens are called otherwise now, as in another language. */
  titles(titles: ReadonlyMap<string, string>): void {
    this.pens = this.pens.map((p) => ({ ...p, title: titles.get(p.key) ?? p.title }));
  }

  /** Takes a pen of the operator away. */
  remove(key: string): void {
    this.pens = this.pens.filter((p) => p.key !== key || p.prop !== undefined);
    this.points.delete(key);
    this.tell("all");
  }

  toggle(key: string): void {
    this.pens = this.pens.map((p) => (p.key === key ? { ...p, hidden: !p.hidden } : p));
    this.ask();
    this.tell("all");
  }

  /** Shows exactly these: pens of the engineer that are not among them are hidden, others are added. */
  open(pens: readonly { path: string; hidden?: boolean }[], titles: ReadonlyMap<string, AddedPen>): void {
    const wanted = new Map(pens.map((p) => [p.path, p]));
    this.pens = this.pens
      .filter((p) => p.prop !== undefined || wanted.has(p.key))
      .map((p) => ({ ...p, hidden: !p.path || !wanted.has(p.path) || wanted.get(p.path)?.hidden === true }));
    for (const p of pens) this.put(titles.get(p.path) ?? { path: p.path, title: "", unit: "", type: "float" });
    this.ask();
    this.tell("all");
  }

  /** What is to be kept of what the person has changed. */
  get kept(): Kept {
    return {
      pens: this.pens
        .filter((p) => p.prop === undefined)
        .map(({ path, title, unit, type }) => ({ path: path ?? "", title, unit, type })),
      hidden: this.pens.filter((p) => p.hidden).map((p) => p.key),
    };
  }

  destroy(): void {
    this.gone = true;
    clearTimeout(this.timer);
    this.asking?.abort();
    this.watchers.clear();
  }

  private listOf(key: string): Point[] {
    const there = this.points.get(key);
    if (there) return there;
    const list: Point[] = [];
    this.points.set(key, list);
    return list;
  }

  /** Drops what lies before the time that is shown; what held at its beginning stays. */
  private trim(list: Point[]): void {
    if (!isLive(this.span)) return;
    const from = Date.now() - this.span.last;
    let drop = 0;
    while (drop + 1 < list.length && (list[drop + 1] as Point)[0] <= from) drop++;
    if (drop > 256 || list.length > mostLive) list.splice(0, Math.max(drop, list.length - mostLive));
    // More than two for a pixel says nothing more: they are reduced by whoever has them all.
    if (this.width > 0 && list.length > 4 * this.width + 1000 && !this.timer) this.ask();
  }

  private tell(what: "samples" | "all"): void {
    for (const fn of this.watchers) fn(what);
  }

  /** Asks for the samples of the time that is shown; of many changes in a row for the last. */
  private ask(): void {
    if (this.gone || this.width === 0 || this.watchers.size === 0) return;
    clearTimeout(this.timer);
    // The first look does not wait.
    this.timer = setTimeout(() => void this.read(), this.points.size === 0 ? 0 : 60);
  }

  private async read(): Promise<void> {
    this.timer = undefined;
    this.asking?.abort();
    const abort = new AbortController();
    this.asking = abort;
    const { from, to } = this.view;
    const pens = this.pens.filter((p) => !p.hidden);
    this.busy = this.points.size === 0;
    try {
      await Promise.all([
        this.load(pens, this.points, from, to, "", abort.signal),
        this.shift ? this.load(pens, this.earlier, from, to, this.shift, abort.signal) : undefined,
        this.readNotes(from, to),
      ]);
      if (abort.signal.aborted || this.gone) return;
      this.trouble = "";
    } catch (e) {
      if (abort.signal.aborted || this.gone) return;
      this.trouble = e instanceof Error ? e.message : String(e);
    }
    this.busy = false;
    this.tell("samples");
    // Pens without live values are read again as the time goes on.
    if (isLive(this.span) && (this.shift || this.pens.some((p) => p.prop === undefined && !p.hidden)))
      this.timer = setTimeout(() => void this.read(), beat(this.span.last));
  }

  private async load(
    pens: readonly Pen[],
    into: Map<string, Point[]>,
    from: number,
    to: number,
    shift: string,
    signal: AbortSignal,
  ): Promise<void> {
    const bound = pens.filter((p) => p.prop !== undefined && p.path);
    const added = pens.filter((p) => p.prop === undefined);
    const put = (pen: Pen, points: Point[]) => {
      if (signal.aborted || this.gone) return;
      // What came live while the answer was on its way stays.
      const last = points.at(-1)?.[0] ?? Number.NEGATIVE_INFINITY;
      const since =
        shift || !isLive(this.span) ? [] : (into.get(pen.key) ?? []).filter((p) => p[0] > last && p[0] > from);
      into.set(pen.key, [...points, ...since]);
    };
    await Promise.all([
      ...bound.map(async (pen) => {
        // Half the pixels: the answer has up to four samples for each of them.
        const samples = await this.source.history(pen.prop as string, from, to, this.width / 2, shift || undefined);
        put(pen, pointsOf(samples));
      }),
      added.length > 0 && this.source.past
        ? this.source.past
            .tracks({ tags: added.map((p) => p.path as string), from, to, pixels: this.width, shift }, signal)
            .then((tracks) => {
              for (const track of tracks) {
                const pen = added.find((p) => p.path === track.path);
                if (pen) put(pen, track.points);
              }
            })
        : undefined,
    ]);
  }

  /** Notes are read for whole minutes, and not more often than each half. */
  private async readNotes(from: number, to: number): Promise<void> {
    const paths = this.pens.flatMap((p) => (p.path && !p.hidden ? [p.path] : []));
    if (!this.source.past?.notes || paths.length === 0) return;
    if (this.live && Date.now() - this.noted < 30_000) return;
    this.noted = Date.now();
    try {
      this.notes = await this.source.past.notes(paths, from, to);
    } catch {
      this.notes = []; // the lines are what is looked at
    }
  }
}
