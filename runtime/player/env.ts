import type { Drawing, Text, Widget, WriteResult } from "@lineside/client";
import type { Mirror, Scene, Theme, Turn } from "@lineside/scene";
import type {
  AlarmSource,
  BoundMeta,
  Env,
  Lang,
  Local,
  Navigation,
  NumberEntry,
  Past,
  Screens,
  TagSource,
  Values,
} from "@lineside/widgets";
import { polledAlarms } from "./alarmsource";
import type { Display, Units } from "./display";
import { history, servedPast } from "./history";
import { isTextKey, type Texts } from "./language";
import { lasted, type Recaller, recall, servedRecaller } from "./recall";

/** What an instance needs of its screen. */
export interface InstanceHost {
  readonly scene: Scene;
  readonly elements: HTMLElement;
  readonly mirror: Mirror;
  readonly lang: Lang;
  /** The language of the app's own texts, and its texts by key. */
  readonly language?: string;
  readonly texts?: Texts;
  /** The drawings of the app by id. */
  readonly drawings?: Readonly<Record<string, Drawing>>;
  /** How the units that the screen names are shown. */
  readonly units?: Units;
  readonly theme: Theme;
  readonly mode: "run" | "design";
  readonly connected: boolean;
  /** The alarms; asked from time to time when not given. */
  readonly alarms?: AlarmSource;
  /** The tags of the plant, for widgets that show many. */
  readonly tags?: TagSource;
  /** The past of tags; that of the runtime when not given. */
  readonly past?: Past;
  /** What they were by buckets and states; what the runtime says when not given. */
  readonly recaller?: Recaller;
  /** The app around the screen. */
  readonly navigation?: Navigation;
  /** How screens are drawn within a widget. */
  readonly screens?: Screens;
  /** Device pixels per drawing pixel. */
  readonly ratio: number;
  meta(widget: string): Record<string, BoundMeta>;
  values(widget: string): Values;
  emit(widget: string, name: string, data: unknown, sent?: () => void): Promise<WriteResult | undefined>;
  enter(entry: NumberEntry): Promise<number | undefined>;
  /** A layer was added: the drawing order must be set again. */
  ordered(): void;
  /** How what is around a widget is drawn. */
  around(widget: Widget): Turn | undefined;
  /** How the person has a widget before them, and a change of it. */
  local(widget: string): Local;
  setLocal(widget: string, change: Local, keep: boolean): void;
  /** A widget that holds others is drawn otherwise now, and they with it. */
  turned(widget: string): void;
}

/** Is it a binding, and not a constant? */
export const isBinding = (v: unknown): boolean =>
  typeof v === "object" && v !== null && !Array.isArray(v) && !isTextKey(v);

/** What the environment of a view needs of its instance. */
interface Parts {
  readonly memory: Map<string, unknown>;
  /** What its type is called. */
  readonly title: string;
  t(text: Text | undefined): string;
  /** In which unit it is shown. */
  display(): Display | undefined;
  /** The view as built: another after it was built again. */
  view(): unknown;
  describe(): void;
}

/** What a view may know and do beyond its own box. */
export function envOf(host: InstanceHost, widget: Widget, of: Parts): Env {
  /** The tags that properties are bound to. */
  const paths = (props: readonly string[]): Record<string, string> => {
    const meta = host.meta(widget.id);
    return Object.fromEntries(props.flatMap((p) => (meta[p]?.path ? [[p, meta[p].path]] : [])));
  };
  return {
    lang: host.lang,
    theme: host.theme,
    mode: host.mode,
    get connected() {
      return host.connected;
    },
    memory: of.memory,
    name: widget.name ?? "",
    title: of.title,
    local: host.local(widget.id),
    setLocal: (change, keep) => host.setLocal(widget.id, change, keep === true),
    actions: Object.keys(widget.on ?? {}).filter((k) => (widget.on?.[k]?.length ?? 0) > 0),
    t: of.t,
    meta: (prop) => of.display()?.metaOf(prop) ?? host.meta(widget.id)[prop],
    history: async (prop, from, to, pixels, shift) => {
      const path = host.meta(widget.id)[prop]?.path;
      if (!path) return [];
      const samples = await history(host.past ?? servedPast, path, from, to, pixels, shift);
      const display = of.display();
      return display ? samples.map((s) => display.values({ [prop]: s })[prop] ?? s) : samples;
    },
    past: host.past ?? servedPast,
    recall: (props, ask) => recall(host.recaller ?? servedRecaller, paths(props), ask, of.display()),
    lasted: (props, from, to) => lasted(host.recaller ?? servedRecaller, paths(props), from, to),
    alarms: host.alarms ?? polledAlarms,
    tags: host.tags,
    navigation: host.navigation,
    screens: host.screens,
    bound: (prop) => isBinding(widget.props?.[prop]) || prop in host.meta(widget.id) || prop in host.values(widget.id),
    emit: (name, data, sent) => {
      // A screen reader hears that it waits, and how it ended, as the others see it.
      const say = () => mine === of.view() && of.describe();
      const mine = of.view();
      const told = (data: unknown) => of.display()?.told(data) ?? data;
      const result = host.emit(widget.id, name, told(data), () => {
        sent?.();
        say();
      });
      void result.finally(() => setTimeout(say)).catch(() => {});
      return result;
    },
    enter: (entry) => host.enter(of.display()?.entry(entry) ?? entry),
  };
}
