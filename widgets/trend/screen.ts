// A trend before somebody: plot, tools, and the table of what the pens had at the cursor. A model may have two of
// them, the widget on its screen and the large window above it.
import { isBad, isUncertain } from "@lineside/client";
import type { Theme } from "@lineside/scene";
import { color } from "@lineside/scene";
import { make, ownTouch, press } from "../alarm";
import { decimalsFor, fixed, onOff, textOf } from "../kit";
import { iconOf } from "../navigation";
import type { Chart, Line, Zone } from "../plot/chart";
import { plotKey } from "../plot/keys";
import { height, type Point } from "../plot/series";
import type { Lang } from "../view";
import type { Model, Pen } from "./model";
import { Panel } from "./panel";
import { shifts, spans, type Word, word } from "./texts";

export interface ScreenOptions {
  lang: Lang;
  theme: Theme;
  title: string;
  legend: boolean;
  /** The operator may look back, zoom, and choose pens. */
  tools: boolean;
  /** A scale for each pen, rather than for each unit. */
  ownAxes: boolean;
  /** Ends of the scale of the first pen, and what lies on it. */
  low: number | undefined;
  high: number | undefined;
  zones: readonly Omit<Zone, "scale">[];
  connected(): boolean;
  /** Opens the large window; not there in it. */
  enlarge?(): void;
  close?(): void;
  /** The panel of pens was closed: what was changed may be kept. */
  settled(): void;
}

const dashes = ["", "8 3", "2 3", "10 3 2 3", "4 4", "1 2"];

/** How the pen at a place is drawn: tone and dashes together are another for each. */
export function lookAt(place: number, theme: Theme): { tone: string; dash: string } {
  return {
    tone: color(`pen${(place % 6) + 1}`, theme),
    dash: dashes[(place + Math.floor(place / 6)) % dashes.length] as string,
  };
}

/** From this size on the tools stand on the widget itself. */
const roomy = { width: 520, height: 300 };

export class TrendScreen {
  readonly root = make("div", "ls-trend");
  private readonly head = make("div", "ls-trend-head");
  private readonly tools = make("div", "ls-trend-tools");
  private readonly plotHost = make("div", "ls-trend-plot");
  private readonly status = make("div", "ls-trend-status");
  private readonly table = make("div", "ls-trend-table");
  private readonly help = make("p", "ls-trend-help");
  private readonly off: (() => void)[] = [];
  private readonly observer: ResizeObserver;
  private chart: Chart | undefined;
  private panel: Panel | undefined;
  private readonly liveButton: HTMLButtonElement;
  private readonly spanList = make("select", "ls-trend-select");
  private readonly shiftList = make("select", "ls-trend-select");
  private ratio = 1;
  private drawing: ReturnType<typeof setTimeout> | undefined;
  private readonly beat: ReturnType<typeof setInterval>;
  private gone = false;
  private shape = "";
  private cells = new Map<string, { at: HTMLElement; before: HTMLElement | undefined }>();
  private stamp: HTMLElement | undefined;
  private large = false;

  constructor(
    private readonly host: HTMLElement,
    private readonly model: Model,
    private readonly options: ScreenOptions,
  ) {
    const { lang, tools } = options;
    const id = `ls-trend-${Math.random().toString(36).slice(2)}`;
    this.help.id = id;
    this.help.textContent = word("keys", lang);
    this.status.setAttribute("role", "status");
    this.liveButton = this.button("live", "", () => (model.live ? undefined : model.follow()));
    if (tools) {
      Object.assign(this.plotHost, { tabIndex: 0 });
      this.plotHost.setAttribute("role", "group");
      this.plotHost.setAttribute("aria-label", options.title || word("plot", lang));
      this.plotHost.setAttribute("aria-describedby", id);
      this.plotHost.addEventListener("keydown", (e) => this.key(e));
      ownTouch(this.root);
    }
    this.buildTools();
    this.root.append(this.head, this.tools, this.plotHost, this.status, this.table, this.help);
    host.append(this.root);
    this.off.push(model.watch((what) => (what === "all" ? this.soon(0) : this.soon(100))));
    this.observer = new ResizeObserver(() => this.resized());
    this.observer.observe(host);
    this.resized();
    this.beat = setInterval(() => model.live && options.connected() && this.soon(0), 1000);
    // The library that draws comes only with a screen that has a trend.
    void import("../plot/chart").then(({ Chart }) => {
      if (this.gone) return;
      this.chart = new Chart(this.plotHost, {
        cursor: (at) => {
          // The pointer has left, but a key has put the cursor somewhere.
          if (at === undefined && model.held !== undefined) return;
          if (at !== model.cursor) model.point(at, model.held !== undefined && at === model.held);
        },
        zoom: (from, to) => tools && model.between(from, to),
        select: () => {},
        wheel: (factor, around) => tools && model.zoom(factor, around),
        pan: (share) => tools && model.pan(share),
      });
      this.draw();
    });
  }

