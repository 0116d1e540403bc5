// What is around the plot of every chart: title, period, menu, legend, tip, message, table.
import { make, ownTouch, press } from "../alarm";
import type { Lang } from "../view";
import { isPeriod, type PeriodName, periods } from "./period";
import { word } from "./words";
import "./chart.css";

export interface LegendItem {
  name: string;
  color: string;
  /** A pattern over the colour, for what colours alone do not tell: a class of the swatch. */
  pattern?: string;
  /** What stands behind the name. */
  text?: string;
  hidden?: boolean;
}

/** A table of texts and numbers: its first row is the head. */
export type Rows = readonly (readonly (string | number | null)[])[];

export interface FrameOptions {
  lang: Lang;
  title: string;
  /** The period that is shown; undefined for what is now. */
  period: PeriodName | undefined;
  toolbar: boolean;
  /** Nothing acts. */
  design: boolean;
  onPeriod(name: PeriodName): void;
  rows(): Rows;
  onLegend?(index: number): void;
  onTable(shown: boolean): void;
}

let frames = 0;

export class Frame {
  readonly root: HTMLElement;
  readonly plot: HTMLElement;
  private readonly legendBox = make("div", "ls-chart-legend");
  private readonly noteBox = make("div", "ls-chart-note");
  private readonly oldBox = make("div", "ls-chart-old");
  private readonly tipBox = make("div", "ls-chart-tip");
  private readonly said = make("div", "ls-chart-said");
  private readonly tableBox = make("div", "ls-chart-table");
  private readonly head = make("div", "ls-chart-head");
  private menu: HTMLElement | undefined;
  private opener: HTMLButtonElement | undefined;
  private legendKey = "";
  private readonly gone = new AbortController();
  select: HTMLSelectElement | undefined;

  constructor(
    host: HTMLElement,
    private readonly options: FrameOptions,
  ) {
    const { lang, title, design } = options;
    this.root = make("section", "ls-chart");
    this.root.setAttribute("aria-label", title);
    const heading = make("div", "ls-chart-title", title);
    heading.id = `ls-chart-${++frames}`;
    this.head.append(heading);
    this.plot = make("div", "ls-chart-plot");
    // Nothing is reached by keys in the editor.
    this.plot.tabIndex = design ? -1 : 0;
    this.plot.setAttribute("role", "img");
    this.plot.setAttribute("aria-label", title);
    if (options.toolbar) this.tools();
    this.head.hidden = title === "" && !options.toolbar;
    this.tipBox.hidden = true;
    this.noteBox.hidden = true;
    this.oldBox.hidden = true;
    this.legendBox.hidden = true;
    this.tableBox.hidden = true;
    this.said.setAttribute("aria-live", "polite");
    this.noteBox.setAttribute("role", "status");
    const body = make("div", "ls-chart-body", this.plot, this.tableBox, this.noteBox, this.tipBox);
    this.root.append(this.head, this.legendBox, body, this.oldBox, this.said);
    for (const part of [this.head, this.legendBox, this.tableBox]) ownTouch(part);
    this.plot.addEventListener("pointerdown", (e) => e.pointerType === "mouse" && e.stopPropagation());
    this.root.lang = lang === "zh" ? "zh" : "en";
    host.append(this.root);
  }

  private tools(): void {
    const { lang, period, design } = this.options;
    if (period) {
      const select = make("select", "ls-chart-period");
      select.setAttribute("aria-label", word("period", lang));
      for (const name of Object.keys(periods)) {
        const option = make("option", "", periods[name as PeriodName].title[lang]);
        option.value = name;
        option.selected = name === period;
        select.append(option);
      }
      select.disabled = design;
      select.addEventListener("change", () => isPeriod(select.value) && this.options.onPeriod(select.value));
      this.select = select;
      this.head.append(select);
    }
    const more = press("ls-chart-more", "⋮", () => (this.menu ? this.closeMenu() : this.openMenu()));
    more.setAttribute("aria-label", word("menu", lang));
    more.setAttribute("aria-haspopup", "menu");
    more.setAttribute("aria-expanded", "false");
    more.disabled = design;
    this.opener = more;
    this.head.append(more);
  }

  private openMenu(): void {
    const { lang } = this.options;
    const menu = make("div", "ls-chart-menu");
    menu.setAttribute("role", "menu");
    const item = (text: string, act: () => void) => {
      const b = press("", text, () => {
        this.closeMenu();
        this.opener?.focus();
        act();
      });
      b.setAttribute("role", "menuitem");
      menu.append(b);
    };
    const away = this.tableBox.hidden === true;
    item(word(away ? "asTable" : "asChart", lang), () => this.showTable(away));
    item(word("csv", lang), () => save(csvOf(this.options.rows()), `${this.options.title || "chart"}.csv`));
    menu.addEventListener("keydown", (e) => {
      const all = [...menu.querySelectorAll<HTMLElement>("button")];
      const i = all.indexOf(document.activeElement as HTMLElement);
      if (e.key === "ArrowDown" || e.key === "ArrowUp") {
        all[(i + (e.key === "ArrowDown" ? 1 : all.length - 1)) % all.length]?.focus();
        e.preventDefault();
        e.stopPropagation();
      } else if (e.key === "Escape" || e.key === "Tab") {
        this.closeMenu();
        if (e.key === "Escape") this.opener?.focus();
        e.stopPropagation();
      }
    });
    this.head.append(menu);
    this.menu = menu;
    this.opener?.setAttribute("aria-expanded", "true");
    menu.querySelector("button")?.focus();
    document.addEventListener(
      "pointerdown",
      (e) => {
        if (!this.root.contains(e.target as Node) || !this.menu?.parentElement?.contains(e.target as Node))
          this.closeMenu();
      },
      { signal: this.gone.signal, once: true, capture: true },
    );
  }

