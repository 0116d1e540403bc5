// A table on the page: only the rows in sight are there, however many there are. What is shown comes from the model.
import { make, ownTouch, press } from "../alarm";
import { lookText } from "../kit";
import type { Env } from "../view";
import type { GridColumn } from "./column";
import { csvOf, download, fileName } from "./csv";
import { type Kept, Model, type ShownRow } from "./model";
import "./grid.css";

const words = {
  search: { en: "Search", zh: "搜索" },
  columns: { en: "Columns", zh: "列" },
  export: { en: "CSV", zh: "CSV" },
  exportAll: { en: "Save what is shown as a CSV file", zh: "将显示内容保存为 CSV 文件" },
  rows: { en: "{0} rows", zh: "{0} 行" },
  of: { en: "{0} of {1} rows", zh: "{0} / {1} 行" },
  none: { en: "Nothing found", zh: "无匹配项" },
  size: { en: "Width of {0}", zh: "{0} 的列宽" },
  fold: { en: "Open or close", zh: "展开或收起" },
} as const;

export interface GridOptions<R extends object> {
  env: Env;
  title: string;
  columns: readonly GridColumn<R>[];
  key(row: R): string;
  children?(row: R): R[] | undefined;
  /** A row was chosen: by a click, or by Enter. */
  choose?: ((row: R) => void) | undefined;
  /** What stands in place of rows when there are none. */
  empty: string;
  search: boolean;
  export: boolean;
  roomy: boolean;
  head?: boolean;
  sort?: string;
  /** Opened at the beginning: all rows that hold others. */
  open?: boolean;
}

/** How many rows above and below what is seen are there. */
const spare = 6;

interface Line {
  element: HTMLDivElement;
  cells: HTMLDivElement[];
  key: string;
}

export class Grid<R extends object> {
  readonly root = make("section", "ls-grid");
  readonly bar = make("div", "ls-grid-bar");
  readonly foot = make("div", "ls-grid-foot");
  readonly model: Model<R>;
  private readonly note = make("span", "ls-grid-note");
  private readonly scroll = make("div", "ls-grid-scroll");
  private readonly head = make("div", "ls-grid-head");
  private readonly body = make("div", "ls-grid-body");
  private readonly table = make("div", "ls-grid-table");
  private readonly nothing = make("p", "ls-grid-empty");
  private lines: Line[] = [];
  private list: ShownRow<R>[] = [];
  private aim = 0;
  private chosen = "";
  private frame = 0;
  private later: ReturnType<typeof setTimeout> | undefined;
  private says: string;
  private readonly seen: ResizeObserver;

  constructor(
    host: HTMLElement,
    private readonly o: GridOptions<R>,
  ) {
    const { env } = o;
    const kept: Partial<Kept> = (env.memory.get("grid") as Kept | undefined) ?? {
      ...(o.sort ? { sorting: [{ id: o.sort.replace(/^-/, ""), desc: o.sort.startsWith("-") }] } : {}),
      ...(o.open ? { open: true as const } : {}),
    };
    this.model = new Model(o.columns, o.key, o.children, kept);
    this.says = o.empty;
    const { root, scroll, table } = this;
    root.classList.toggle("roomy", o.roomy);
    root.setAttribute("aria-label", o.title || env.title);
    ownTouch(root);
    this.fillBar();
    scroll.tabIndex = 0;
    table.setAttribute("role", o.children ? "treegrid" : "grid");
    table.setAttribute("aria-label", o.title || env.title);
    scroll.setAttribute("role", "region");
    scroll.setAttribute("aria-label", o.title || env.title);
    this.head.setAttribute("role", "row");
    this.body.setAttribute("role", "rowgroup");
    if (o.head === false) this.head.hidden = true;
    table.append(this.head, this.body);
    scroll.append(table, this.nothing);
    this.foot.hidden = true;
    root.append(this.bar, scroll, this.foot);
    host.append(root);
    scroll.addEventListener("scroll", () => this.request(), { passive: true });
    scroll.addEventListener("keydown", (e) => this.key(e));
    this.body.addEventListener("click", (e) => this.click(e));
    this.seen = new ResizeObserver(() => this.request());
    this.seen.observe(scroll);
    this.drawHead();
    this.reorder();
  }

  set rows(rows: readonly R[]) {
    this.model.rows = rows;
    this.reorder();
  }

  /** What is said in place of rows. */
  set empty(text: string) {
    this.says = text;
    this.request();
  }

