// The panel in which the operator chooses pens and saved sets of them.
import type { PenSet, TagState } from "@lineside/client";
import { make, press } from "../alarm";
import type { Lang } from "../view";
import type { AddedPen, Model } from "./model";
import { word } from "./texts";

export class Panel {
  private readonly element = make("section", "ls-trend-panel");
  private readonly found = make("ul", "ls-trend-list");
  private readonly chosen = make("ul", "ls-trend-list");
  private readonly sets = make("ul", "ls-trend-list");
  private readonly search = make("input", "ls-trend-input");
  private readonly note = make("p", "ls-trend-note");
  private readonly off: () => void;
  private asking: AbortController | undefined;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private tags: TagState[] = [];

  constructor(
    root: HTMLElement,
    private readonly model: Model,
    private readonly lang: Lang,
    close: () => void,
  ) {
    const { element, search } = this;
    element.setAttribute("role", "dialog");
    element.setAttribute("aria-label", word("pens", lang));
    element.addEventListener("keydown", (e) => {
      // Keys that are typed here are not for the screen.
      e.stopPropagation();
      if (e.key !== "Escape") return;
      e.preventDefault();
      close();
    });
    search.type = "search";
    search.maxLength = 200;
    search.placeholder = word("search", lang);
    search.setAttribute("aria-label", word("search", lang));
    search.addEventListener("input", () => this.later());
    this.note.setAttribute("role", "status");
    element.append(
      make(
        "div",
        "ls-trend-panel-head",
        make("h3", "", word("pens", lang)),
        press("ls-trend-button", word("close", lang), close),
      ),
      this.chosen,
    );
    if (model.past?.find) element.append(search, this.found, this.note);
    if (model.past?.sets) element.append(make("h3", "", word("sets", lang)), this.sets, this.saver());
    root.append(element);
    this.off = model.watch((what) => what === "all" && this.draw());
    this.draw();
    void this.find();
    void this.readSets();
    search.focus({ preventScroll: true });
  }

  destroy(): void {
    clearTimeout(this.timer);
    this.asking?.abort();
    this.off();
    this.element.remove();
  }

  private later(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.find(), 150);
  }

  private async find(): Promise<void> {
    const find = this.model.past?.find;
    if (!find) return;
    this.asking?.abort();
    const abort = new AbortController();
    this.asking = abort;
    try {
      this.tags = await find(this.search.value.trim(), abort.signal);
    } catch (e) {
      if (abort.signal.aborted) return;
      this.tags = [];
      this.note.textContent = word("failed", this.lang, e instanceof Error ? e.message : String(e));
      return;
    }
    if (!abort.signal.aborted) this.draw();
  }

  private draw(): void {
    const { model, lang } = this;
    const focused = this.element.contains(document.activeElement) && document.activeElement !== this.search;
    this.chosen.replaceChildren(
      ...model.pens.map((pen) => {
        const show = make("input", "");
        show.type = "checkbox";
        show.checked = !pen.hidden;
        show.addEventListener("change", () => model.toggle(pen.key));
        const label = make("label", "ls-trend-choice", show, make("span", "", pen.title, small(pen.path)));
        const row = make("li", "", label);
        if (pen.prop === undefined) {
          const gone = press("ls-trend-button", "✕", () => model.remove(pen.key));
          gone.setAttribute("aria-label", word("remove", lang, pen.title));
          row.append(gone);
        }
        return row;
      }),
    );
    const there = new Set(model.pens.map((p) => p.path));
    const fresh = this.tags.filter((t) => !there.has(t.path));
    this.found.replaceChildren(
      ...fresh.slice(0, 60).map((t) => {
        const title = t.title || (t.path.split("/").pop() ?? t.path);
        const add = press("ls-trend-add", "", () => {
          if (!model.add(addedOf(t))) this.note.textContent = word("full", lang);
        });
        add.setAttribute("aria-label", word("add", lang, `${title} ${t.path}`));
        add.append(make("span", "", title, small(t.path)), t.unit ? make("span", "ls-trend-unit", t.unit) : "");
        return make("li", "", add);
      }),
    );
    // What had the focus was drawn anew.
    if (focused && !this.element.contains(document.activeElement)) this.search.focus({ preventScroll: true });
    this.note.textContent = fresh.length === 0 && this.search.value.trim() !== "" ? word("noneFound", lang) : "";
  }

  private saver(): HTMLElement {
    const { lang, model } = this;
    const name = make("input", "ls-trend-input");
    name.maxLength = 128;
    name.setAttribute("aria-label", word("save", lang));
    name.placeholder = word("save", lang);
    const form = make("form", "ls-trend-saver", name);
    const save = make("button", "ls-trend-button", word("saveIt", lang));
    save.type = "submit";
    form.append(save);
    form.addEventListener("submit", (e) => {
      e.preventDefault();
      const text = name.value.trim();
      const pens = model.pens.flatMap((p) => (p.path ? [{ path: p.path, ...(p.hidden && { hidden: true }) }] : []));
      if (!text || pens.length === 0) return;
      const last = "last" in model.span ? { last: model.span.last } : {};
      // One's own set of the same name is changed.
      const there = this.known.find((s) => s.mine && s.name === text);
      void model.past?.sets
        ?.save({ name: text, pens, ...last, ...(model.shift && { shift: model.shift }) }, there?.id)
        .then(() => {
          name.value = "";
          return this.readSets();
        })
        .catch((error) => this.failed(error));
    });
    return form;
  }

  private known: readonly PenSet[] = [];

  private async readSets(): Promise<void> {
    const sets = this.model.past?.sets;
    if (!sets) return;
    try {
      this.known = await sets.list();
    } catch (e) {
      return this.failed(e);
    }
    const { lang, model } = this;
    this.sets.replaceChildren(
      ...this.known.map((set) => {
        const open = press("ls-trend-add", set.name, () => {
          const titles = new Map(this.tags.map((t) => [t.path, addedOf(t)]));
          model.open(set.pens, titles);
          if (set.last) model.look({ last: set.last });
          model.compare(set.shift ?? "");
        });
        const row = make("li", "", open);
        if (set.mine) {
          const gone = press("ls-trend-button", "✕", () => {
            void sets
              .remove(set.id)
              .then(() => this.readSets())
              .catch((e) => this.failed(e));
          });
          gone.setAttribute("aria-label", word("removeSet", lang, set.name));
          row.append(gone);
        }
        return row;
      }),
    );
    if (this.known.length === 0) this.sets.append(make("li", "ls-trend-note", word("noSets", lang)));
  }

  private failed(e: unknown): void {
    this.note.textContent = word("failed", this.lang, e instanceof Error ? e.message : String(e));
  }
}

const small = (text: string | undefined): HTMLElement => make("small", "", text ?? "");

const addedOf = (t: TagState): AddedPen => ({ path: t.path, title: t.title ?? "", unit: t.unit ?? "", type: t.type });
