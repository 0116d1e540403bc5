import {
  type Action,
  type Drawing,
  type Effect,
  type Live,
  LiveError,
  type LiveValue,
  type Manifest,
  type Meta,
  type Screen,
  type UnitPreference,
  type View,
  type Widget,
  type WriteResult,
} from "@lineside/client";
import type { Theme } from "@lineside/scene";
import { type AlarmSource, type BoundMeta, type Lang, manifests, type Navigation } from "@lineside/widgets";
import { confirm, enterNumber } from "./dialogs";
import type { Params } from "./effects";
import { Nest } from "./embed";
import type { Notes } from "./notes";
import { type Plan, planOf } from "./policy";
import type { ScreenMeta, ScreenValues } from "./screen-options";
import { ScreenView } from "./screen-view";
import { WritableTags } from "./tagsource";
import { say } from "./texts";

/** What every open screen of a player shares. */
export interface Around {
  readonly live: Live;
  readonly installation: string;
  readonly draft: boolean;
  readonly theme: Theme;
  /** The language of the player, and that of the app's texts. */
  readonly lang: Lang;
  readonly language: string;
  /** In which units this person wants to see values. */
  readonly units?: UnitPreference;
  readonly notes: Notes;
  readonly alarmSource?: AlarmSource;
  readonly navigation?: Navigation;
  /** Where questions are asked. */
  readonly element: HTMLElement;
  /** It is only looked at: nothing acts, and nothing is done when a screen opens. */
  readonly inert?: boolean;
  /** How a screen within another is fitted; "" leaves it to the screen. */
  readonly fit?: string;
  effects(from: OpenScreen, effects: readonly Effect[], chain: number): void;
}

interface Calls {
  /** Opened for the first time or again; updated says that a new revision is shown in place of an older one. */
  opened?(view: View, screen: Screen, updated: boolean): void;
  refused?(e: LiveError): void;
}

/** One open screen: its live view, its drawing, and everything from the touch of a widget to the outcome. */
export class OpenScreen {
  /** What it was opened with. */
  params: Params = {};
  private view: View | undefined;
  private screenView: ScreenView | undefined;
  private screen: Screen | undefined;
  private slots = new Map<number, { widget: string; prop: string }[]>();
  private meta: ScreenMeta = {};
  private revision = -1;
  private opened = "";
  private chain = 0;
  private catalogue: Readonly<Record<string, Manifest>> = manifests;
  private readonly off: () => void;
  /** Events of one widget that must arrive in their order: let go after pressed. */
  private readonly order = new Map<string, Promise<unknown>>();
  /** The screens that lie in this one. */
  readonly nest: Nest;

  constructor(
    private readonly host: HTMLElement,
    readonly around: Around,
    private readonly calls: Calls = {},
    /** The screens beside it, when it lies within another. */
    readonly within?: Nest,
  ) {
    this.nest = new Nest(around, this, within);
    this.off = around.live.on("writes", () => this.ramps());
  }

  /** Opens a screen in place of the present one. chain: see carryOut. */
  show(screen: string, params: Params, chain = 0, offers?: Params): void {
    this.leave();
    this.revision = -1;
    this.params = params;
    this.chain = chain;
    const { live, installation, draft, language, units } = this.around;
    const view = live.open({ installation, screen, params, draft, language, units, offers });
    this.view = view;
    let first = true;
    view.on("open", () => {
      if (view !== this.view || !view.screen) return;
      // What was seen of another machine on the same screen is not of this one.
      if (first) this.screenView?.forget();
      this.open(view, view.screen);
      if (!this.around.inert) void this.load(view, !first);
      first = false;
    });
    view.on("values", (v) => view === this.view && this.values(v));
    view.on("error", (e) => view === this.view && this.calls.refused?.(e));
  }

  /** The screen as drawn, once it was opened. */
  get drawing(): ScreenView | undefined {
    return this.screenView;
  }

  /** The screen that was asked for. */
  get asked(): string {
    return String(this.view?.ask.screen ?? "");
  }

  /** What was offered and stands in for a parameter of its app. */
  get took(): readonly string[] {
    return this.view?.took ?? [];
  }

  /** The screen that is shown, as soon as that is known. */
  get shown(): string {
    return this.screen?.id ?? this.asked;
  }

  set theme(theme: Theme) {
    if (this.screenView) this.screenView.theme = theme;
    this.nest.each((s) => {
      s.theme = theme;
    });
  }

  set language(language: string) {
    if (this.screenView) this.screenView.lang = language;
    this.nest.each((s) => {
      s.language = language;
    });
    const { view } = this;
    view?.speak(language, this.around.units).then(
      () => {
        if (view !== this.view) return;
        this.bind(view);
        if (this.screenView) this.screenView.units = view.units;
        this.screenView?.setMeta(this.meta);
      },
      () => {}, // without a connection it is said when there is one again
    );
  }