  /** Device pixels per pixel of the drawing. */
  rescale(ratio: number): void {
    this.ratio = ratio;
    this.resized();
  }

  destroy(): void {
    this.gone = true;
    clearTimeout(this.drawing);
    clearInterval(this.beat);
    for (const fn of this.off) fn();
    this.observer.disconnect();
    this.panel?.destroy();
    this.chart?.destroy();
    this.root.remove();
  }

  private button(key: Word, name: string, act: () => void): HTMLButtonElement {
    const { lang } = this.options;
    const b = press(`ls-trend-button ${name}`, "", act);
    b.setAttribute("aria-label", word(key, lang));
    b.title = word(key, lang);
    return b;
  }

  private symbol(key: Word, symbol: string, act: () => void): HTMLButtonElement {
    const b = this.button(key, "ls-trend-symbol", act);
    const icon = iconOf(symbol, 18);
    b.append(icon ?? word(key, this.options.lang));
    return b;
  }

  private buildTools(): void {
    const { model, options } = this;
    const { lang } = options;
    const list = (select: HTMLSelectElement, label: string, act: (value: string) => void) => {
      select.setAttribute("aria-label", label);
      select.addEventListener("change", () => act(select.value));
      select.addEventListener("keydown", (e) => e.stopPropagation());
    };
    list(this.spanList, word("span", lang), (v) => Number(v) > 0 && model.look({ last: Number(v) }));
    list(this.shiftList, word("compare", lang), (v) => model.compare(v));
    this.shiftList.append(...shifts.map((s) => option(s.shift, s[lang])));
    const pens = this.button("pens", "", () => this.togglePanel());
    pens.append(word("pens", lang));
    pens.setAttribute("aria-expanded", "false");
    const csv = this.button("csvHelp", "", () => this.save());
    csv.append(word("csv", lang));
    this.tools.append(
      this.liveButton,
      this.symbol("earlier", "arrow-left", () => model.pan(-0.5)),
      this.symbol("later", "arrow-right", () => model.pan(0.5)),
      this.symbol("zoomIn", "plus", () => model.zoom(0.5)),
      this.symbol("zoomOut", "minus", () => model.zoom(2)),
      this.spanList,
      this.shiftList,
      pens,
      csv,
    );
    if (options.close) this.tools.append(make("span", "ls-trend-grow"), this.symbol("close", "x", options.close));
  }

  private togglePanel(): void {
    const shut = () => {
      this.panel?.destroy();
      this.panel = undefined;
      this.root.querySelector("[aria-expanded]")?.setAttribute("aria-expanded", "false");
      this.options.settled();
    };
    if (this.panel) {
      shut();
      return;
    }
    this.panel = new Panel(this.root, this.model, this.options.lang, shut);
    this.root.querySelector("[aria-expanded]")?.setAttribute("aria-expanded", "true");
  }

  /** The samples of the time that is shown, all of them, as the runtime writes them. */
  private save(): void {
    const { from, to } = this.model.view;
    const query = new URLSearchParams({ from: String(Math.floor(from)), to: String(Math.ceil(to)) });
    for (const p of this.model.pens) if (p.path && !p.hidden) query.append("tag", p.path);
    const link = make("a");
    link.href = `/api/v1/history.csv?${query}`;
    link.download = "trend.csv";
    link.click();
  }

  private resized(): void {
    const { clientWidth, clientHeight } = this.host;
    this.large = this.options.tools && clientWidth >= roomy.width && clientHeight >= roomy.height;
    this.root.classList.toggle("ls-trend-large", this.large);
    this.model.wide(this.plotHost.clientWidth * Math.max(1, Math.min(2, this.ratio)));
    this.shape = "";
    this.soon(0);
  }

  private soon(wait: number): void {
    if (this.gone) return;
    if (wait === 0) {
      clearTimeout(this.drawing);
      this.drawing = undefined;
    }
    this.drawing ??= setTimeout(() => {
      this.drawing = undefined;
      if (!document.hidden) this.draw();
    }, wait);
  }

  private key(e: KeyboardEvent): void {
    const { model } = this;
    const meant = plotKey(e, model.view, model.held);
    if (!meant) return;
    e.preventDefault();
    e.stopPropagation();
    if (meant.do === "point") {
      model.point(meant.at, true);
      this.chart?.point(meant.at);
    } else if (meant.do === "pan") model.pan(meant.share);
    else model.zoom(meant.factor, model.held);
  }

