import {
  type Drawing,
  type Live,
  LiveError,
  type LiveValue,
  type Meta,
  type Screen,
  type View,
  type ViewApp,
  type WriteResult,
} from "@lineside/client";
import type { Theme } from "@lineside/scene";
import { type Lang, manifests } from "@lineside/widgets";
import { confirm, el, enterNumber } from "./dialogs";
import { productLang } from "./language";
import { Notes } from "./notes";
import { type Plan, planOf } from "./policy";
import { type ScreenMeta, type ScreenValues, ScreenView } from "./screen-view";
import { clock, say } from "./texts";
import "./player.css";

export interface PlayerOptions {
  live: Live;
  installation: string;
  /** "" or left out is the start screen. */
  screen?: string;
  params?: Record<string, unknown>;
  /** The draft instead of the published revision, for those who may design. */
  draft?: boolean;
  theme: Theme;
  lang: Lang;
  /** The language of the app's texts, when it is another. */
  language?: string;
  /** An action wants another screen; the caller calls show. Without it the player shows it by itself. */
  onShow?(screen: string): void;
  /** A screen was opened. */
  onOpen?(app: ViewApp | undefined, screen: Screen, revision: number): void;
}

const drawingsOf = (app: ViewApp | undefined) => (app?.drawings ?? {}) as Record<string, Drawing>;

/** One running screen with everything around a write: questions, pending, outcome; and what to show when there is no connection. */
export class Player {
  readonly element: HTMLElement;
  private readonly live: Live;
  private readonly notes: Notes;
  private readonly banner: HTMLElement;
  private readonly stage: HTMLElement;
  private readonly off: (() => void)[] = [];
  private view: View | undefined;
  private screenView: ScreenView | undefined;
  private screen: Screen | undefined;
  private slots = new Map<number, { widget: string; prop: string }[]>();
  private meta: ScreenMeta = {};
  private revision = -1;
  private opened = "";
  private fault: HTMLElement | undefined;

  constructor(
    host: HTMLElement,
    private readonly options: PlayerOptions,
  ) {
    this.live = options.live;
    this.element = el("div", "ls-player");
    this.stage = el("main", "ls-stage");
    this.banner = el("div", "ls-banner");
    this.banner.setAttribute("role", "status");
    this.element.append(this.stage, this.banner);
    host.append(this.element);
    this.notes = new Notes(this.element, () => this.options.lang);
    this.off.push(this.live.on("status", () => this.status()));
    this.show(options.screen ?? "");
    this.status();
  }

  /** Opens another screen. */
  show(screen: string): void {
    this.view?.close();
    this.revision = -1;
    const view = this.live.open({
      installation: this.options.installation,
      screen,
      params: this.options.params ?? {},
      draft: this.options.draft ?? false,
    });
    this.view = view;
    view.on("open", () => this.open(view));
    view.on("values", (v) => this.values(view, v));
    view.on("error", (e) => this.refused(view, e));
  }

  set theme(theme: Theme) {
    this.options.theme = theme;
    if (this.screenView) this.screenView.theme = theme;
  }

  set lang(language: string) {
    this.options.lang = productLang(language);
    this.options.language = language;
    if (this.screenView) this.screenView.lang = language;
    this.status();
  }

  /** The screen as drawn, once the first was opened. */
  get drawing(): ScreenView | undefined {
    return this.screenView;
  }

  destroy(): void {
    for (const off of this.off) off();
    this.view?.close();
    this.screenView?.destroy();
    this.element.remove();
  }

  private open(view: View): void {
    if (view !== this.view || !view.screen) return;
    this.fault?.remove();
    this.fault = undefined;
    const screen = view.screen;
    this.screen = screen;
    this.slots = new Map();
    this.meta = {};
    for (const b of view.bindings) {
      const list = this.slots.get(b.slot);
      if (list) list.push({ widget: b.widget, prop: b.prop });
      else this.slots.set(b.slot, [{ widget: b.widget, prop: b.prop }]);
      const mine: Record<string, Meta> = this.meta[b.widget] ?? {};
      mine[b.prop] = b.meta ?? {};
      this.meta[b.widget] = mine;
    }
    if (this.screenView) {
      this.screenView.texts = view.app?.texts ?? {};
      this.screenView.drawings = drawingsOf(view.app);
      this.screenView.setScreen(screen, this.meta);
    } else
      this.screenView = new ScreenView(this.stage, {
        document: screen,
        meta: this.meta,
        theme: this.options.theme,
        lang: this.options.language ?? this.options.lang,
        texts: view.app?.texts ?? {},
        drawings: drawingsOf(view.app),
        mode: "run",
        remember: this.options.installation,
        emit: (widget, name, data, sent) => this.emit(widget, name, data, sent),
        enter: (e) => enterNumber(this.element, this.options.lang, e),
      });
    const again =
      this.opened === screen.id && this.revision >= 0 && view.revision !== this.revision && view.revision > 0;
    if (again) this.notes.good(say("updated", this.options.lang, view.revision));
    this.opened = screen.id;
    this.revision = view.revision;
    this.status();
    this.options.onOpen?.(view.app, screen, view.revision);
  }

