import {
  ApiError,
  Live,
  request,
  type Screen,
  type UnitChoices,
  type UnitPreference,
  unitsOf,
  type ViewApp,
} from "@lineside/client";
import { applyTokens, type Theme } from "@lineside/scene";
import type { Lang, Navigation } from "@lineside/widgets";
import { servedAssets } from "./assets";
import { el } from "./dialogs";
import { type Params, paramsOf, queryOf } from "./effects";
import { Frame } from "./frame";
import { nameOf, productLang, textIn } from "./language";
import { Player } from "./player";
import { inPreview, listenToPreview } from "./preview";
import { sign } from "./symbol";
import { clock, say } from "./texts";
import { chooseUnits } from "./units-dialog";
import { nextTrail, placesOf, trailOfPlaces } from "./way";

/** CloseUnauthorized of the live protocol: the session has ended. */
const unauthorized = 4501;

interface Me extends UnitChoices {
  name: string;
  language?: string;
  theme?: string;
}

/** What a browser remembers where the user has chosen nothing on the server; keys as in the designer. */
const memory = {
  get: (key: string): string | null => {
    try {
      return localStorage.getItem(`lineside.${key}`);
    } catch {
      return null;
    }
  },
  set: (key: string, value: string): void => {
    try {
      localStorage.setItem(`lineside.${key}`, value);
    } catch {
      // A browser that keeps nothing only forgets the choice.
    }
  },
};

const pick = (...words: (string | null | undefined)[]): Lang => {
  for (const w of words) {
    if (w?.startsWith("zh")) return "zh";
    if (w?.startsWith("en")) return "en";
  }
  return "en";
};

/** The languages of an app that does not say, and of the player itself. */
const usual = ["en", "zh"];

/**
 * The language to begin with. One that the player does not speak itself was chosen for an app that has
 * it; the server knows nothing of it.
 */
function firstLanguage(me: Me): string {
  const kept = memory.get("language");
  return kept && !usual.includes(kept) ? kept : pick(me.language, kept, navigator.language);
}

/** The page /run/{installation}[/{screen}]: a frame with the ways to other screens, and the screen in all the rest. */
export class Shell {
  /** What the user has chosen; an app that does not have it is shown in English. */
  private wanted: string;
  private theme: Theme;
  private readonly live: Live;
  private readonly player: Player;
  private readonly installation: string;
  private readonly draft: boolean;
  /** In the editor's preview a choice is for the moment. */
  private readonly passing: boolean;
  private readonly frame: Frame;
  private readonly state = el("span", "ls-state");
  private readonly time = el("time", "ls-clock");
  private readonly home = el("a", "ls-home");
  private readonly langButton = el("button", "ls-tool");
  private readonly langMenu = el("select", "ls-tool");
  private readonly themeButton = el("button", "ls-tool");
  private readonly unitsButton = el("button", "ls-tool");
  private app: ViewApp | undefined;
  private screen: Screen | undefined;
  private trail: string[] = [];
  /** Widgets that lead elsewhere. */
  private readonly watching = new Set<() => void>();

  constructor(
    host: HTMLElement,
    private readonly me: Me,
  ) {
    const [, , installation = "", screen = ""] = location.pathname.split("/").map(decodeURIComponent);
    const query = new URLSearchParams(location.search);
    this.installation = installation;
    this.draft = query.get("draft") === "1";
    this.passing = inPreview(this.draft);
    this.wanted = firstLanguage(me);
    this.theme = (me.theme || memory.get("theme")) === "dark" ? "dark" : "light";
    this.live = new Live();
    this.home.href = "/";
    this.home.append(sign("home"));
    this.langButton.type = this.themeButton.type = this.unitsButton.type = "button";
    this.unitsButton.addEventListener("click", () => void this.setUnits());
    this.langButton.addEventListener("click", () => this.setLang(this.others()[0] ?? "en"));
    this.langMenu.addEventListener("change", () => this.setLang(this.langMenu.value));
    this.themeButton.addEventListener("click", () => this.setTheme(this.theme === "light" ? "dark" : "light"));
    this.state.setAttribute("role", "status");
    const user = el("span", "ls-user", me.name);
    this.frame = new Frame(
      host,
      {
        address: (screen) => this.address(screen),
        go: (screen) => this.go(screen),
        onFold: (folded) => memory.set("menu", folded ? "folded" : "open"),
      },
      [this.home],
      [this.state, user, this.langButton, this.langMenu, this.unitsButton, this.themeButton, this.time],
    );
    this.frame.nav.folded = memory.get("menu") === "folded";
    this.trail = trailOf(history.state);
    this.paint();
    this.player = new Player(this.frame.body, {
      live: this.live,
      installation,
      screen,
      params: paramsOf(query),
      draft: this.draft,
      theme: this.theme,
      lang: productLang(this.language),
      language: this.language,
      units: unitsOf(me),
      navigation: this.navigation(),
      onShow: (id, params, chain) => this.go(id, params, chain),
      onOpen: (app, screen) => {
        this.opened(app, screen);
      },
    });
    this.live.on("status", () => this.connection());
    this.live.on("notice", (n) => {
      if (n.code === "access") this.connection();
    });
    addEventListener("popstate", (e) => {
      this.trail = trailOf(e.state);
      this.player.show(
        decodeURIComponent(location.pathname.split("/")[3] ?? ""),
        paramsOf(new URLSearchParams(location.search)),
      );
    });
    this.tick();
    this.connection();
    if (this.passing)
      listenToPreview({
        language: (language) => this.setLang(language),
        theme: (theme) => this.setTheme(theme),
        view: () => this.player.drawing,
      });
  }