  private scaleOf(pen: Pen): string {
    if (pen.type === "bool") return "bool";
    if (pen.type !== "float" && pen.type !== "int") return `text ${pen.key}`;
    return this.options.ownAxes ? `pen ${pen.key}` : `unit ${pen.unit}`;
  }

  private draw(): void {
    const { model, options, chart } = this;
    const { from, to } = model.view;
    this.frame();
    this.fill();
    if (!chart) return;
    const lines: Line[] = [];
    model.pens.forEach((pen, i) => {
      if (pen.hidden) return;
      const look = lookAt(i, options.theme);
      const line = {
        name: pen.title,
        scale: this.scaleOf(pen),
        unit: pen.type === "bool" ? `${onOff(true, options.lang)} / ${onOff(false, options.lang)}` : pen.unit,
        tone: look.tone,
        dash: look.dash === "" ? [] : look.dash.split(" ").map(Number),
        moved: 0,
        course: pen.type === "float" || pen.type === "int" ? pen.course : ("step" as const),
      };
      if (model.shift) lines.push({ ...line, id: `${pen.key} before`, points: model.before(pen), pale: true });
      lines.push({ ...line, id: pen.key, points: model.samples(pen), pale: false });
    });
    const first = model.pens.find((p) => !p.hidden && p.prop !== undefined);
    const scale = first && this.scaleOf(first);
    chart.show({
      lines,
      flags: this.large
        ? model.notes.map((n) => ({
            id: String(n.id),
            at: n.from,
            until: n.to > n.from ? n.to : undefined,
            text: n.text,
          }))
        : [],
      from,
      to,
      theme: options.theme,
      lang: options.lang,
      dragging: "pan",
      selection: undefined,
      zones: scale ? options.zones.map((z) => ({ ...z, scale })) : [],
      ranges: scale ? { [scale]: { low: options.low, high: options.high } } : {},
    });
  }

  /** Head, tools and table as they stand; built again only when what they consist of has changed. */
  private frame(): void {
    const { model, options } = this;
    const shape = JSON.stringify([this.large, model.pens, model.shift]);
    if (shape !== this.shape) {
      this.shape = shape;
      this.build();
    }
    const { live } = model;
    this.liveButton.textContent = word(live ? "live" : "backToLive", options.lang);
    this.liveButton.setAttribute("aria-label", this.liveButton.textContent);
    this.liveButton.setAttribute("aria-pressed", String(live));
    const last = live && "last" in model.span ? model.span.last : 0;
    const known = new Map(spans.map((s) => [s.last, s[options.lang]]));
    if (last && !known.has(last)) known.set(last, spanText(last, options.lang));
    const entries = [...known].sort(([a], [b]) => a - b).map(([v, text]) => [String(v), text] as const);
    if (!last) entries.unshift(["0", word("own", options.lang)]);
    const said = JSON.stringify(entries);
    if (this.spanList.dataset.said !== said) {
      this.spanList.dataset.said = said;
      this.spanList.replaceChildren(...entries.map(([v, text]) => option(v, text)));
    }
    this.spanList.value = String(last);
    this.shiftList.value = model.shift;
    const nothing =
      !model.busy &&
      this.chart &&
      model.pens.length > 0 &&
      model.pens.every((p) => p.hidden || model.samples(p).length === 0);
    const text = model.trouble
      ? word("failed", options.lang, model.trouble)
      : nothing && !live
        ? word("nothing", options.lang)
        : "";
    if (this.status.textContent !== text) this.status.textContent = text;
    this.status.hidden = text === "";
    this.root.classList.toggle("ls-trend-past", !live);
  }

  private build(): void {
    const { model, options, large } = this;
    const { lang } = options;
    this.cells = new Map();
    this.head.replaceChildren();
    this.table.replaceChildren();
    if (options.title) this.head.append(make("span", "ls-trend-title", options.title));
    this.stamp = make("span", "ls-trend-stamp");
    if (!large) {
      if (options.legend)
        model.pens.forEach((pen, i) => {
          if (pen.hidden) return;
          const at = make("b", "");
          const item = make("span", "ls-trend-pen", swatch(lookAt(i, options.theme)), `${pen.title} `, at);
          if (pen.unit) item.append(` ${pen.unit}`);
          this.cells.set(pen.key, { at, before: undefined });
          this.head.append(item);
        });
      this.head.append(this.stamp);
      if (options.tools) {
        if (!model.live) this.head.append(this.liveButton);
        if (options.enlarge) this.head.append(this.symbol("large", "app-window", options.enlarge));
      }
    } else {
      this.tools.prepend(this.liveButton);
      this.table.append(this.buildTable(lang));
    }
    this.head.hidden =
      this.head.childElementCount <= 1 && !this.head.querySelector("button,.ls-trend-pen,.ls-trend-title");
    this.tools.hidden = !large;
    this.table.hidden = !large;
  }

