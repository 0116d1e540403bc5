import { ApiError, Live, request, type Screen, type ViewApp } from "@lineside/client";
import { applyTokens, type Theme } from "@lineside/scene";
import type { Lang } from "@lineside/widgets";
import { el } from "./dialogs";
import { Player } from "./player";
import { clock, say } from "./texts";

/** CloseUnauthorized of the live protocol: the session has ended. */
const unauthorized = 4501;

interface Me {
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

/** The page /run/{installation}[/{screen}]: a thin header, and the screen in all the rest. */
export class Shell {
  private lang: Lang;
  private theme: Theme;
  private readonly live: Live;
  private readonly player: Player;
  private readonly installation: string;
  private readonly draft: boolean;
  private readonly title = el("span", "ls-app");
  private readonly tabs = el("nav", "ls-tabs");
  private readonly state = el("span", "ls-state");
  private readonly time = el("time", "ls-clock");
  private readonly home = el("a", "ls-home");
  private readonly langButton = el("button", "ls-tool");
  private readonly themeButton = el("button", "ls-tool");
  private app: ViewApp | undefined;
  private screen: Screen | undefined;

  constructor(host: HTMLElement, me: Me) {
    const [, , installation = "", screen = ""] = location.pathname.split("/").map(decodeURIComponent);
    const query = new URLSearchParams(location.search);
    this.installation = installation;
    this.draft = query.get("draft") === "1";
    this.lang = pick(me.language, memory.get("language"), navigator.language);
    this.theme = (me.theme || memory.get("theme")) === "dark" ? "dark" : "light";
    this.live = new Live();
    const header = el("header", "ls-header");
    this.home.href = "/";
    this.home.append(house());
    this.tabs.addEventListener("click", (e) => this.tab(e));
    this.langButton.type = this.themeButton.type = "button";
    this.langButton.addEventListener("click", () => this.setLang(this.lang === "en" ? "zh" : "en"));
    this.themeButton.addEventListener("click", () => this.setTheme(this.theme === "light" ? "dark" : "light"));
    this.state.setAttribute("role", "status");
    const user = el("span", "ls-user", me.name);
    header.append(this.home, this.title, this.tabs, this.state, user, this.langButton, this.themeButton, this.time);
    const body = el("div", "ls-body");
    host.append(header, body);
    this.paint();
    const params: Record<string, unknown> = {};
    for (const [k, v] of query) if (k !== "draft") params[k] = v;
    this.player = new Player(body, {
      live: this.live,
      installation,
      screen,
      params,
      draft: this.draft,
      theme: this.theme,
      lang: this.lang,
      onShow: (id) => this.go(id),
      onOpen: (app, screen) => {
        this.app = app;
        this.screen = screen;
        this.label();
      },
    });
    this.live.on("status", () => this.connection());
    this.live.on("notice", (n) => {
      if (n.code === "access") this.connection();
    });
    addEventListener("popstate", () => this.player.show(decodeURIComponent(location.pathname.split("/")[3] ?? "")));
    this.tick();
    this.connection();
  }

  private tick(): void {
    const now = Date.now();
    const text = clock(now);
    this.time.textContent = text;
    this.time.dateTime = new Date(now).toISOString();
    setTimeout(() => this.tick(), 1000 - (now % 1000));
  }

  private tab(e: MouseEvent): void {
    const link = (e.target as HTMLElement).closest("a");
    if (!link || e.ctrlKey || e.metaKey || e.shiftKey) return;
    e.preventDefault();
    this.go(link.dataset.screen ?? "");
  }

  private address(screen: string): string {
    return `/run/${encodeURIComponent(this.installation)}/${encodeURIComponent(screen)}${location.search}`;
  }

  private go(screen: string): void {
    if (screen !== this.screen?.id) history.pushState(null, "", this.address(screen));
    this.player.show(screen);
  }

  private setLang(lang: Lang): void {
    this.lang = lang;
    memory.set("language", lang);
    this.keep({ language: lang });
    this.player.lang = lang;
    this.paint();
    this.label();
    this.connection();
  }

  private setTheme(theme: Theme): void {
    this.theme = theme;
    memory.set("theme", theme);
    this.keep({ theme });
    this.player.theme = theme;
    this.paint();
  }

  /** Remembers the choice on the server; the browser's memory stands in when that fails. */
  private keep(change: { language?: Lang; theme?: Theme }): void {
    request("PATCH", "/me", change).catch(() => {});
  }

  private paint(): void {
    document.documentElement.lang = this.lang;
    applyTokens(document.documentElement, this.theme);
    const { lang } = this;
    this.home.setAttribute("aria-label", say("home", lang));
    this.home.title = say("home", lang);
    this.tabs.setAttribute("aria-label", say("screens", lang));
    // The button says what it changes to, in that language.
    this.langButton.textContent = lang === "en" ? "中文" : "English";
    this.langButton.title = say("language", lang);
    this.themeButton.textContent = say(this.theme === "light" ? "dark" : "light", lang);
    this.themeButton.title = say("theme", lang);
  }

  /** Names of app and screens. */
  private label(): void {
    const t = (text: Record<string, string> | undefined) => text?.[this.lang] || text?.en || "";
    const name = t(this.app?.name) || this.installation;
    const screen = this.screen;
    this.title.textContent = this.draft ? `${name} · ${say("draft", this.lang)}` : name;
    document.title = screen ? `${t(screen.name) || screen.id} · ${name}` : name;
    this.tabs.replaceChildren(
      ...(this.app?.screens ?? []).map((s) => {
        const a = el("a", "", t(s.name) || s.id);
        a.href = this.address(s.id);
        a.dataset.screen = s.id;
        if (s.id === screen?.id) a.setAttribute("aria-current", "page");
        return a;
      }),
    );
    this.tabs.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest", inline: "nearest" });
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

function house(): SVGSVGElement {
  const ns = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(ns, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("width", "20");
  svg.setAttribute("height", "20");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(ns, "path");
  path.setAttribute("d", "M4 11 12 4l8 7v9h-5v-6H9v6H4z");
  path.setAttribute("fill", "none");
  path.setAttribute("stroke", "currentColor");
  path.setAttribute("stroke-width", "2");
  path.setAttribute("stroke-linejoin", "round");
  svg.append(path);
  return svg;
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