  /** What widgets know of the app around their screen, and can do. */
  private navigation(): Navigation {
    const shell = this;
    return {
      get screen() {
        return shell.screen?.id ?? "";
      },
      get trail() {
        return shell.app ? trailOfPlaces(shell.app, shell.trail, shell.language) : [];
      },
      get entries() {
        return shell.app ? placesOf(shell.app, shell.language) : [];
      },
      get languages() {
        return (shell.app?.languages ?? usual).map((id) => ({ id, name: nameOf(id) }));
      },
      get language() {
        return shell.language;
      },
      get themed() {
        return !!shell.app?.theme?.scheme;
      },
      address: (screen, params) => this.address(screen, params),
      watch: (listener) => {
        this.watching.add(listener);
        return () => this.watching.delete(listener);
      },
      assets: servedAssets,
      go: (screen, params, where = "here") => {
        // Without inputs of its own a screen goes on with those of this one.
        if (where === "here") this.go(screen, params);
        else this.player.goTo(screen, { ...paramsOf(new URLSearchParams(location.search)), ...params }, where);
      },
      setLanguage: (language) => this.setLang(language),
      setTheme: (theme) => this.setTheme(theme),
    };
  }

  private changed(): void {
    for (const listener of [...this.watching]) listener();
  }

  private tick(): void {
    const now = Date.now();
    const text = clock(now);
    this.time.textContent = text;
    this.time.dateTime = new Date(now).toISOString();
    setTimeout(() => this.tick(), 1000 - (now % 1000));
  }

  private address(screen: string, params?: Params): string {
    const query = params ? queryOf(params) : new URLSearchParams(location.search);
    if (params && this.draft) query.set("draft", "1");
    const text = query.toString();
    return `/run/${encodeURIComponent(this.installation)}/${encodeURIComponent(screen)}${text ? `?${text}` : ""}`;
  }

  private go(screen: string, params?: Params, chain = 0): void {
    const address = this.address(screen, params);
    if (screen !== this.screen?.id || address !== location.pathname + location.search)
      history.pushState(null, "", address);
    this.player.show(screen, paramsOf(new URLSearchParams(location.search)), chain);
  }

  /** The language that is shown: the chosen one, if the app has it. */
  private get language(): string {
    const list = this.app?.languages ?? usual;
    return list.includes(this.wanted) ? this.wanted : this.app ? (list[0] ?? "en") : this.wanted;
  }

  private get lang(): Lang {
    return productLang(this.language);
  }

  /** The languages that could be chosen instead. */
  private others(): string[] {
    return (this.app?.languages ?? usual).filter((l) => l !== this.language);
  }

  private opened(app: ViewApp | undefined, screen: Screen): void {
    const before = this.language;
    this.app = app;
    this.screen = screen;
    this.trail = app ? nextTrail(app, this.trail, screen.id) : [screen.id];
    history.replaceState({ trail: this.trail }, "", location.href);
    if (this.language !== before) this.player.language = this.language;
    this.player.theme = app?.theme?.scheme || this.theme;
    this.paint();
    this.label();
    this.connection();
    this.changed();
  }