  set connected(on: boolean) {
    if (this.screenView) this.screenView.connected = on;
    this.nest.each((s) => {
      s.connected = on;
    });
  }

  /** Does what the screen does at a key; false when that is nothing. */
  key(chord: string): boolean {
    const name = `key:${chord}`;
    if (!this.screen?.on?.[name]?.length) return false;
    void this.emit("", name, undefined, undefined);
    return true;
  }

  /** Tells the server that the screen is left, and closes it there. */
  leave(): void {
    this.screenView?.letGo();
    const view = this.view;
    this.view = undefined;
    if (!view) return;
    if (this.screen?.on?.unload?.length && view.number && !this.around.inert)
      view.event("", "unload").then(
        // The screen has gone: what concerns it has nowhere to be.
        (r) =>
          this.around.effects(
            this,
            r.effects.filter((e) => e.do === "notice"),
            0,
          ),
        () => {},
      );
    // What was pressed is let go on the server before its view ends there.
    const pending = [...this.order.values()];
    if (pending.length === 0) view.close();
    else void Promise.allSettled(pending).then(() => view.close());
  }

  destroy(): void {
    this.off();
    this.leave();
    this.screenView?.destroy();
  }

  private async load(view: View, again: boolean): Promise<void> {
    if (!this.screen?.on?.load?.length) return;
    if (!again) {
      await this.emit("", "load", undefined, undefined, this.chain + 1);
      return;
    }
    try {
      await view.event("", "load", true);
    } catch {
      // The connection has gone again; the next opening does it.
    }
  }

  private open(view: View, source: Screen): void {
    const { fit } = this.around;
    const screen: Screen = fit ? { ...source, fit: fit as Screen["fit"] } : source;
    this.screen = screen;
    this.bind(view);
    const texts = view.app?.texts ?? {};
    const drawings = (view.app?.drawings ?? {}) as Record<string, Drawing>;
    const catalogue = { ...manifests, ...(view.app?.manifests as Record<string, Manifest> | undefined) };
    this.catalogue = catalogue;
    if (this.screenView) {
      this.screenView.catalogue = catalogue;
      this.screenView.texts = texts;
      this.screenView.drawings = drawings;
      this.screenView.units = view.units;
      this.screenView.setScreen(screen, this.meta);
    } else
      this.screenView = new ScreenView(this.host, {
        document: screen,
        catalogue,
        meta: this.meta,
        theme: this.around.theme,
        lang: this.around.language,
        texts,
        drawings,
        units: view.units,
        mode: "run",
        alarms: this.around.alarmSource,
        tags: new WritableTags(this.around),
        navigation: this.around.navigation,
        screens: this.nest,
        nested: this.within !== undefined,
        remember: this.within ? undefined : this.around.installation,
        emit: this.around.inert ? undefined : (widget, name, data, sent) => this.queue(widget, name, data, sent),
        enter: (e) => enterNumber(this.around.element, this.around.lang, e),
      });
    const updated =
      this.opened === screen.id && this.revision >= 0 && view.revision !== this.revision && view.revision > 0;
    this.opened = screen.id;
    this.revision = view.revision;
    this.calls.opened?.(view, screen, updated);
  }

  /** Takes up what feeds which property, and what the tags say of themselves. */
  private bind(view: View): void {
    this.slots = new Map();
    this.meta = {};
    const { ramps = [] } = this.around.live.writes;
    for (const b of view.bindings) {
      const list = this.slots.get(b.slot);
      if (list) list.push({ widget: b.widget, prop: b.prop });
      else this.slots.set(b.slot, [{ widget: b.widget, prop: b.prop }]);
      const mine: Record<string, BoundMeta> = this.meta[b.widget] ?? {};
      const ramp = b.meta?.path ? ramps.find((r) => r.tag === b.meta?.path) : undefined;
      mine[b.prop] = ramp ? { ...b.meta, ramp } : (b.meta ?? {});
      this.meta[b.widget] = mine;
    }
  }

  /** Ramps have begun or ended: what shows the tag says so. */
  private ramps(): void {
    const { view } = this;
    if (!view?.number || !this.screenView) return;
    const before = JSON.stringify(this.meta);
    this.bind(view);
    if (JSON.stringify(this.meta) !== before) this.screenView.setMeta(this.meta);
  }

  private values(changed: Map<number, LiveValue>): void {
    const out: ScreenValues = {};
    for (const [slot, v] of changed)
      for (const t of this.slots.get(slot) ?? []) {
        const mine = out[t.widget];
        if (mine) mine[t.prop] = v;
        else out[t.widget] = { [t.prop]: v };
      }
    this.screenView?.setValues(out);
  }

