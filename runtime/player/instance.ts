import type { LiveValue, Manifest, Meta, Text, Widget } from "@lineside/client";
import {
  type Bounds,
  compose,
  invert,
  type Layer,
  mapPoint,
  sameTurn,
  type Transform,
  type Turn,
} from "@lineside/scene";
import {
  type At,
  type Drawn,
  type Env,
  isElement,
  isInput,
  type Local,
  type Mounted,
  type Pane,
  type Settings,
  type Values,
} from "@lineside/widgets";
import { animate, isPart, isSource, wholes } from "./animate";
import { Display, metaShown, toShown } from "./display";
import { envOf, type InstanceHost, isBinding } from "./env";
import { keyEvents } from "./gestures";
import { resolveTexts, textIn } from "./language";
import { faultOf, isInner, ownLive, ownSettings, viewOf } from "./own";
import { planOf } from "./plan";
import { say } from "./texts";
import { cssMatrix, turnOfWidget } from "./turning";

export type { InstanceHost } from "./env";

/** BadWaitingForInitialData: what a bound property is before its first value. */
const waiting: LiveValue = Object.freeze({ v: null, q: 0x80320000, t: 0 });

/** By how many degrees something is turned clockwise. */
const angleOf = (turn: Turn | undefined): number =>
  turn?.matrix ? (Math.atan2(turn.matrix[1], turn.matrix[0]) * 180) / Math.PI : 0;

/** Equal as documents: what comes again from the server is no change. */
const same = (a: unknown[], b: unknown[]): boolean =>
  a.every((v, i) => v === b[i] || JSON.stringify(v) === JSON.stringify(b[i]));

/** One widget on a screen. What its view throws stays with it: it becomes an error tile. */
export class Instance {
  private layer: Layer | undefined;
  private drawn: Drawn | undefined;
  private mounted: Mounted | undefined;
  private node: HTMLElement | undefined;
  private fault: string | undefined;
  /** The fault is one of its script, which goes by itself. */
  private scripted = false;
  private clipNow: Bounds | undefined;
  private settings: Settings = {};
  /** In which unit it is shown. */
  private display: Display | undefined;
  private readonly memory = new Map<string, unknown>();
  /** Live values of bound properties that the view does not take by itself, as built. */
  private builtWith = "";
  private live: readonly string[] = ["value"];
  /** What its animations do to it as a whole. */
  private whole: Transform | undefined;
  /** How it is drawn by itself, and with all that is around it. */
  private ownTurn: Turn | undefined;
  private turn: Turn | undefined;

  constructor(
    private readonly host: InstanceHost,
    public widget: Widget,
    private x: number,
    private y: number,
    private readonly manifest: Manifest | undefined,
  ) {
    this.build();
  }

  /** Is it DOM above the canvas? */
  get element(): boolean {
    return this.mounted !== undefined;
  }

  /** Can it be acted on now? */
  get active(): boolean {
    return (
      this.drawn?.act !== undefined &&
      this.host.mode === "run" &&
      (this.host.connected || this.drawn.own === true) &&
      this.turn?.visible !== false &&
      this.asked(() => this.drawn?.active?.() ?? true, false)
    );
  }

  /** Can it be acted on at a place of the screen? */
  activeAt(x: number, y: number): boolean {
    return this.active && this.asked(() => this.drawn?.takes?.(this.inside(x, y)) ?? true, false);
  }

  /** Acts; with a place of the screen when it was pointed at. */
  act(x?: number, y?: number): void {
    if (!this.active) return;
    const at = x === undefined || y === undefined ? undefined : this.inside(x, y);
    this.guard(() => this.drawn?.act?.(at));
  }

  /** Do actions of the app wait for an event of it? */
  takes(event: string): boolean {
    return (
      this.host.mode === "run" &&
      this.host.connected &&
      // What was pressed must be let go, whatever has become of it.
      (event === "up" || (this.turn?.visible !== false && this.settings.enabled !== false)) &&
      (this.widget.on?.[event]?.length ?? 0) > 0
    );
  }

  /** Tells an event to the app. */
  tell(event: string): void {
    if (this.takes(event)) void this.host.emit(this.widget.id, event, undefined);
  }

  /** Does its view tell clicks by itself? */
  get tellsClick(): boolean {
    return this.drawn?.act !== undefined && (this.manifest?.events?.some((e) => e.name === "click") ?? false);
  }