  private buildTable(lang: Lang): HTMLTableElement {
    const { model, options } = this;
    const head = make("tr", "", make("th", "", word("pen", lang)), make("th", "ls-trend-number", this.stamp ?? ""));
    if (model.shift) head.append(make("th", "ls-trend-number", word("before", lang)));
    head.append(make("th", ""));
    const body = make("tbody");
    model.pens.forEach((pen, i) => {
      const at = make("b", "");
      const before = model.shift ? make("span", "") : undefined;
      const hide = this.symbol("hide", pen.hidden ? "eye-off" : "eye", () => {
        model.toggle(pen.key);
        options.settled();
      });
      const label = word(pen.hidden ? "show" : "hide", lang, pen.title);
      hide.setAttribute("aria-label", label);
      hide.setAttribute("aria-pressed", String(!pen.hidden));
      hide.title = label;
      const row = make(
        "tr",
        pen.hidden ? "ls-trend-hidden" : "",
        make("td", "", swatch(lookAt(i, options.theme)), make("span", "ls-trend-name", pen.title)),
        make("td", "ls-trend-number", at, pen.unit ? ` ${pen.unit}` : ""),
      );
      if (before) row.append(make("td", "ls-trend-number", before));
      row.append(make("td", "ls-trend-act", hide));
      this.cells.set(pen.key, { at, before });
      body.append(row);
    });
    const table = make("table", "", make("thead", "", head), body);
    table.setAttribute("aria-label", word("pens", lang));
    return table;
  }

  /** What the pens had at the cursor, or have now. */
  private fill(): void {
    const { model, options } = this;
    const { to } = model.view;
    const at = model.cursor ?? to;
    for (const pen of model.pens) {
      const cell = this.cells.get(pen.key);
      if (!cell) continue;
      put(cell.at, valueText(model.at(pen, at), pen, options.lang));
      if (cell.before) {
        const points = model.before(pen);
        put(cell.before, valueText(lastAt(points, at), pen, options.lang));
      }
    }
    const stamp = model.cursor === undefined ? (model.live ? "" : clock(to, options.lang)) : clock(at, options.lang);
    const text = stamp || (this.large ? word("now", options.lang) : "");
    if (this.stamp && this.stamp.textContent !== text) this.stamp.textContent = text;
  }
}

function lastAt(points: readonly Point[], at: number): Point | undefined {
  let found: Point | undefined;
  for (const p of points) {
    if (p[0] > at) break;
    found = p;
  }
  return found;
}

/** A value as the table says it: text, and whether there is none. */
export function valueText(point: Point | undefined, pen: Pen, lang: Lang): { text: string; bad: boolean } {
  const q = point?.[2] ?? 0;
  if (!point || isBad(q) || height(point, []) === null) return { text: "– –", bad: true };
  const [, v] = point;
  const words =
    typeof v === "number" ? fixed(v, pen.decimals ?? decimalsFor(0, Math.abs(v) || 1)) : textOf(v, pen.decimals, lang);
  return { text: isUncertain(q) ? `${words} ?` : words, bad: false };
}

function put(node: HTMLElement, value: { text: string; bad: boolean }): void {
  if (node.textContent !== value.text) node.textContent = value.text;
  node.classList.toggle("ls-bad", value.bad);
}

function option(value: string, text: string): HTMLOptionElement {
  const o = make("option", "", text);
  o.value = value;
  return o;
}

function spanText(ms: number, lang: Lang): string {
  const minutes = Math.round(ms / 6000) / 10;
  if (minutes < 120) return lang === "zh" ? `${minutes} 分钟` : `${minutes} min`;
  const hours = Math.round(ms / 360_000) / 10;
  return lang === "zh" ? `${hours} 小时` : `${hours} h`;
}

const clocks = new Map<Lang, Intl.DateTimeFormat>();

function clock(at: number, lang: Lang): string {
  let format = clocks.get(lang);
  if (!format) {
    format = new Intl.DateTimeFormat(lang, { dateStyle: "medium", timeStyle: "medium", hour12: false });
    clocks.set(lang, format);
  }
  return format.format(at);
}

/** The line of a pen as a small picture. */
export function swatch(look: { tone: string; dash: string }): SVGSVGElement {
  const ns = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(ns, "svg");
  const line = document.createElementNS(ns, "line");
  for (const [k, v] of Object.entries({ width: "24", height: "8", "aria-hidden": "true" })) svg.setAttribute(k, v);
  const drawn = {
    x1: "0",
    x2: "22",
    y1: "4",
    y2: "4",
    stroke: look.tone,
    "stroke-width": "2",
    "stroke-dasharray": look.dash,
  };
  for (const [k, v] of Object.entries(drawn)) line.setAttribute(k, v);
  svg.append(line);
  return svg;
}
