// Screens within screens: what a widget embeds is opened, drawn and acted on like any other screen.
import type { Live, UnitPreference } from "@lineside/client";
import type { Theme } from "@lineside/scene";
import type {
  AlarmSource,
  AssetAsk,
  AssetCalls,
  EmbedAsk,
  EmbedCalls,
  Embedded,
  Lang,
  Screens,
} from "@lineside/widgets";
import { textIn } from "./language";
import { Notes } from "./notes";
import { type Around, OpenScreen } from "./open-screen";
import { say } from "./texts";

/** How deep screens may lie in one another. */
const deepest = 5;

/** What an embedded screen has around it: all of the screen that it lies in, but its own app. */
export class Inner implements Around {
  constructor(
    private readonly outer: Around,
    readonly installation: string,
    readonly fit: string,
  ) {}
  get live(): Live {
    return this.outer.live;
  }
  get draft(): boolean {
    return this.outer.draft && this.installation === this.outer.installation;
  }
  get theme(): Theme {
    return this.outer.theme;
  }
  get lang(): Lang {
    return this.outer.lang;
  }
  get language(): string {
    return this.outer.language;
  }
  get units(): UnitPreference | undefined {
    return this.outer.units;
  }
  get notes(): Notes {
    return this.outer.notes;
  }
  get alarmSource(): AlarmSource | undefined {
    return this.outer.alarmSource;
  }
  get element(): HTMLElement {
    return this.outer.element;
  }
  get inert(): boolean {
    return this.outer.inert === true;
  }
  get navigation() {
    return this.installation === this.outer.installation ? this.outer.navigation : undefined;
  }
  effects: Around["effects"] = (from, effects, chain) => this.outer.effects(from, effects, chain);
}

/** One embedded screen. */
class Nested implements Embedded {
  private open: OpenScreen | undefined;
  private installation = "";
  private asked = "";
  private offers: EmbedAsk["offers"];

  constructor(
    private readonly nest: Nest,
    private readonly host: HTMLElement,
    private readonly fit: string,
    private readonly on: EmbedCalls,
  ) {}

  show(ask: EmbedAsk): void {
    const asked = JSON.stringify([ask.app, ask.screen, ask.params]);
    const took = this.open?.took ?? [];
    if (asked === this.asked && took.every((id) => ask.offers?.[id] === this.offers?.[id])) return;
    this.asked = asked;
    this.offers = ask.offers;
    const { around, trail } = this.nest;
    const installation = ask.app || around.installation;
    const name = `${installation}/${ask.screen}`;
    const wrong = trail.includes(name) ? "screenCircle" : trail.length > deepest ? "screenDepth" : undefined;
    if (wrong) {
      this.clear();
      this.on.refused?.(say(wrong, around.lang, wrong === "screenCircle" ? ask.screen : deepest));
      return;
    }
    if (this.installation !== installation) this.clear();
    this.installation = installation;
    this.open ??= new OpenScreen(
      this.host,
      new Inner(around, installation, this.fit),
      {
        opened: (_view, screen) =>
          this.on.opened?.({
            width: screen.width,
            height: screen.height,
            name: textIn(screen.name, around.language) || screen.id,
          }),
        refused: (e) => this.on.refused?.([e.message, e.hint].filter(Boolean).join(" ")),
      },
      this.nest,
    );
    this.nest.add(this.open);
    // What the screen around was opened with goes on to its own app, as with screens that it opens.
    const params = installation === around.installation ? { ...this.nest.params, ...ask.params } : { ...ask.params };
    this.open.show(ask.screen, params, 0, ask.offers);
  }

  close(): void {
    this.asked = "";
    this.open?.leave();
  }

  destroy(): void {
    this.asked = "";
    this.clear();
  }

  private clear(): void {
    if (this.open) this.nest.remove(this.open);
    this.open?.destroy();
    this.open = undefined;
  }
}

/** The screens that lie in one screen. */
export class Nest implements Screens {
  private readonly open = new Set<OpenScreen>();

  /** around is what the outer screen has around it; within is where it lies itself. */
  constructor(
    readonly around: Around,
    private readonly outer: { readonly shown: string; readonly params: Readonly<Record<string, unknown>> },
    private readonly within?: Nest,
  ) {}

  /** The screens from the outermost to the one that this is of. */
  get trail(): string[] {
    return [...(this.within?.trail ?? []), `${this.around.installation}/${this.outer.shown}`];
  }

  get params(): Readonly<Record<string, unknown>> {
    return this.outer.params;
  }

  /** The screen that the others lie in. */
  get root(): unknown {
    return this.within?.root ?? this.outer;
  }

  embed(host: HTMLElement, fit: string, on: EmbedCalls): Embedded {
    return new Nested(this, host, fit, on);
  }

  together(fn: () => void): void {
    this.around.live.together(fn);
  }

  assets(ask: AssetAsk, on: AssetCalls): () => void {
    const { live, draft } = this.around;
    const installation = ask.app || this.around.installation;
    return live.assets(
      {
        installation,
        input: ask.input,
        area: ask.area || undefined,
        draft: draft && installation === this.around.installation ? true : undefined,
      },
      { listed: on.listed, refused: (e) => on.refused([e.message, e.hint].filter(Boolean).join(" ")) },
    );
  }

  add(screen: OpenScreen): void {
    this.open.add(screen);
  }

  remove(screen: OpenScreen): void {
    this.open.delete(screen);
  }

  /** Calls fn with each screen that lies directly in this one. */
  each(fn: (screen: OpenScreen) => void): void {
    for (const s of this.open) fn(s);
  }
}

/**
 * Draws embedded screens in the editor: the draft as the player draws it, with live values, but nothing acts. The
 * screen that is edited is not known here; one that lies in itself ends at the deepest.
 */
export class ScreenPreview extends Nest {
  private readonly set: (theme: Theme, lang: Lang) => void;

  constructor(element: HTMLElement, live: Live, installation: string, theme: Theme, lang: Lang) {
    const around: { -readonly [K in keyof Around]: Around[K] } = {
      live,
      installation,
      draft: true,
      theme,
      lang,
      language: lang,
      notes: new Notes(element, () => around.lang),
      element,
      inert: true,
      effects: () => {},
    };
    super(around, { shown: "", params: {} });
    this.set = (theme, lang) => Object.assign(around, { theme, lang, language: lang });
  }

  /** Changes theme and language of all that is drawn. */
  look(theme: Theme, lang: Lang): void {
    this.set(theme, lang);
    this.each((s) => {
      s.theme = theme;
      s.language = lang;
    });
  }
}