  /** Does it answer to a touch as a whole, now or at another time? */
  get operable(): boolean {
    return this.drawn?.act !== undefined && this.drawn.takes === undefined && this.turn?.visible !== false;
  }

  /** Is it moved by dragging? */
  get draggable(): boolean {
    return this.drawn?.drag !== undefined;
  }

  /** The pointer that went down on it is at a place of the screen. */
  drag(x: number, y: number): void {
    this.guard(() => this.drawn?.drag?.(this.inside(x, y)));
  }

  /** What the pointer looks like where it acts. */
  get cursor(): string {
    return this.drawn?.cursor ?? "pointer";
  }

  /** What a press at a place of the screen would change of how it is seen. */
  peek(x: number, y: number): Local | undefined {
    return this.asked(() => this.drawn?.peek?.(this.inside(x, y)), undefined);
  }

  private inside(x: number, y: number): At {
    const back = this.turn?.matrix && invert(this.turn.matrix);
    const p = back ? mapPoint(back, x, y) : { x, y };
    return { x: p.x - this.x, y: p.y - this.y };
  }

  /** The panes of a widget that holds others; undefined when what it holds simply lies on it. */
  get panes(): Pane[] | undefined {
    const view = viewOf(this.widget.type, this.manifest);
    if (!view || isElement(view) || !view.panes || this.fault !== undefined) return undefined;
    const box = { width: this.widget.w, height: this.widget.h };
    return this.asked(() => view.panes?.(box, this.settings, this.host.local(this.widget.id)), undefined);
  }

  /** What of the screen it is seen within; undefined is all. */
  set clip(b: Bounds | undefined) {
    this.clipNow = b;
    this.cut();
  }

  /** Gives the clip to what is drawn. */
  private cut(): void {
    const b = this.clipNow;
    if (this.layer) this.layer.clip = b;
    if (!this.node) return;
    const { w, h } = this.widget;
    const px = (n: number) => `${Math.max(0, n)}px`;
    this.node.style.clipPath = b
      ? `inset(${px(b.y0 - this.y)} ${px(this.x + w - b.x1)} ${px(this.y + h - b.y1)} ${px(b.x0 - this.x)})`
      : "";
  }

  press(down: boolean, kept = true): void {
    this.guard(() => this.drawn?.press?.(down, kept));
  }

  /** What the eye is told when the pointer rests on it. */
  get tags(): { title: string; prop: string; live: LiveValue; meta: Meta | undefined }[] {
    const values = this.all(this.host.values(this.widget.id));
    const meta = this.host.meta(this.widget.id);
    return Object.keys(values).flatMap((prop) => {
      if (isInner(prop)) return [];
      const what = isSource(prop) ? this.widget.animate?.[Number(prop.slice(prop.indexOf("/") + 1))]?.what : prop;
      const named = meta[prop]?.title || meta[prop]?.path;
      // The expression behind an animation of the whole is nothing that an operator knows by name.
      if (what === undefined || (!named && what !== prop && wholes.includes(what))) return [];
      const shown = this.shownAt(prop, values[prop] as LiveValue, meta[prop]);
      return { prop, ...shown, title: named || this.fieldTitle(what) };
    });
  }

  /** A live value and its tag as this person sees them. */
  private shownAt(prop: string, live: LiveValue, meta: Meta | undefined): { live: LiveValue; meta: Meta | undefined } {
    const shown = this.display?.values({ [prop]: live })[prop];
    if (shown && shown !== live) return { live: shown, meta: this.display?.metaOf(prop) };
    const unit = meta?.unit ? this.host.units?.[meta.unit] : undefined;
    if (!meta || !unit) return { live, meta };
    const v = typeof live.v === "number" ? toShown(live.v, unit) : live.v;
    return { live: { ...live, v }, meta: metaShown(meta, unit) };
  }

  /** The ids of the drawings that it shows. */
  get drawings(): string[] {
    const props = this.widget.props ?? {};
    if (this.manifest?.drawing) return [this.manifest.drawing];
    return (this.manifest?.settings ?? []).flatMap((f) => (f.kind === "drawing" ? [String(props[f.name])] : []));
  }

