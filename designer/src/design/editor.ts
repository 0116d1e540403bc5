// The editor of one app: its document, its session, its saving and its live values, and what the panels share.
import type { App, Catalogue, ExpressionFunction, Live, Manifest, Problem } from "@lineside/client";
import type { Camera } from "@lineside/scene";
import { createStore, type StoreApi } from "zustand/vanilla";
import { type Board, createSession, type DraggedTag, type SessionStore } from "../canvas";
import { type AppState, Autosave, Document, fromApp, type SaveState, type ScreenRecord, toApp } from "../document";
import { t } from "../i18n";
import { compileWidget } from "../own/api";
import { OwnCatalogue } from "../own/catalogue";
import { checkApp, saveDraft } from "./api";
import { DraftLive } from "./draftlive";
import { keepSession, keptSession } from "./kept";
import type { ProblemFilter } from "./problems";
import { settingsOf } from "./settings";
import { type Stashed, stash } from "./stash";
import { type Conflict, Together } from "./together";
import type { Target } from "./uses";

export type LeftTab = "insert" | "layers" | "tags";
export type BottomTab = "problems" | "bindings" | "json";
/** The settings of the app, by what is shown of them. */
export type AppDialogKind =
  | "app"
  | "app.navigation"
  | "app.look"
  | "app.texts"
  | "app.inputs"
  | "app.tags"
  | "app.alarms"
  | "app.widgets";
export type DialogKind =
  | "palette"
  | "keys"
  | "publish"
  | "find"
  | AppDialogKind
  | "history"
  | "import"
  | "bindMany"
  | "uses"
  | "own";

/** What the panels share. */
export interface Ui {
  save: SaveState;
  problems: readonly Problem[];
  /** The document that the problems are of. */
  checked: AppState;
  /** The problem that was gone to last. */
  problem: Problem | undefined;
  problemFilter: ProblemFilter;
  /** A save that lost the race and clashes. */
  conflict: Conflict | undefined;
  /** Who has the draft open. */
  people: readonly string[];
  left: LeftTab;
  bottom: BottomTab | undefined;
  dialog: DialogKind | undefined;
  /** Tags for which widgets are to be laid out, around a place. */
  dropMany?: { tags: readonly DraggedTag[]; at: { x: number; y: number } };
  /** What the dialog "uses" is about. */
  target?: Target;
  /** The widget type of the app's own that the dialog "own" edits. */
  own?: string;
  preview: boolean;
  /** A click on a widget lists what its actions would do. */
  testing: boolean;
  /** The language of the drawing, when it is not that of the pages. */
  language: string | undefined;
  /** Tags that were dropped beside the widgets, waiting for a choice. */
  offer:
    | {
        tags: readonly DraggedTag[];
        at: { x: number; y: number };
        client: { x: number; y: number };
        /** No place was pointed at: they come to lie where there is room. */
        free?: boolean;
      }
    | undefined;
  /** The last thing said to a screen reader. */
  said: string;
  /** The undo and redo steps by the keys of their texts; they change with every change. */
  undo: string | undefined;
  redo: string | undefined;
}

/** One editor; it lives as long as its page. */
export class Editor {
  readonly doc: Document;
  readonly session: SessionStore;
  readonly cameras: Map<string, Camera>;
  readonly ui: StoreApi<Ui>;
  readonly autosave: Autosave<Problem>;
  readonly live: DraftLive;
  /** The widget types of the app's own, compiled. */
  readonly own = new OwnCatalogue(compileWidget);
  /** All that can be put on a screen: the catalogue, and the app's own behind it. A new list whenever it changes. */
  widgets: readonly Manifest[];
  manifests: ReadonlyMap<string, Manifest>;
  readonly functions: readonly ExpressionFunction[];
  readonly qualities: Record<string, string>;
  board: Board | undefined;
  readonly #stops: (() => void)[] = [];
  readonly #versions: Record<string, number>;
  readonly #widgetsListeners = new Set<() => void>();
  /** What was sent to be saved, by the text that was sent. */
  readonly #sent = new WeakMap<App, AppState>();
  readonly together: Together;