  /** Values have changed. Order and search follow once a second: a row that is being read does not jump away. */
  touch(): void {
    this.request();
    if (this.model.follows)
      this.later ??= setTimeout(() => {
        this.later = undefined;
        this.model.touch();
        this.reorder();
      }, 1000);
  }

  /** Draws in the next frame. */
  request(): void {
    this.frame ||= requestAnimationFrame(() => {
      this.frame = 0;
      this.draw();
    });
  }

  destroy(): void {
    cancelAnimationFrame(this.frame);
    clearTimeout(this.later);
    this.seen.disconnect();
    this.o.env.memory.set("grid", this.model.kept);
    this.root.remove();
  }

  private get height(): number {
    return this.o.roomy ? 48 : 36;
  }

  private word(key: keyof typeof words, ...args: (string | number)[]): string {
    return words[key][this.o.env.lang].replace(/\{(\d)\}/g, (_m, i) => String(args[Number(i)] ?? ""));
  }

  private fillBar(): void {
    const { o, bar } = this;
    if (o.title) bar.append(make("span", "ls-grid-title", o.title));
    else bar.append(make("span", "ls-grid-title"));
    bar.append(this.note);
    this.note.setAttribute("role", "status");
    if (o.search) {
      const input = make("input");
      input.type = "search";
      input.placeholder = this.word("search");
      input.autocomplete = "off";
      input.value = this.model.search;
      input.setAttribute("aria-label", this.word("search"));
      let wait: ReturnType<typeof setTimeout> | undefined;
      input.addEventListener("input", () => {
        clearTimeout(wait);
        wait = setTimeout(() => {
          this.model.search = input.value.trim();
          this.scroll.scrollTop = 0;
          this.reorder();
        }, 150);
      });
      input.addEventListener("keydown", (e) => {
        if (e.key !== "Escape" || input.value === "") return;
        e.stopPropagation();
      });
      bar.append(input);
    }
    if (o.columns.length > 2) {
      const button = press("", this.word("columns"), () => this.columnMenu(button));
      button.setAttribute("aria-haspopup", "dialog");
      bar.append(button);
    }
    if (o.export) {
      const button = press("", this.word("export"), () => this.save());
      button.title = this.word("exportAll");
      button.setAttribute("aria-label", this.word("exportAll"));
      bar.append(button);
    }
  }

  private columnMenu(button: HTMLElement): void {
    const menu = make("div", "ls-grid-menu");
    menu.popover = "auto";
    menu.setAttribute("role", "dialog");
    menu.setAttribute("aria-label", this.word("columns"));
    const on = new Set(this.model.visible.map((c) => c.id));
    for (const c of this.o.columns) {
      const box = make("input");
      box.type = "checkbox";
      box.checked = on.has(c.id);
      box.addEventListener("change", () => {
        // One column at least stays.
        if (!box.checked && this.model.visible.length === 1) {
          box.checked = true;
          return;
        }
        this.model.setVisible(c.id, box.checked);
        this.drawHead();
        this.rebuild();
      });
      menu.append(make("label", "", box, c.title));
    }
    menu.addEventListener("keydown", (e) => {
      if (e.key !== "Escape") return;
      e.preventDefault();
      e.stopPropagation();
      menu.hidePopover();
    });
    menu.addEventListener("toggle", (e) => {
      if ((e as ToggleEvent).newState !== "closed") return;
      menu.remove();
      button.focus({ preventScroll: true });
    });
    this.root.append(menu);
    menu.showPopover();
    const a = button.getBoundingClientRect();
    menu.style.left = `${Math.max(8, Math.min(a.left, innerWidth - menu.offsetWidth - 8))}px`;
    menu.style.top = `${Math.max(8, Math.min(a.bottom + 2, innerHeight - menu.offsetHeight - 8))}px`;
    menu.querySelector("input")?.focus();
  }

  private save(): void {
    const columns = this.model.visible;
    const rows = this.list.map((r) => columns.map((c) => (c.file ? c.file(r.row) : c.text(r.row))));
    download(fileName(this.o.title || this.o.env.title), csvOf([columns.map((c) => c.title), ...rows]));
  }