  private values(view: View, changed: Map<number, LiveValue>): void {
    if (view !== this.view || !this.screenView) return;
    const out: ScreenValues = {};
    for (const [slot, v] of changed) {
      const targets = this.slots.get(slot);
      if (!targets) continue;
      for (const t of targets) {
        const mine = out[t.widget];
        if (mine) mine[t.prop] = v;
        else out[t.widget] = { [t.prop]: v };
      }
    }
    this.screenView.setValues(out);
  }

  private refused(view: View, e: LiveError): void {
    if (view !== this.view) return;
    this.fault?.remove();
    const lang = this.options.lang;
    const again = el("button", "", say("tryAgain", lang));
    again.type = "button";
    again.addEventListener("click", () => this.show(String(view.ask.screen ?? "")));
    const home = el("a", "", say("home", lang));
    home.href = "/";
    this.fault = el(
      "div",
      "ls-refused",
      el("h1", "", say("cannotOpen", lang)),
      el("p", "", e.message),
      el("p", "", e.hint),
      el("p", "ls-code", e.code),
      el("div", "ls-actions", home, again),
    );
    this.fault.setAttribute("role", "alert");
    this.element.append(this.fault);
  }

  private status(): void {
    const lang = this.options.lang;
    const open = this.live.status === "open";
    // The tick before the first connection is not worth a word; a connection that has gone is.
    this.banner.hidden =
      open || (this.live.status === "connecting" && Date.now() - this.live.since < 500 && !this.screenView);
    this.banner.textContent = open
      ? ""
      : this.live.status === "lost"
        ? say("lostSince", lang, clock(this.live.since))
        : say("connecting", lang);
    if (this.screenView) this.screenView.connected = open;
  }

  /** Everything from the touch to the outcome. */
  private async emit(
    id: string,
    name: string,
    data: unknown,
    sent: (() => void) | undefined,
  ): Promise<WriteResult | undefined> {
    const lang = this.options.lang;
    const view = this.view;
    const widget = this.screen?.widgets.find((w) => w.id === id);
    if (!view || !widget) return undefined;
    const plan = planOf(
      widget,
      manifests[widget.type],
      name,
      data,
      (prop) => this.meta[id]?.[prop],
      (path) => this.metaByPath(path),
      lang,
    );
    let reason = "";
    if (plan.confirm !== "none") {
      const answer = await this.ask(plan, plan.confirm === "reason");
      if (answer === undefined) return undefined;
      reason = answer;
    }
    try {
      sent?.();
      let r = await view.event(id, name, data, reason || undefined);
      // The policy of a tag that is not on this screen is known to the server only.
      if (r.result?.code === "reason_missing") {
        const answer = await this.ask(plan, true);
        if (answer === undefined) return undefined;
        r = await view.event(id, name, data, answer);
      }
      if (r.result) this.outcome(r.result, plan);
      for (const e of r.effects)
        if (e.do === "open" && e.screen) {
          if (this.options.onShow) this.options.onShow(e.screen);
          else this.show(e.screen);
        }
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

  private ask(plan: Plan, reason: boolean): Promise<string | undefined> {
    return confirm(this.element, this.options.lang, {
      text: plan.question,
      yes: say(plan.yes, this.options.lang),
      reason,
    });
  }

  private outcome(r: WriteResult, plan: Plan): void {
    const lang = this.options.lang;
    if (r.outcome === "good") {
      this.notes.good(plan.thing && plan.value ? say("done", lang, plan.thing, plan.value) : say("doneBare", lang));
      return;
    }
    const unknown = r.outcome === "unknown";
    const text = plan.thing
      ? say(unknown ? "unknown" : "failed", lang, plan.thing)
      : say(unknown ? "unknownBare" : "failedBare", lang);
    const message = r.code === "connection_lost" ? say("lostMeanwhile", lang) : r.message;
    this.notes.fault(text, [message, r.hint, r.code ? `(${r.code})` : ""].filter(Boolean).join(" "));
  }

  private metaByPath(path: string): Meta | undefined {
    for (const props of Object.values(this.meta))
      for (const m of Object.values(props)) if (path !== "" && m.path === path) return m;
    return undefined;
  }
}