  constructor(
    readonly installation: string,
    app: App,
    etag: string,
    readonly catalogue: Catalogue,
    connection: Live,
  ) {
    this.doc = new Document(fromApp(app));
    this.widgets = catalogue.widgets;
    this.manifests = new Map(catalogue.widgets.map((m) => [m.id, m]));
    this.doc.kinds = (type) => this.manifests.get(type);
    this.functions = catalogue.functions ?? [];
    this.qualities = catalogue.qualities ?? {};
    this.#versions = Object.fromEntries(catalogue.widgets.map((m) => [m.id, m.version]));
    const { app: head, order, screens } = this.doc.state;
    const start = head.start && screens[head.start] ? head.start : (order[0] ?? "");
    const { session, cameras, stop } = createSession(this.doc, start, keptSession(installation));
    this.session = session;
    this.cameras = cameras;
    this.ui = createStore<Ui>(() => ({
      save: { kind: "saved", at: Date.now() },
      problems: [],
      checked: this.doc.state,
      problem: undefined,
      problemFilter: { severity: "all", rule: "" },
      conflict: undefined,
      people: [],
      left: "insert",
      bottom: undefined,
      dialog: undefined,
      preview: false,
      testing: false,
      language: undefined,
      offer: undefined,
      said: "",
      undo: undefined,
      redo: undefined,
    }));
    this.autosave = new Autosave<Problem>(this.doc, etag, {
      serialize: () => {
        const body = this.app();
        this.#sent.set(body, this.doc.state);
        return body;
      },
      put: async (body, tag) => {
        const saved = await saveDraft(installation, body, tag);
        this.together.base = this.#sent.get(body as App) ?? this.together.base;
        return saved;
      },
      lost: () => this.together.lost(),
      onSaved: ({ problems }) => {
        this.ui.setState({ problems, checked: this.together.base });
        this.#showLive();
      },
      onState: (save) => this.ui.setState({ save }),
      stash: (work) => stash.keep(installation, work && { ...work, base: toApp(this.together.base) }),
    });
    this.together = new Together(this);
    this.live = new DraftLive(connection, installation);
    this.#stops.push(
      stop,
      keepSession(installation, session),
      this.own.subscribe(() => this.#ownChanged()),
      this.doc.subscribe(({ state, previous }) => {
        if (state.app.widgets !== previous.app.widgets) this.own.update(state.app.widgets ?? []);
      }),
      this.doc.subscribe(() => this.ui.setState({ undo: this.doc.undoStep?.label, redo: this.doc.redoStep?.label })),
      session.subscribe((now, before) => {
        if (now.screen !== before.screen) {
          this.live.attach(this.board?.view);
          if (this.autosave.clean) this.#showLive();
          else void this.autosave.flush();
        }
        if (now.selection !== before.selection) this.doc.mark();
      }),
    );
    this.own.update(this.doc.state.app.widgets ?? []);
    this.#showLive();
    const begun = this.doc.version;
    checkApp(installation, app).then(
      (problems) => this.doc.version === begun && this.ui.setState({ problems }),
      () => {}, // the first save tells the problems as well
    );
  }

  /** The document as it is saved. */
  app(): App {
    return toApp(this.doc.state, this.#versions);
  }

  /** The screen that is shown. */
  record(): ScreenRecord | undefined {
    return this.doc.state.screens[this.session.getState().screen];
  }

  screen(): string {
    return this.session.getState().screen;
  }

  /** Takes up work that was not saved when this browser last had the draft. */
  resume(work: Stashed): void {
    void this.together.resume(work.body as App, work.base as App | undefined);
  }

  /** The draft was taken in as the server has it now. */
  followed(etag: string): void {
    this.autosave.loaded(etag);
    this.#showLive();
    const { version } = this.doc;
    const checked = this.doc.state;
    checkApp(this.installation, this.app()).then(
      (problems) => this.doc.version === version && this.ui.setState({ problems, checked }),
      () => {},
    );
  }

  /** Connects the board, or takes it away. */
  mount(board: Board | undefined): void {
    this.board = board;
    this.live.attach(board?.view);
  }

  say(key: string, values?: Record<string, unknown>): void {
    this.ui.setState({ said: t(key, values) });
  }

  /** Shows where a problem is: the screen, the widget and the property that its pointer names. */
  jump(problem: Problem): void {
    const place = this.placeOf(problem.at ?? "");
    const dialog = settingsOf(problem.at ?? "");
    // After the dialog that the problem was listed in has closed.
    if (dialog) queueMicrotask(() => this.ui.setState({ dialog }));
    if (!place) return;
    if (place.screen !== this.screen()) this.session.setState({ screen: place.screen, selection: [], scope: "" });
    if (place.widget) this.board?.reveal([place.widget]);
    else this.session.setState({ selection: [], scope: "" });
    if (place.prop) this.focusProp(place.prop);
  }

  /** Lets the inspector show a property of the selection and focus it. */
  focusProp(prop: string): void {
    const before = this.session.getState().focusProp;
    this.session.setState({ focusProp: { prop, count: (before?.count ?? 0) + 1 } });
  }

  /** The ids in a JSON pointer like /screens/0/widgets/3/props/value. */
  placeOf(at: string): { screen: string; widget?: string; prop?: string } | undefined {
    const parts = at.split("/").slice(1);
    if (parts[0] !== "screens") return undefined;
    const { checked } = this.ui.getState();
    const screen = checked.order[Number(parts[1])];
    const record = screen === undefined ? undefined : checked.screens[screen];
    const now = screen === undefined ? undefined : this.doc.state.screens[screen];
    if (screen === undefined || !record || !now) return undefined;
    if (parts[2] === "on") return { screen, prop: `on.${parts[3]?.replaceAll("~1", "/").replaceAll("~0", "~")}` };
    if (parts[2] !== "widgets") return { screen, prop: parts[2] };
    const widget = record.order[Number(parts[3])];
    if (widget !== undefined && !now.widgets[widget]) return undefined;
    return {
      screen,
      widget,
      prop:
        parts[4] === "props"
          ? parts[5]?.replaceAll("~1", "/").replaceAll("~0", "~")
          : parts[4] === "on"
            ? `on.${parts[5]}`
            : parts[4],
    };
  }

  /** Calls fn whenever there are other widgets to put on a screen. */
  readonly onWidgets = (fn: () => void): (() => void) => {
    this.#widgetsListeners.add(fn);
    return () => this.#widgetsListeners.delete(fn);
  };

  #ownChanged(): void {
    this.widgets = [...this.catalogue.widgets, ...this.own.manifests];
    this.manifests = new Map(this.widgets.map((m) => [m.id, m]));
    this.board?.setCatalogue(this.widgets);
    for (const fn of [...this.#widgetsListeners]) fn();
  }

  destroy(): void {
    this.own.destroy();
    for (const stop of this.#stops) stop();
    this.together.destroy();
    void this.autosave.flush().finally(() => this.autosave.destroy());
    this.live.destroy();
  }

  #showLive(): void {
    const { inputs, tags } = this.doc.state.app;
    this.live.show(this.screen(), this.record(), [inputs, tags]);
  }
}