  private drawHead(): void {
    const columns = this.model.visible;
    let total = 0;
    this.head.replaceChildren(
      ...columns.map((c) => {
        const w = this.model.width(c.id);
        total += w;
        const sorted = this.model.sorted(c.id);
        const name = press("", `${c.title}${sorted === "asc" ? " ▲" : sorted === "desc" ? " ▼" : ""}`, () => {
          this.model.sort(c.id);
          this.drawHead();
          this.reorder();
          this.head.querySelectorAll("button")[columns.indexOf(c)]?.focus();
        });
        name.title = c.title;
        const cell = make("div", c.align === "end" ? "end" : "", name, this.sizer(c));
        cell.style.width = `${w}px`;
        cell.setAttribute("role", "columnheader");
        cell.setAttribute("aria-sort", sorted === "asc" ? "ascending" : sorted === "desc" ? "descending" : "none");
        return cell;
      }),
    );
    this.table.style.width = `${total}px`;
  }

  private sizer(c: GridColumn<R>): HTMLElement {
    const e = make("span", "ls-grid-size");
    e.setAttribute("role", "separator");
    e.setAttribute("aria-label", this.word("size", c.title));
    e.setAttribute("aria-orientation", "vertical");
    e.setAttribute("aria-valuenow", String(this.model.width(c.id)));
    e.tabIndex = -1;
    let from: { x: number; w: number } | undefined;
    // What is seen may be scaled with the screen.
    const scale = () => this.root.getBoundingClientRect().width / Math.max(1, this.root.offsetWidth) || 1;
    e.addEventListener("pointerdown", (p) => {
      from = { x: p.clientX, w: this.model.width(c.id) };
      e.setPointerCapture(p.pointerId);
      p.preventDefault();
    });
    e.addEventListener("pointermove", (p) => {
      if (!from) return;
      this.model.setWidth(c.id, from.w + (p.clientX - from.x) / scale());
      this.resize();
    });
    for (const name of ["pointerup", "pointercancel"] as const)
      e.addEventListener(name, () => {
        from = undefined;
      });
    return e;
  }

  /** Gives all cells the widths of their columns. */
  private resize(): void {
    const columns = this.model.visible;
    let total = 0;
    columns.forEach((c, i) => {
      const w = this.model.width(c.id);
      total += w;
      (this.head.children[i] as HTMLElement).style.width = `${w}px`;
      for (const l of this.lines) if (l.cells[i]) l.cells[i].style.width = `${w}px`;
    });
    this.table.style.width = `${total}px`;
  }

  private rebuild(): void {
    for (const l of this.lines) l.element.remove();
    this.lines = [];
    this.request();
  }

  private reorder(): void {
    this.list = this.model.shown();
    const { total } = this.model;
    this.note.textContent =
      total === 0
        ? ""
        : this.list.length === total || this.model.search === ""
          ? this.word("rows", this.list.length)
          : this.word("of", this.list.length, total);
    this.table.setAttribute("aria-rowcount", String(this.list.length + 1));
    this.aim = Math.max(0, Math.min(this.aim, this.list.length - 1));
    this.request();
  }

  private draw(): void {
    const { height, list, scroll } = this;
    const { lang } = this.o.env;
    this.body.style.height = `${list.length * height}px`;
    const none = list.length === 0;
    this.table.hidden = none && this.model.total === 0;
    this.nothing.hidden = !none;
    this.nothing.textContent = none ? (this.model.total === 0 ? this.says : this.word("none")) : "";
    const first = Math.max(0, Math.floor(scroll.scrollTop / height) - spare);
    const last = Math.min(list.length, Math.ceil((scroll.scrollTop + scroll.clientHeight) / height) + spare);
    const columns = this.model.visible;
    const before = new Map(this.lines.map((l) => [l.key, l]));
    const free: Line[] = [];
    const wanted = new Set<string>();
    for (let i = first; i < last; i++) wanted.add((list[i] as ShownRow<R>).key);
    for (const l of this.lines) if (!wanted.has(l.key)) free.push(l);
    const lines: Line[] = [];
    for (let i = first; i < last; i++) {
      const shown = list[i] as ShownRow<R>;
      const line = before.get(shown.key) ?? free.pop() ?? this.line(columns);
      const fresh = line.key !== shown.key;
      line.key = shown.key;
      const e = line.element;
      e.style.top = `${i * height}px`;
      e.dataset.i = String(i);
      e.setAttribute("aria-rowindex", String(i + 2));
      e.classList.toggle("aim", i === this.aim);
      e.classList.toggle("chosen", shown.key === this.chosen);
      if (this.o.children) {
        e.setAttribute("aria-level", String(shown.depth + 1));
        if (shown.open === undefined) e.removeAttribute("aria-expanded");
        else e.setAttribute("aria-expanded", String(shown.open));
      }
      columns.forEach((c, k) => {
        const cell = line.cells[k] as HTMLDivElement;
        if (c.draw) {
          if (fresh) cell.replaceChildren();
          c.draw(cell, shown.row);
          return;
        }
        const look = c.look?.(shown.row);
        const text = look === "bad" ? "– –" : look === "waiting" ? "" : c.text(shown.row);
        const marked = look === "uncertain" ? `${text} ?` : look === "override" ? `${text} ☝` : text;
        const label = look && look !== "good" ? lookText(look, lang) : "";
        if (this.o.children && k === 0) this.fold(cell, shown, marked);
        else if (cell.textContent !== marked) cell.textContent = marked;
        const name = `${c.align === "end" ? "end " : ""}${c.live && look === "good" ? "live" : (look ?? "")}`;
        if (cell.className !== name) cell.className = name;
        const title = label || (marked.length > 12 ? marked : "");
        if (cell.title !== title) cell.title = title;
      });
      lines.push(line);
    }
    for (const l of free) l.element.remove();
    this.lines = lines;
  }

