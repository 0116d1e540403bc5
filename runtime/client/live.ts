// The live connection of a page: one WebSocket that comes back by itself and opens its views again.
import {
  type AlarmsNow,
  CloseCode,
  type Effect,
  type ListedAsset,
  type Meta,
  type NoticeFrame,
  type Problem,
  type LiveReply as Reply,
  type Screen,
  type ShownUnit,
  type UnitPreference,
  type ViewApp,
  type ViewBinding,
  type WatchSlot,
  type WriteResult,
  type WritesNow,
} from "./types.gen.ts";
import { type LiveValue, Values } from "./values.ts";

/** connecting: no connection yet, or trying; open: values are live; lost: the connection has gone. */
export type Status = "connecting" | "open" | "lost";

export interface ScreenRequest {
  installation: string;
  /** "" or left out is the start screen. */
  screen?: string;
  params?: Record<string, unknown>;
  draft?: boolean;
  /** In which the titles of tags and messages are told. */
  language?: string;
  /** In which units this person wants to see values. */
  units?: UnitPreference;
  /** What stands in for inputs of these ids, if the app has such parameters. */
  offers?: Record<string, unknown>;
}

/** The assets that an input of an app takes, below an area. */
export interface AssetQuestion {
  installation: string;
  input: string;
  area?: string;
  draft?: boolean;
}

/** What is followed of assets; all of them anew whenever they change. */
export interface AssetListener {
  listed(assets: readonly ListedAsset[], total: number): void;
  /** They cannot be listed: the input is unknown, or takes no asset. */
  refused(e: LiveError): void;
}

export interface EventResult {
  result?: WriteResult;
  /** What the page shall do, in order. */
  effects: Effect[];
}

/** A request that was refused, or could not be sent (code "not_connected"). */
export class LiveError extends Error {
  readonly code: string;
  readonly hint: string;
  readonly at: string;

  constructor({ code, message, hint = "", at = "" }: Partial<Problem> & { code: string }) {
    super(message || code);
    this.name = "LiveError";
    this.code = code;
    this.hint = hint;
    this.at = at;
  }
}

type Handlers<E> = { [K in keyof E]?: Set<(arg: E[K]) => void> };

/** Typed events, as small as they can be. */
class Emitter<E> {
  readonly #handlers: Handlers<E> = {};

  /** Calls fn at every event until the returned function is called. */
  on<K extends keyof E>(name: K, fn: (arg: E[K]) => void): () => void {
    const set = this.#handlers[name] ?? new Set();
    this.#handlers[name] = set.add(fn);
    return () => set.delete(fn);
  }

  /** For Live and View themselves. */
  emit<K extends keyof E>(name: K, arg: E[K]): void {
    for (const fn of this.#handlers[name] ?? []) fn(arg);
  }
}

interface ViewEvents {
  /** Opened for the first time, or again after a new revision or a lost connection: everything may have changed. */
  open: View;
  /** New values by slot; after "open" it comes with all of them. */
  values: Map<number, LiveValue>;
  /** A watch matches more tags than before; slots has them. */
  slots: View;
  error: LiveError;
}

/** What is shown of one screen, or of the tags of one watch. */
export class View extends Emitter<ViewEvents> {
  /** Which slot feeds which property of which widget (of a screen). */
  bindings: ViewBinding[] = [];
  /** Which slot shows which tag (of a watch). */
  readonly slots = new Map<number, string>();
  readonly values = new Values();
  /** How to show the units that the tags and widgets of a screen name; values are in the unit of the tag. */
  units: Record<string, ShownUnit> = {};
  /** The drawing without its bindings. */
  screen: Screen | undefined;
  /** Number of the published revision, 0 for the draft. */
  revision = 0;
  app: ViewApp | undefined;
  /** The offers that stand in for parameters of the app. */
  took: readonly string[] = [];
  /** Why the last attempt to open it failed. */
  error: LiveError | undefined;
  closed = false;
  /** The server's number of the view while it is open. */
  number = 0;
  readonly ask: Record<string, unknown>;
  readonly #live: Live;

  constructor(live: Live, ask: Record<string, unknown>) {
    super();
    this.#live = live;
    this.ask = ask;
  }