  /** How the widget is drawn by itself, for what is in it. */
  get own(): Turn | undefined {
    return this.ownTurn;
  }

  /** How it is drawn with all that is around it. */
  get seen(): Turn | undefined {
    return this.turn;
  }

  private fieldTitle(prop: string): string {
    return this.t(this.manifest?.settings.find((f) => f.name === prop)?.title) || prop;
  }

  /** Takes a changed widget or place. */
  change(widget: Widget, x: number, y: number): void {
    const before = this.widget;
    this.widget = widget;
    const moved =
      x !== this.x ||
      y !== this.y ||
      (before.rotate ?? 0) !== (widget.rotate ?? 0) ||
      (before.flip ?? "") !== (widget.flip ?? "") ||
      (before.parent ?? "") !== (widget.parent ?? "");
    this.x = x;
    this.y = y;
    if (
      before !== widget &&
      !same(
        [before.props, before.on, before.name, before.animate],
        [widget.props, widget.on, widget.name, widget.animate],
      )
    ) {
      this.rebuild();
      return;
    }
    if (before.w !== widget.w || before.h !== widget.h) {
      if (this.mounted) {
        this.place();
        this.rescale();
      } else this.rebuild();
      return;
    }
    if (moved) this.place();
  }

  /** New values. */
  deliver(values: Values): void {
    const wrong = this.wrong(values);
    if (wrong ? `${wrong.text} (${wrong.code})` !== this.fault : this.scripted) {
      this.rebuild();
      return;
    }
    if (this.fault !== undefined) return;
    const all = this.all(this.animated(values));
    if (this.foreign(all) !== this.builtWith) {
      this.rebuild();
      return;
    }
    this.guard(() => (this.mounted ?? this.drawn)?.update(this.display?.values(all) ?? all));
    if (this.fault !== undefined) return;
    if (this.widget.animate) this.pose();
    this.describe();
  }

  /** Why the script of a widget of the app's own does not work. */
  private wrong(values: Values): { code: string; text: string } | undefined {
    return this.manifest?.drawing ? faultOf(values, this.host.lang) : undefined;
  }

  /** Device pixels per drawing pixel have changed. */
  rescale(): void {
    this.guard(() => this.mounted?.resize({ width: this.widget.w, height: this.widget.h }, this.host.ratio));
  }

  /** The connection has gone. */
  lost(): void {
    this.guard(() => this.mounted?.lost?.());
  }

  rebuild(): void {
    this.clear();
    this.build();
    this.host.ordered();
  }

  destroy(): void {
    this.clear();
    for (const kept of this.memory.values())
      if (typeof kept === "object" && kept && "destroy" in kept && typeof kept.destroy === "function") kept.destroy();
    this.memory.clear();
    this.host.mirror.remove(this.widget.id);
  }

  private clear(): void {
    try {
      this.mounted?.destroy();
      this.drawn?.destroy?.();
    } catch (e) {
      console.error(`widget ${this.widget.id}:`, e);
    }
    this.mounted = undefined;
    this.drawn = undefined;
    this.node?.remove();
    this.node = undefined;
    if (this.layer) this.host.scene.remove(this.layer);
    this.layer = undefined;
    this.fault = undefined;
    this.scripted = false;
  }

  private build(): void {
    const view = viewOf(this.widget.type, this.manifest);
    if (!view) {
      this.fail("widget_unknown", say("unknownWidget", this.host.lang, this.widget.type));
      return;
    }
    const { version } = this.widget;
    if (version && this.manifest && version < this.manifest.version) {
      const { type } = this.widget;
      this.fail("widget_migration", say("widgetOld", this.host.lang, type, version, this.manifest.version));
      return;
    }
    const wrong = this.wrong(this.host.values(this.widget.id));
    if (wrong) {
      this.fail(wrong.code, wrong.text);
      this.scripted = true;
      return;
    }
    this.live = this.manifest?.drawing ? ownLive(this.manifest) : (view.live ?? [this.manifest?.drop ?? "value"]);
    const all = this.all(this.animated(this.host.values(this.widget.id)));
    this.builtWith = this.foreign(all);
    const meta = this.host.meta(this.widget.id);
    this.display = Display.of(this.manifest, this.widget.props, meta, this.host.units ?? {});
    const values = this.display?.values(all) ?? all;
    const settings = this.resolve(values);
    this.settings = this.display?.settings(settings, values) ?? settings;
    const box = { width: this.widget.w, height: this.widget.h };
    this.guard(() => {
      // Elements have a layer too: that is how they are hit.
      this.layer = this.host.scene.layer(this.widget.id, { x: this.x, y: this.y, ...box }, this.solid);
      if (this.clipNow) this.layer.clip = this.clipNow;
      if (isElement(view)) {
        this.node = document.createElement("div");
        this.host.elements.append(this.node);
        this.place();
        this.mounted = view.mount(this.node, this.settings, this.env);
        this.mounted.resize(box, this.host.ratio);
        this.mounted.update(values);
      } else {
        const d = view.build(this.layer, box, this.settings, this.env);
        this.drawn = typeof d === "function" ? { update: d } : d;
        this.drawn.update(values);
        this.layer.refit();
        this.pose();
      }
    });
    this.describe();
  }