  private line(columns: readonly GridColumn<R>[]): Line {
    const cells = columns.map((c) => {
      const cell = make("div", c.align === "end" ? "end" : "");
      cell.style.width = `${this.model.width(c.id)}px`;
      cell.setAttribute("role", "gridcell");
      return cell;
    });
    const element = make("div", `ls-grid-row${this.o.choose ? " acts" : ""}`, ...cells);
    element.setAttribute("role", "row");
    this.body.append(element);
    return { element, cells, key: "" };
  }

  /** The first cell of a tree: indented, with what opens it. */
  private fold(cell: HTMLElement, shown: ShownRow<R>, text: string): void {
    let button = cell.querySelector("button");
    if (!button) {
      button = press("ls-grid-fold", "", () => {});
      button.tabIndex = -1;
      cell.replaceChildren(button, make("span"));
    }
    button.classList.toggle("none", shown.open === undefined);
    button.textContent = shown.open ? "▾" : "▸";
    button.setAttribute("aria-label", this.word("fold"));
    cell.style.paddingInlineStart = `${4 + shown.depth * 20}px`;
    const span = cell.lastElementChild as HTMLElement;
    if (span.textContent !== text) span.textContent = text;
  }

  private click(e: MouseEvent): void {
    const target = e.target as HTMLElement;
    const i = Number(target.closest<HTMLElement>(".ls-grid-row")?.dataset.i ?? "-1");
    const shown = this.list[i];
    if (!shown || target.closest("input, select")) return;
    this.aim = i;
    if (target.closest(".ls-grid-fold") || (shown.open !== undefined && !this.o.choose)) this.open(shown, !shown.open);
    else this.take(shown);
    this.request();
  }

  private take(shown: ShownRow<R>): void {
    if (!this.o.choose) return;
    this.chosen = shown.key;
    this.o.choose(shown.row);
  }

  private open(shown: ShownRow<R>, open: boolean): void {
    if (shown.open === undefined || shown.open === open) return;
    this.model.toggle(shown.key, open);
    this.reorder();
  }

  private key(e: KeyboardEvent): void {
    if (e.ctrlKey || e.metaKey || e.altKey || (e.target as HTMLElement).closest("input, select, .ls-grid-head")) return;
    const page = Math.max(1, Math.floor(this.scroll.clientHeight / this.height) - 2);
    const by = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page, Home: -1e9, End: 1e9 }[e.key];
    const shown = this.list[this.aim];
    if (by !== undefined) {
      this.aim = Math.max(0, Math.min(this.list.length - 1, this.aim + by));
      const top = this.aim * this.height;
      const room = this.scroll.clientHeight - 36;
      if (top < this.scroll.scrollTop) this.scroll.scrollTop = top;
      else if (top + this.height > this.scroll.scrollTop + room) this.scroll.scrollTop = top + this.height - room;
    } else if (!shown) return;
    else if (e.key === "ArrowRight") this.open(shown, true);
    else if (e.key === "ArrowLeft") this.open(shown, false);
    else if (e.key === "Enter" || e.key === " ") {
      if (shown.open !== undefined && (!this.o.choose || e.key === " ")) this.open(shown, !shown.open);
      else this.take(shown);
    } else return;
    e.preventDefault();
    e.stopPropagation();
    this.request();
  }
}