  /** What the bound tag of a property says of itself, if the property is bound to one tag. */
  meta(widget: string, prop: string): Meta | undefined {
    return this.bindings.find((b) => b.widget === widget && b.prop === prop)?.meta;
  }

  /** The newest value of a tag of a watch. */
  value(path: string): LiveValue | undefined {
    for (const [slot, p] of this.slots) if (p === path) return this.values.get(slot);
    return undefined;
  }

  /** Tells the server what happened to a widget, or with widget "" to the screen. With a write it ends when the device has confirmed. */
  async event(
    widget: string,
    name: string,
    data?: unknown,
    reason?: string,
    runs?: readonly number[],
  ): Promise<EventResult> {
    if (!this.number) throw new LiveError({ code: "not_connected" });
    const { result, effects = [] } = await this.#live.command({
      op: "event",
      view: this.number,
      widget,
      name,
      data,
      reason,
      runs,
    });
    return { result, effects };
  }

  /** Changes the language of titles and messages, and the units; ends when the bindings tell them so. The view stays open. */
  async speak(language: string, units?: UnitPreference): Promise<void> {
    // Said again when it has to be opened again.
    Object.assign(this.ask, { language, units });
    const { number } = this;
    if (!number) return;
    const r = await this.#live.command({ op: "language", view: number, language, units });
    if (!r.bindings || this.number !== number) return;
    this.bindings = r.bindings;
    this.units = r.units ?? {};
  }

  /** Which actions of an event have conditions that hold now, by their places. Nothing is done. */
  async would(widget: string, name: string, data?: unknown): Promise<number[]> {
    if (!this.number) throw new LiveError({ code: "not_connected" });
    const ask = { op: "event", view: this.number, widget, name, data, ask: true };
    return (await this.#live.command(ask)).runs ?? [];
  }

  close(): void {
    if (this.closed) return;
    this.closed = true;
    this.#live.forget(this);
  }

  /** For Live: takes the reply to watch or open in. */
  opened(r: Reply): void {
    this.number = r.view ?? 0;
    this.error = undefined;
    this.bindings = r.bindings ?? [];
    this.units = r.units ?? {};
    this.screen = r.screen;
    this.revision = r.revision ?? 0;
    this.app = r.app;
    this.took = r.took ?? [];
    this.slots.clear();
    this.matched(r.slots ?? []);
    this.values.clear();
    this.emit("open", this);
    this.emit("values", this.values.apply(r.v ?? [], r.t ?? Date.now()));
  }

  matched(slots: WatchSlot[]): void {
    for (const [slot, path] of slots) this.slots.set(slot, path);
  }
}

interface LiveEvents {
  status: Status;
  /** It will not come back by itself; the close code says why. */
  ended: number;
  notice: NoticeFrame;
  /** The master switch, the writes that wait for a second person or the ramps have changed. */
  writes: WritesNow;
  /** Alarms have changed. */
  alarms: AlarmsNow;
}

export interface LiveOptions {
  /** Address of the endpoint; the page's own server if left out. */
  url?: string;
  /** Shortest and longest wait before coming back, in ms. */
  minWait?: number;
  maxWait?: number;
  /** Ask for a sign of life after so many ms of silence; twice that is a lost connection. */
  silence?: number;
}

/** Close codes from which there is no coming back by itself. */
const isFinal = (code: number) => code >= 4500 && code < 5000;

export class Live extends Emitter<LiveEvents> {
  status: Status = "connecting";
  /** Since when it has this status, in ms since 1970; of "lost": since when nothing came. */
  since = Date.now();
  /** The close code after which it does not come back by itself (4501: log in again), else 0. */
  ended = 0;
  /** Whether writes are blocked, which wait for a second person, which ramps run. */
  writes: WritesNow = {};
  /** How many alarms there are, and the first of them. */
  alarms: AlarmsNow = {};