  /** Letting go is told after pressing has been done, however long that takes. */
  private queue(id: string, name: string, data: unknown, sent: (() => void) | undefined) {
    if (name !== "down" && name !== "up") return this.emit(id, name, data, sent);
    const { view, screen } = this;
    const next = (this.order.get(id) ?? Promise.resolve()).then(() => this.emit(id, name, data, sent, 1, view, screen));
    this.order.set(id, next);
    void next.finally(() => this.order.get(id) === next && this.order.delete(id));
    return next;
  }

  /** Everything from the touch to the outcome. id "" is the screen itself. */
  private async emit(
    id: string,
    name: string,
    data: unknown,
    sent: (() => void) | undefined,
    chain = 1,
    view = this.view,
    screen = this.screen,
  ): Promise<WriteResult | undefined> {
    const { lang } = this.around;
    const widget = screen?.widgets.find((w) => w.id === id);
    if (!view || (id !== "" && !widget)) return undefined;
    let plan = this.plan(widget, name, data);
    let runs: number[] | undefined;
    // Nobody is asked about what its condition leaves out.
    if (plan.confirm !== "none" && this.conditional(widget, name)) {
      runs = await view.would(id, name, data).catch(() => undefined);
      plan = this.plan(widget, name, data, runs);
    }
    let reason = "";
    if (plan.confirm !== "none") {
      const answer = await this.ask(plan, plan.confirm === "reason");
      if (answer === undefined) return undefined;
      reason = answer;
    }
    try {
      sent?.();
      let r = await view.event(id, name, data, reason || undefined, runs);
      // The policy of a tag that is not on this screen is known to the server only.
      if (r.result?.code === "reason_missing") {
        const answer = await this.ask(plan, true);
        if (answer === undefined) return undefined;
        r = await view.event(id, name, data, answer, runs);
      }
      if (r.result) this.outcome(r.result, plan);
      this.around.effects(this, r.effects, chain);
      return r.result;
    } catch (e) {
      const message = e instanceof Error ? e.message : String(e);
      const code = e instanceof LiveError ? e.code : "";
      const result: WriteResult = {
        outcome: "failed",
        code,
        message: code === "not_connected" ? say("notConnected", lang) : message,
        ...(e instanceof LiveError && e.hint ? { hint: e.hint } : {}),
      };
      this.outcome(result, plan);
      return result;
    }
  }

  private conditional(widget: Widget | undefined, name: string): boolean {
    const on = (widget ? widget.on : this.screen?.on) ?? {};
    return [...(on[name] ?? []), ...(name === "set" ? (on.change ?? []) : [])].some((a) => a.if);
  }

  private plan(widget: Widget | undefined, name: string, data: unknown, runs?: readonly number[]): Plan {
    const on: Record<string, Action[]> = (widget ? widget.on : this.screen?.on) ?? {};
    const metaOf = (prop: string) => (widget ? this.meta[widget.id]?.[prop] : undefined);
    const manifest = widget && this.catalogue[widget.type];
    return planOf(
      widget ?? { id: "", type: "", x: 0, y: 0, w: 0, h: 0, on },
      manifest,
      name,
      manifest?.secret ? "••••" : data,
      metaOf,
      (path) => this.metaByPath(path),
      this.around.lang,
      runs,
      this.view?.units,
    );
  }

  private ask(plan: Plan, reason: boolean): Promise<string | undefined> {
    const { element, lang } = this.around;
    return confirm(element, lang, { text: plan.question || say("reason", lang), yes: say(plan.yes, lang), reason });
  }

  private outcome(r: WriteResult, plan: Plan): void {
    const { lang, notes } = this.around;
    if (r.outcome === "running") {
      notes.good(plan.thing && plan.value ? say("running", lang, plan.thing, plan.value) : say("runningBare", lang));
      return;
    }
    if (r.outcome === "good") {
      notes.good(plan.thing && plan.value ? say("done", lang, plan.thing, plan.value) : say("doneBare", lang));
      return;
    }
    const unknown = r.outcome === "unknown";
    const text = plan.thing
      ? say(unknown ? "unknown" : "failed", lang, plan.thing)
      : say(unknown ? "unknownBare" : "failedBare", lang);
    const message = r.code === "connection_lost" ? say("lostMeanwhile", lang) : r.message;
    notes.fault(text, [message, r.hint, r.code ? `(${r.code})` : ""].filter(Boolean).join(" "));
  }

  private metaByPath(path: string): Meta | undefined {
    for (const props of Object.values(this.meta))
      for (const m of Object.values(props)) if (path !== "" && m.path === path) return m;
    return undefined;
  }
}