  private setLang(language: string): void {
    this.wanted = language;
    if (!this.passing) memory.set("language", language);
    // The server keeps languages that it speaks itself.
    if (usual.includes(language)) this.keep({ language: productLang(language) });
    this.player.language = this.language;
    this.paint();
    this.label();
    this.connection();
    this.changed();
  }

  private setTheme(theme: Theme): void {
    this.theme = theme;
    if (!this.passing) memory.set("theme", theme);
    this.keep({ theme });
    this.player.theme = theme;
    this.paint();
    this.changed();
  }

  private async setUnits(): Promise<void> {
    const units = await chooseUnits(this.frame.body, this.lang, this.me.units).catch(() => undefined);
    if (!units) return;
    this.me.units = units;
    this.keep({ units });
    this.player.units = unitsOf(this.me);
  }

  /** Remembers the choice on the server; the browser's memory stands in when that fails. */
  private keep(change: { language?: Lang; theme?: Theme; units?: UnitPreference }): void {
    if (this.passing) return;
    request("PATCH", "/me", change).catch(() => {});
  }

  private paint(): void {
    const { lang } = this;
    const scheme = this.app?.theme?.scheme;
    document.documentElement.lang = this.language;
    applyTokens(document.documentElement, scheme || this.theme);
    this.home.setAttribute("aria-label", say("home", lang));
    this.home.title = say("home", lang);
    this.unitsButton.textContent = say("units", lang);
    const others = this.others();
    this.langButton.hidden = others.length !== 1;
    this.langMenu.hidden = others.length < 2;
    // The button says what it changes to, in that language.
    this.langButton.textContent = nameOf(others[0] ?? "en");
    this.langButton.title = say("language", lang);
    this.langMenu.setAttribute("aria-label", say("language", lang));
    this.langMenu.replaceChildren(
      ...(this.app?.languages ?? usual).map((l) => new Option(nameOf(l), l, l === this.language, l === this.language)),
    );
    // What the app decides for everybody is not offered.
    this.themeButton.hidden = !!scheme;
    this.themeButton.textContent = say(this.theme === "light" ? "dark" : "light", lang);
    this.themeButton.title = say("theme", lang);
  }

  /** Names of app and screens. */
  private label(): void {
    const { app, screen, language } = this;
    const name = textIn(app?.name, language) || this.installation;
    document.title = screen ? `${textIn(screen.name, language) || screen.id} · ${name}` : name;
    icon(app?.theme?.logo);
    this.frame.show({
      app,
      screen,
      trail: this.trail,
      language,
      title: this.draft ? `${name} · ${say("draft", this.lang)}` : name,
    });
  }

  private connection(): void {
    if (this.live.ended === unauthorized) {
      toLogin();
      return;
    }
    const s = this.live.status;
    this.state.textContent = say(s === "open" ? "connected" : s === "lost" ? "lost" : "connecting", this.lang);
    this.state.dataset.state = s;
  }
}

/** The screens gone through, as this page has left them in the history of the browser. */
const trailOf = (state: unknown): string[] => {
  const trail = (state as { trail?: unknown } | null)?.trail;
  return Array.isArray(trail) ? trail.filter((t) => typeof t === "string") : [];
};

/** The logo is the symbol of the page, too. */
function icon(logo = "data:,"): void {
  const link = document.head.querySelector<HTMLLinkElement>("link[rel=icon]");
  if (link && link.href !== logo) link.href = logo;
}

function toLogin(): void {
  location.replace(`/login?next=${encodeURIComponent(location.pathname + location.search)}`);
}

/** Starts the page: who is it, then the screen. */
export async function start(host: HTMLElement): Promise<void> {
  applyTokens(document.documentElement, memory.get("theme") === "dark" ? "dark" : "light");
  try {
    const { data } = await request<Me>("GET", "/me");
    host.replaceChildren();
    new Shell(host, data);
  } catch (e) {
    if (e instanceof ApiError && e.status === 401) {
      toLogin();
      return;
    }
    // The server is away or starting: say so, and come back by itself.
    const lang = pick(memory.get("language"), navigator.language);
    const note = el("p", "ls-away", `${say("notConnected", lang)} ${e instanceof Error ? e.message : String(e)}`);
    note.setAttribute("role", "alert");
    host.replaceChildren(note);
    setTimeout(() => void start(host), 2000 + Math.random() * 1000);
  }
}