  private place(): void {
    const box = { x: this.x, y: this.y, width: this.widget.w, height: this.widget.h };
    if (this.layer) this.layer.box = box;
    if (this.node)
      Object.assign(this.node.style, {
        left: `${box.x}px`,
        top: `${box.y}px`,
        width: `${box.width}px`,
        height: `${box.height}px`,
      });
    if (this.clipNow) this.cut();
    this.pose();
  }

  /** Draws it as document, animations and the groups around it say. */
  pose(): void {
    const box = { x: this.x, y: this.y, width: this.widget.w, height: this.widget.h };
    const own = turnOfWidget(this.widget, box, this.whole, this.host.mode);
    const turn = compose(this.host.around(this.widget), own);
    if (this.layer) this.layer.turn = turn;
    this.guard(() => this.drawn?.turned?.(angleOf(turn)));
    const seen = this.turn?.visible !== false;
    this.turn = turn;
    if (this.node) {
      const style = this.node.style;
      style.transformOrigin = "0 0";
      style.transform = turn ? cssMatrix(turn, box) : "";
      style.opacity = turn && turn.opacity !== 1 ? String(turn.opacity) : "";
      style.display = turn?.visible === false ? "none" : "";
      this.node.classList.toggle("ls-blink", turn?.blink === true);
    }
    if (seen !== (turn?.visible !== false)) this.describe();
    if (sameTurn(own, this.ownTurn)) return;
    this.ownTurn = own;
    if (this.manifest?.group) this.host.turned(this.widget.id);
  }

  /** Takes what animations do to the whole, and gives what the view is to show. */
  private animated(values: Values): Values {
    if (!this.widget.animate?.length) {
      this.whole = undefined;
      return values;
    }
    const a = animate(this.widget, values);
    this.whole = a.whole;
    return a.values;
  }

  /** The present values of all bound properties; those without one yet are waiting. */
  private all(values: Values): Values {
    let out: Values | undefined;
    const props = this.widget.props;
    for (const name in props)
      if (isBinding(props[name]) && !values[name]) {
        out ??= { ...values };
        out[name] = waiting;
      }
    // What the server says is bound has its props removed from the document.
    for (const name in this.host.meta(this.widget.id))
      if (!values[name] && !out?.[name] && !isSource(name)) {
        out ??= { ...values };
        out[name] = waiting;
      }
    return out ?? values;
  }

  /** Does the view take the live values of a property by itself? */
  private takesLive(name: string): boolean {
    return this.live.includes(name) || (isInput(name) && this.live.includes("inputs"));
  }

  /** A key of the live values that go into settings. */
  private foreign(values: Values): string {
    let key = "";
    for (const name in values)
      if (!this.takesLive(name) && !isPart(name)) key += `${name}=${JSON.stringify((values[name] as LiveValue).v)};`;
    return key;
  }

