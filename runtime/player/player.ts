import type { Effect, Live, LiveError, Screen, UnitPreference, ViewApp } from "@lineside/client";
import type { Theme } from "@lineside/scene";
import type { Lang, Navigation, Where } from "@lineside/widgets";
import { AlarmBar } from "./alarmbar";
import { LiveAlarms } from "./alarmsource";
import { chordOf } from "./chord";
import { el } from "./dialogs";
import { Drawer } from "./drawer";
import { carryOut, type EffectHost, type Params, queryOf } from "./effects";
import { Inner } from "./embed";
import { ScreenKeyboard } from "./keyboard";
import { productLang } from "./language";
import { Notes } from "./notes";
import { type Around, OpenScreen } from "./open-screen";
import { Popup } from "./popup";
import type { ScreenView } from "./screen-view";
import { clock, say } from "./texts";
import { WritesBar } from "./writesbar";
import "./player.css";
import "./popup.css";

export interface PlayerOptions {
  live: Live;
  installation: string;
  /** "" or left out is the start screen. */
  screen?: string;
  params?: Params;
  /** The draft instead of the published revision, for those who may design. */
  draft?: boolean;
  theme: Theme;
  lang: Lang;
  /** The language of the app's texts, when it is another. */
  language?: string;
  /** In which units this person wants to see values; in those that they are configured in when not given. */
  units?: UnitPreference;
  /** The app around the screens, for widgets that lead elsewhere. */
  navigation?: Navigation;
  /** An action wants another screen; the caller calls show. Without it the player shows it by itself. */
  onShow?(screen: string, params: Params, chain: number): void;
  /** A screen was opened. */
  onOpen?(app: ViewApp | undefined, screen: Screen, revision: number): void;
}

/** How many popups may be open. */
const mostPopups = 12;

/** The screen of an app, the popups and drawers above it, and what to show when there is no connection. */
export class Player implements Around, EffectHost {
  readonly element: HTMLElement;
  readonly live: Live;
  readonly notes: Notes;
  readonly alarmSource: LiveAlarms;
  private readonly banner: HTMLElement;
  private readonly writes: WritesBar;
  private readonly alarms: AlarmBar;
  private readonly off: (() => void)[] = [];
  private readonly main: OpenScreen;
  private popups: Popup[] = [];
  private side: Drawer | undefined;
  private raised = 10;
  private fault: HTMLElement | undefined;

  constructor(
    host: HTMLElement,
    private readonly options: PlayerOptions,
  ) {
    this.live = options.live;
    this.element = el("div", "ls-player");
    const stage = el("main", "ls-stage");
    this.banner = el("div", "ls-banner");
    this.banner.setAttribute("role", "status");
    this.element.append(stage, this.banner);
    host.append(this.element);
    this.notes = new Notes(this.element, () => this.options.lang);
    this.alarmSource = new LiveAlarms(this);
    this.writes = new WritesBar(this);
    this.alarms = new AlarmBar(this);
    this.element.prepend(this.writes.element, this.alarms.element);
    this.main = new OpenScreen(stage, this, {
      opened: (view, screen, updated) => {
        this.fault?.remove();
        this.fault = undefined;
        if (updated) this.notes.good(say("updated", this.lang, view.revision));
        this.status();
        this.options.onOpen?.(view.app, screen, view.revision);
      },
      refused: (e) => this.refused(e),
    });
    const key = (e: KeyboardEvent) => this.key(e);
    const leave = () => this.leave();
    const keyboard = new ScreenKeyboard(this);
    window.addEventListener("keydown", key);
    window.addEventListener("pagehide", leave);
    this.off.push(
      this.live.on("status", () => this.status()),
      () => keyboard.destroy(),
      () => window.removeEventListener("keydown", key),
      () => window.removeEventListener("pagehide", leave),
    );
    this.show(options.screen ?? "");
    this.status();
  }

  /** Opens another screen; params go before those that the player was made with. */
  show(screen: string, params?: Params, chain = 0): void {
    for (const p of [...this.popups]) this.drop(p);
    this.drop(this.side);
    this.main.show(screen, params ?? this.options.params ?? {}, chain);
  }

  get installation(): string {
    return this.options.installation;
  }

  get draft(): boolean {
    return this.options.draft ?? false;
  }

  get navigation(): Navigation | undefined {
    return this.options.navigation;
  }

  /** Opens a screen because a person wants it. */
  goTo(screen: string, params: Params, where: Where): void {
    if (where === "here") this.here(screen, params, 0);
    else if (where === "popup") this.popup(screen, params, 0);
    else if (where === "drawer") this.drawer(screen, params, 0);
    else this.window(screen, params);
  }

  get theme(): Theme {
    return this.options.theme;
  }

  set theme(theme: Theme) {
    this.options.theme = theme;
    for (const s of this.screens()) s.theme = theme;
  }

  get lang(): Lang {
    return this.options.lang;
  }

  get language(): string {
    return this.options.language ?? this.options.lang;
  }

  set language(language: string) {
    this.options.lang = productLang(language);
    this.options.language = language;
    for (const s of this.screens()) s.language = language;
    this.writes.show();
    this.alarms.show();
    this.status();
  }

  get units(): UnitPreference | undefined {
    return this.options.units;
  }