  readonly #options: Required<LiveOptions>;
  readonly #views = new Set<View>();
  /** What was asked of assets, and the id of the request while it is followed. */
  readonly #lists = new Map<AssetListener, { ask: AssetQuestion; id: number }>();
  /** What is opened and closed together. */
  #batch: { open: View[]; close: number[] } | undefined;
  readonly #pending = new Map<number, { done(r: Reply): void; lost(): void }>();
  #socket: WebSocket | undefined;
  #lastID = 0;
  #attempt = 0;
  #heard = 0;
  #retry: ReturnType<typeof setTimeout> | undefined;
  readonly #outdated = new Set<View>();
  #reopening: ReturnType<typeof setTimeout> | undefined;
  #pulse: ReturnType<typeof setInterval> | undefined;
  #language: string | undefined;
  readonly #hurry = () => this.#retry !== undefined && this.#connect();

  constructor(options: LiveOptions = {}) {
    super();
    this.#options = {
      url: options.url ?? ownAddress(),
      minWait: 250,
      maxWait: 15000,
      silence: 5000,
      ...defined(options),
    };
    globalThis.addEventListener?.("online", this.#hurry);
    this.#connect();
  }

  /** Shows a screen. The view opens itself again after a lost connection and a new revision. */
  open(screen: ScreenRequest): View {
    return this.#add({ op: "open", ...screen });
  }

  /** Shows tags by path or pattern ("area/line/*&#47;speed", "area/**"). */
  watch(tags: string[]): View {
    return this.#add({ op: "watch", tags });
  }

  /**
   * Writes a tag and ends when the device has confirmed. Never sent twice: without a connection it
   * fails, and if the connection goes meanwhile the outcome is "unknown".
   */
  async write(tag: string, value: unknown, reason?: string): Promise<WriteResult> {
    const { result } = await this.command({ op: "write", tag, value, reason });
    return result ?? { outcome: "unknown" };
  }