  /** Defaults, then what comes from the bound tag, then constants, then live values the view does not take itself. */
  private resolve(values: Values): Settings {
    if (this.manifest?.drawing) return ownSettings(this.manifest, this.host.drawings);
    const plan = planOf(this.manifest);
    const out: Settings = { ...plan.defaults };
    const meta = this.host.meta(this.widget.id);
    const from = meta[this.manifest?.drop ?? "value"] as Record<string, unknown> | undefined;
    if (from)
      for (const f of plan.given) {
        const given = from[f.from as string];
        if (given !== undefined && given !== "") out[f.name] = given;
      }
    for (const [name, v] of Object.entries(this.widget.props ?? {}))
      if (!isBinding(v) && v !== null) out[name] = resolveTexts(v, this.host.texts ?? {}, this.language);
    // The id of a drawing becomes the drawing.
    for (const f of plan.drawings) out[f.name] = this.host.drawings?.[String(out[f.name])];
    for (const name in values) {
      if (isPart(name)) continue;
      if (this.takesLive(name)) delete out[name];
      else out[name] = (values[name] as LiveValue).v ?? undefined;
    }
    return out;
  }

  private t(text: Text | undefined): string {
    return textIn(text, this.language);
  }

  private get language(): string {
    return this.host.language ?? this.host.lang;
  }

  private get env(): Env {
    return envOf(this.host, this.widget, {
      memory: this.memory,
      title: this.t(this.manifest?.title),
      t: (text) => this.t(text),
      display: () => this.display,
      view: () => this.mounted ?? this.drawn,
      describe: () => this.describe(),
    });
  }

  /** Is its whole box hit? Groups are where their widgets are, lines where they are drawn. */
  private get solid(): boolean {
    return this.manifest?.group !== true && (this.manifest?.draw ?? "box") === "box";
  }

  private describe(): void {
    if (this.fault !== undefined || this.host.mode === "design") return;
    let said: ReturnType<NonNullable<Drawn["describe"]>> | undefined;
    this.guard(() => {
      said = (this.mounted ?? this.drawn)?.describe?.();
    });
    const { active } = this;
    if (this.fault !== undefined) return;
    const hidden = this.turn?.visible === false;
    const events = this.drawn?.act ? [] : keyEvents((e) => (this.widget.on?.[e]?.length ?? 0) > 0);
    const told = events.length > 0 && !hidden;
    if (!said && this.manifest?.group && !told) return;
    // Decoration is not read aloud.
    if (said?.role === "none" && !told) {
      this.host.mirror.remove(this.widget.id);
      return;
    }
    const title = this.widget.name || this.t(this.manifest?.title);
    const entry = said ? { ...said, label: said.label || title } : { role: "img", label: title };
    // What is only seen becomes a button by its actions.
    if (told && (entry.role === "img" || entry.role === "none")) entry.role = "button";
    const acts = this.drawn?.act !== undefined && !hidden;
    const inside = entry.items !== undefined || entry.focus !== undefined;
    const tell = () => {
      for (const e of events) this.tell(e);
    };
    this.host.mirror.set(this.widget.id, {
      ...entry,
      state: {
        ...entry.state,
        ...(acts && !active && !this.drawn?.own ? { disabled: "true" } : {}),
        ...(hidden ? { hidden: "true" } : {}),
      },
      act: inside ? undefined : acts ? () => this.act() : told ? tell : undefined,
      key: this.drawn?.key && ((key) => this.key(key)),
    });
  }

  /** What the view answers, or something else when it throws. */
  private asked<T>(fn: () => T, otherwise: T): T {
    let out = otherwise;
    this.guard(() => {
      out = fn();
    });
    return out;
  }

  /** Takes a key; what it has changed is said. */
  private key(key: string): boolean {
    const taken = this.asked(() => this.drawn?.key?.(key) ?? false, false);
    if (taken) this.describe();
    return taken;
  }

  private guard(fn: () => void): void {
    try {
      fn();
    } catch (e) {
      console.error(`widget ${this.widget.id}:`, e);
      this.clear();
      this.fail(
        "widget_threw",
        say(
          "widgetThrew",
          this.host.lang,
          `${this.widget.type} ${this.widget.id}: ${e instanceof Error ? e.message : String(e)}`,
        ),
      );
    }
  }

  /** Becomes a tile whose text can be selected and copied. */
  private fail(code: string, sentence: string): void {
    const text = `${sentence} (${code})`;
    this.fault = text;
    this.layer = this.host.scene.layer(
      this.widget.id,
      { x: this.x, y: this.y, width: this.widget.w, height: this.widget.h },
      true,
    );
    this.node = document.createElement("div");
    this.node.className = "ls-fault";
    this.node.textContent = text;
    this.host.elements.append(this.node);
    this.place();
    this.host.mirror.set(this.widget.id, { role: "img", label: text });
  }
}