  set units(units: UnitPreference | undefined) {
    this.options.units = units;
    for (const s of this.screens()) s.language = this.language;
  }

  /** The screen as drawn, once the first was opened. */
  get drawing(): ScreenView | undefined {
    return this.main.drawing;
  }

  effects(from: OpenScreen, effects: readonly Effect[], chain: number): void {
    carryOut(effects, this, from, chain);
  }

  here(screen: string, params: Params, chain: number, from?: OpenScreen): void {
    // A screen of another app stays where that app is shown.
    if (from && from.around.installation !== this.installation) {
      from.show(screen, params, chain);
      return;
    }
    if (this.options.onShow) this.options.onShow(screen, params, chain);
    else this.show(screen, params, chain);
  }

  popup(screen: string, params: Params, chain: number, from?: OpenScreen): void {
    if (this.popups.length >= mostPopups) {
      this.notes.fault(say("tooManyWindows", this.lang), "");
      return;
    }
    const p: Popup = new Popup(
      this.element,
      this.homeOf(from),
      {
        closed: () => this.drop(p),
        raised: () => {
          p.front = ++this.raised;
        },
      },
      this.popups.length,
    );
    p.front = ++this.raised;
    this.popups.push(p);
    p.open.connected = this.live.status === "open";
    p.open.show(screen, params, chain);
  }

  drawer(screen: string, params: Params, chain: number, from?: OpenScreen): void {
    this.drop(this.side);
    const d: Drawer = new Drawer(this.element, this.homeOf(from), {
      closed: () => this.drop(d),
      raised: () => {
        d.front = ++this.raised;
      },
    });
    d.front = ++this.raised;
    this.side = d;
    d.open.show(screen, params, chain);
  }

  /** What a screen that another opens has around it: the app of that one. */
  private homeOf(from: OpenScreen | undefined): Around {
    return from && from.around.installation !== this.installation
      ? new Inner(this, from.around.installation, "")
      : this;
  }

  window(screen: string, params: Params, from?: OpenScreen): void {
    const query = queryOf(params);
    if (this.draft) query.set("draft", "1");
    const text = query.toString();
    const address = `/run/${encodeURIComponent(from?.around.installation ?? this.installation)}/${encodeURIComponent(screen)}${text ? `?${text}` : ""}`;
    if (!window.open(address, "_blank")) this.notes.fault(say("windowBlocked", this.lang), address);
  }

  close(from: OpenScreen): void {
    // One within another closes what that one lies in.
    const root = from.within?.root ?? from;
    if (this.side?.open === root) this.drop(this.side);
    this.drop(this.popups.find((p) => p.open === root));
  }

  notice(text: string, level: NonNullable<Effect["level"]>): void {
    this.notes.tell(text, level);
  }

  endless(): void {
    this.notes.fault(say("endless", this.lang), "");
  }

  destroy(): void {
    for (const off of this.off) off();
    for (const p of [...this.popups]) this.drop(p);
    this.drop(this.side);
    this.main.destroy();
    this.writes.destroy();
    this.alarms.destroy();
    this.element.remove();
  }

  private screens(): OpenScreen[] {
    return [this.main, ...this.popups.map((p) => p.open), ...(this.side ? [this.side.open] : [])];
  }

  private leave(): void {
    for (const s of this.screens()) s.leave();
  }

  private drop(what: Popup | Drawer | undefined): void {
    if (!what) return;
    if (what === this.side) this.side = undefined;
    else this.popups = this.popups.filter((p) => p !== what);
    what.destroy();
  }

  /** What lies above the screen, the topmost last. */
  private get above(): (Popup | Drawer)[] {
    const z = (w: Popup | Drawer) => Number(w.element.style.zIndex);
    return [...this.popups, ...(this.side ? [this.side] : [])].sort((a, b) => z(a) - z(b));
  }

  /** Escape closes what is on top; any other key is for the screen on top that has it. */
  private key(e: KeyboardEvent): void {
    const target = e.target as HTMLElement | null;
    if (e.defaultPrevented || e.repeat || this.element.querySelector("dialog[open]")) return;
    const above = this.above;
    const top = above.at(-1);
    if (e.key === "Escape" && top) {
      e.preventDefault();
      this.drop(top);
      return;
    }
    const chord = chordOf(e);
    if (!chord) return;
    // What is typed into a field is text.
    const typing = target?.closest?.("input, textarea, select, [contenteditable]");
    if (typing && !/^F\d|Ctrl|Alt|Meta/.test(chord)) return;
    for (const s of [...above.map((w) => w.open).reverse(), this.main])
      if (s.key(chord)) {
        e.preventDefault();
        return;
      }
  }

  private refused(e: LiveError): void {
    this.fault?.remove();
    const { lang } = this;
    const again = el("button", "", say("tryAgain", lang));
    again.type = "button";
    again.addEventListener("click", () => this.show(this.main.asked, this.main.params));
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
    const { lang } = this;
    const open = this.live.status === "open";
    // The tick before the first connection is not worth a word; a connection that has gone is.
    this.banner.hidden =
      open || (this.live.status === "connecting" && Date.now() - this.live.since < 500 && !this.drawing);
    this.banner.textContent = open
      ? ""
      : this.live.status === "lost"
        ? say("lostSince", lang, clock(this.live.since))
        : say("connecting", lang);
    for (const s of this.screens()) s.connected = open;
  }
}