  /** Follows a list of assets until the returned function is called; comes back with the connection. */
  assets(ask: AssetQuestion, listener: AssetListener): () => void {
    const list = { ask, id: 0 };
    this.#lists.set(listener, list);
    this.#list(listener);
    return () => {
      if (this.#lists.get(listener) !== list) return;
      this.#lists.delete(listener);
      if (list.id) this.#send({ op: "close", list: list.id });
    };
  }

  /** Says in which language alarms, lists and messages come, whatever is shown; it holds when the connection comes back, too. */
  speak(language: string): void {
    if (language === this.#language) return;
    this.#language = language;
    this.#send({ op: "language", language });
  }

  /** Opens and closes views with few messages: all that fn does at once. */
  together(fn: () => void): void {
    if (this.#batch) {
      fn();
      return;
    }
    const batch = { open: [] as View[], close: [] as number[] };
    this.#batch = batch;
    try {
      fn();
    } finally {
      this.#batch = undefined;
    }
    // Closed first: there are only so many at once.
    for (const views of parts(batch.close)) this.#send({ op: "close", views });
    const open = batch.open.filter((v) => !v.closed);
    if (open.length === 1) this.#show(open[0] as View);
    else for (const views of parts(open)) this.#showAll(views);
  }

  /** Ends it for good. */
  close(): void {
    globalThis.removeEventListener?.("online", this.#hurry);
    this.ended ||= 1000;
    clearTimeout(this.#retry);
    this.#retry = undefined;
    this.#socket?.close(1000);
    this.#down(1000);
  }

  /** For View: sends something that must not be sent twice. */
  command(ask: Record<string, unknown>): Promise<Reply> {
    return new Promise((resolve, reject) => {
      const done = (r: Reply) => (r.error ? reject(new LiveError(r.error)) : resolve(r));
      const lost = () => resolve({ id: 0, result: { outcome: "unknown", code: "connection_lost" } });
      if (!this.#send(ask, done, lost)) reject(new LiveError({ code: "not_connected" }));
    });
  }

  /** For View: it is not shown any more. */
  forget(view: View): void {
    this.#views.delete(view);
    if (view.number && this.#batch) this.#batch.close.push(view.number);
    else if (view.number) this.#send({ op: "close", view: view.number });
    view.number = 0;
  }

  #add(ask: Record<string, unknown>): View {
    const view = new View(this, ask);
    this.#views.add(view);
    if (this.#batch) this.#batch.open.push(view);
    else if (this.status === "open") this.#show(view);
    return view;
  }

  /** Opens a view, or opens it again. */
  #show(view: View): void {
    this.#send(view.ask, (r) => this.#shown(view, r));
  }

  /** Opens several screens with one message. */
  #showAll(views: View[]): void {
    const { language, units } = views[0]?.ask ?? {};
    const replies = new Map<number, Reply>();
    const each = views.map((view) => {
      const id = ++this.#lastID;
      const done = (r: Reply) => {
        // What is the same as of another is said once.
        const like = r.like ? replies.get(r.like) : undefined;
        if (like) Object.assign(r, { screen: like.screen, app: like.app });
        replies.set(id, r);
        this.#shown(view, r);
      };
      const { installation, screen, params, draft, offers } = view.ask;
      return { done, ask: { id, installation, screen, params, draft, offers } };
    });
    const refused = (r: Reply) => {
      if (!r.error) return;
      // Those that were not answered never will be.
      for (const { ask, done } of each) if (this.#pending.delete(ask.id)) done({ id: ask.id, error: r.error });
    };
    const sent = this.#send({ op: "open", language, units, each: each.map((e) => e.ask) }, refused);
    if (sent) for (const { ask, done } of each) this.#pending.set(ask.id, { done, lost: () => {} });
  }

  /** Takes the reply in; the old view goes when the new one is there. */
  #shown(view: View, r: Reply): void {
    const old = view.number;
    if (view.closed) {
      if (r.view) this.#send({ op: "close", view: r.view });
    } else if (r.error) {
      view.error = new LiveError(r.error);
      view.emit("error", view.error);
    } else {
      if (old && old !== r.view) this.#send({ op: "close", view: old });
      view.opened(r);
    }
  }

  /** Asks for a list of assets. */
  #list(listener: AssetListener): void {
    const list = this.#lists.get(listener);
    if (!list) return;
    if (list.id) this.#send({ op: "close", list: list.id });
    const id = this.#lastID + 1; // the list goes by the id of its request
    const current = () => this.#lists.get(listener) === list && list.id === id;
    const sent = this.#send({ op: "assets", ...list.ask }, (r) => {
      if (!current()) return;
      if (r.error) listener.refused(new LiveError(r.error));
      else listener.listed(r.assets ?? [], r.total ?? 0);
    });
    list.id = sent ? id : 0;
  }

  #send(ask: Record<string, unknown>, done: (r: Reply) => void = () => {}, lost = () => {}): boolean {
    if (this.status !== "open" || !this.#socket) return false;
    const id = ++this.#lastID;
    this.#pending.set(id, { done, lost });
    this.#socket.send(JSON.stringify({ id, ...ask }));
    return true;
  }

  #set(status: Status, since = Date.now()): void {
    if (status === this.status) return;
    this.status = status;
    this.since = since;
    this.emit("status", status);
  }