  private closeMenu(): void {
    this.menu?.remove();
    this.menu = undefined;
    this.opener?.setAttribute("aria-expanded", "false");
  }

  /** The numbers as a table in place of the plot. */
  showTable(shown: boolean): void {
    this.tableBox.hidden = !shown;
    this.plot.classList.toggle("ls-away", shown);
    if (shown) {
      this.fillTable();
      this.tableBox.tabIndex = 0;
      this.tableBox.focus();
    }
    this.options.onTable(shown);
  }

  get table(): boolean {
    return !this.tableBox.hidden;
  }

  /** Writes the table again, if it is shown. */
  fillTable(): void {
    if (this.tableBox.hidden) return;
    const rows = this.options.rows();
    const [head = [], ...rest] = rows;
    const line = (cells: readonly (string | number | null)[], tag: "th" | "td") =>
      make(
        "tr",
        "",
        ...cells.map((c) => make(tag, typeof c === "number" ? "ls-chart-number" : "", c === null ? "– –" : String(c))),
      );
    // A table that is looked at needs no more than a screen reader can go through.
    const body = make("tbody", "", ...rest.slice(0, 500).map((r) => line(r, "td")));
    const table = make("table", "", make("thead", "", line(head, "th")), body);
    table.setAttribute("aria-label", this.options.title);
    this.tableBox.replaceChildren(table);
  }

  /** Says in place of the plot why there is nothing; "" shows it again. */
  note(text: string): void {
    if (this.noteBox.textContent !== text) this.noteBox.textContent = text;
    this.noteBox.hidden = text === "";
  }

  /** Says below the plot that it is not current. */
  old(text: string): void {
    this.oldBox.textContent = text;
    this.oldBox.hidden = text === "";
  }

  legend(items: readonly LegendItem[]): void {
    const key = JSON.stringify(items);
    if (key === this.legendKey) return;
    this.legendKey = key;
    this.legendBox.hidden = items.length === 0;
    const toggles = this.options.onLegend && !this.options.design;
    const held = [...this.legendBox.children].indexOf(document.activeElement as Element);
    this.legendBox.replaceChildren(
      ...items.map((item, i) => {
        const swatch = make("i", `ls-chart-swatch ${item.pattern ?? ""}`);
        swatch.style.backgroundColor = item.color;
        swatch.setAttribute("aria-hidden", "true");
        const name = make("span", "", item.name, ...(item.text ? [" ", make("b", "", item.text)] : []));
        if (!toggles) return make("span", "ls-chart-item", swatch, name);
        const b = make("button", "ls-chart-item", swatch, name);
        b.type = "button";
        b.setAttribute("aria-pressed", String(!item.hidden));
        b.addEventListener("click", () => this.options.onLegend?.(i));
        return b;
      }),
    );
    if (held >= 0) (this.legendBox.children[held] as HTMLElement | undefined)?.focus?.();
  }

  /** A tip at a place of the plot; nothing takes it away. */
  tip(at: { x: number; y: number } | undefined, title = "", lines: readonly string[] = []): void {
    this.tipBox.hidden = !at;
    if (!at) return;
    this.tipBox.replaceChildren(make("strong", "", title), ...lines.map((l) => make("div", "", l)));
    const { offsetWidth: w, offsetHeight: h } = this.tipBox;
    const { clientWidth: W, clientHeight: H } = this.plot;
    const x = at.x + 14 + w > W ? Math.max(0, at.x - 14 - w) : at.x + 14;
    const y = Math.max(0, Math.min(H - h, at.y - h / 2));
    this.tipBox.style.transform = `translate(${Math.round(x)}px, ${Math.round(y)}px)`;
  }

  /** Says something to a screen reader. */
  say(text: string): void {
    this.said.textContent = text;
  }

  destroy(): void {
    this.gone.abort();
    this.root.remove();
  }
}

/** Rows as CSV (RFC 4180). A text that a spreadsheet would take for a formula is kept one. */
export function csvOf(rows: Rows): string {
  const cell = (c: string | number | null) => {
    if (c === null) return "";
    if (typeof c === "number") return String(c);
    const text = /^[=+\-@\t\r]/.test(c) ? `'${c}` : c;
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  return `${rows.map((r) => r.map(cell).join(",")).join("\r\n")}\r\n`;
}

function save(text: string, name: string): void {
  // With a mark of its encoding: spreadsheets take it for another otherwise.
  const url = URL.createObjectURL(new Blob(["\ufeff", text], { type: "text/csv;charset=utf-8" }));
  const a = make("a");
  a.href = url;
  a.download = name.replace(/[\\/:*?"<>|]/g, "_");
  a.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