  #connect(): void {
    clearTimeout(this.#retry);
    this.#retry = undefined;
    const socket = new WebSocket(this.#options.url);
    this.#socket = socket;
    const mine = () => socket === this.#socket;
    socket.onopen = () => {
      if (!mine()) return;
      this.#heard = Date.now();
      this.#pulse = setInterval(() => this.#listen(), this.#options.silence / 2);
      this.#set("open");
      // The server tells what there is to tell, and nothing otherwise.
      if (Object.keys(this.writes).length > 0) {
        this.writes = {};
        this.emit("writes", this.writes);
      }
      if (this.alarms.counts) {
        this.alarms = {};
        this.emit("alarms", this.alarms);
      }
      if (this.#language) this.#send({ op: "language", language: this.#language });
      this.#reshow([...this.#views]);
      for (const listener of this.#lists.keys()) this.#list(listener);
    };
    socket.onmessage = (event) => mine() && this.#receive(String(event.data));
    socket.onclose = (event) => mine() && this.#down(event.code);
  }

  /** A network that went without a word leaves the socket open: ask, and give up when nothing comes. */
  #listen(): void {
    const silent = Date.now() - this.#heard;
    if (silent > 2 * this.#options.silence) {
      this.#socket?.close();
      this.#down(1006);
    } else if (silent > this.#options.silence) this.#send({ op: "ping" });
  }

  #receive(text: string): void {
    this.#heard = Date.now();
    this.#attempt = 0;
    const message = JSON.parse(text);
    if (message.op === undefined) {
      const asked = this.#pending.get(message.id);
      this.#pending.delete(message.id);
      asked?.done(message);
    } else if (message.op === "notice") {
      this.emit("notice", message);
      if (message.code === "revision" || message.code === "access") this.#reopen(message.installation);
    } else if (message.op === "writes") {
      const { op: _op, ...now } = message;
      this.writes = now;
      this.emit("writes", now);
    } else if (message.op === "alarms") {
      const { op: _op, ...now } = message;
      this.alarms = now;
      this.emit("alarms", now);
    } else if (message.op === "assets") {
      for (const [listener, list] of this.#lists)
        if (list.id === message.list) listener.listed(message.assets, message.total);
    } else {
      for (const view of this.#views) {
        if (view.number !== message.view) continue;
        if (message.op === "values") view.emit("values", view.values.apply(message.v, message.t));
        else if (message.op === "slots") {
          view.matched(message.slots);
          view.emit("slots", view);
        }
      }
    }
  }

  /** Opens the screens of an installation again, spread out: all browsers are told at once. */
  #reopen(installation: string | undefined): void {
    for (const view of this.#views) {
      if (view.ask.op === "open" && (!installation || view.ask.installation === installation)) this.#outdated.add(view);
    }
    this.#reopening ??= setTimeout(() => {
      this.#reopening = undefined;
      this.#reshow([...this.#outdated].filter((view) => !view.closed));
      this.#outdated.clear();
      // Another revision may ask for other assets.
      for (const listener of this.#lists.keys()) this.#list(listener);
    }, Math.random() * 300);
  }

  /** Opens views again: screens together, as there may be very many. */
  #reshow(views: readonly View[]): void {
    const screens = views.filter((v) => v.ask.op === "open");
    if (screens.length > 8) for (const part of parts(screens)) this.#showAll(part);
    for (const view of views) if (screens.length <= 8 || view.ask.op !== "open") this.#show(view);
  }

  #down(code: number): void {
    clearInterval(this.#pulse);
    clearTimeout(this.#reopening);
    this.#reopening = undefined;
    this.#outdated.clear();
    this.#socket = undefined;
    for (const view of this.#views) view.number = 0;
    for (const list of this.#lists.values()) list.id = 0;
    const waiting = [...this.#pending.values()];
    this.#pending.clear();
    const { minWait, maxWait } = this.#options;
    const opened = this.status === "open";
    if (opened) this.#set("lost", this.#heard);
    if (isFinal(code)) this.#end(code);
    if (!this.ended) {
      if (!opened) this.#askWhy();
      const wait = Math.min(maxWait, minWait * 2 ** this.#attempt++);
      this.#retry = setTimeout(() => this.#connect(), wait * (0.5 + Math.random()));
    }
    if (this.#attempt > 1) this.#set("lost");
    for (const asked of waiting) asked.lost();
  }

  /** A browser does not say why a connection was refused: ask whether it is the login. */
  #askWhy(): void {
    fetch(new URL("/api/v1/me", this.#options.url.replace(/^ws/, "http")), { credentials: "same-origin" }).then(
      ({ status }) => status === 401 && this.#retry !== undefined && this.#end(CloseCode.unauthorized),
      () => {}, // no server at all: the next attempt will tell
    );
  }

  #end(code: number): void {
    clearTimeout(this.#retry);
    this.#retry = undefined;
    this.ended = code;
    if (this.status === "lost") this.emit("status", "lost");
    else this.#set("lost");
    this.emit("ended", code);
  }
}

/** A list in parts that one message may have. */
function parts<T>(list: readonly T[], size = 50): T[][] {
  const out: T[][] = [];
  for (let i = 0; i < list.length; i += size) out.push(list.slice(i, i + size));
  return out;
}

function ownAddress(): string {
  const url = new URL("/api/v1/live", location.href);
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  return url.href;
}

function defined<T extends object>(options: T): T {
  return Object.fromEntries(Object.entries(options).filter(([, v]) => v !== undefined)) as T;
}
