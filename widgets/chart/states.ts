// What the values of equipment mean, and how they look: brightness and text for what is normal, colour for a fault alone.
import type { LiveValue } from "@lineside/client";
import { look } from "@lineside/scene";
import { stateOf } from "../symbol/state";
import type { Env, Settings } from "../view";
import type { Palette } from "./palette";
import type { Span } from "./spans";
import { word } from "./words";

export type StateLook = "running" | "stopped" | "idle" | "fault" | "manual" | "setup" | "other";

export interface State {
  name: string;
  look: StateLook;
  /** Of a state that is no kind of equipment: its place among these. */
  fill: number;
}

const names: Record<Exclude<StateLook, "other">, { en: string; zh: string }> = {
  running: { en: "Running", zh: "运行" },
  stopped: { en: "Stopped", zh: "停止" },
  idle: { en: "Idle", zh: "待机" },
  fault: { en: "Fault", zh: "故障" },
  manual: { en: "Manual", zh: "手动" },
  setup: { en: "Setup", zh: "调整" },
};

const looks = ["running", "stopped", "idle", "fault", "manual", "setup", "other"] as const;

const byName: readonly (readonly [RegExp, StateLook])[] = [
  [/fault|fail|alarm|trip|error|breakdown|故障|报警/i, "fault"],
  [/run|on$|produc|auto|运行|生产/i, "running"],
  [/idle|wait|stand|ready|starved|block|待机|等待/i, "idle"],
  [/manual|hand|local|手动/i, "manual"],
  [/setup|change|clean|service|maint|调整|清洗|维护/i, "setup"],
  [/stop|off|停/i, "stopped"],
];

/** How a name looks. */
export const lookOf = (name: string): StateLook => byName.find(([re]) => re.test(name))?.[1] ?? "other";

/** How many different states a picture tells. */
const most = 60;

/** The states that values have: as the engineer lists them, else as equipment is told, else each value one. */
export class States {
  readonly list: State[] = [];
  private readonly by = new Map<string, number>();
  private readonly given = new Map<string, { name: string; look: StateLook }>();

  constructor(
    settings: Settings,
    private readonly env: Env,
  ) {
    const rows = Array.isArray(settings.states) ? settings.states.slice(0, most) : [];
    for (const row of rows) {
      if (typeof row !== "object" || row === null) continue;
      const { value, title, look: asked } = row as Record<string, unknown>;
      if (typeof value !== "string" && typeof value !== "number") continue;
      const name = typeof title === "string" && title !== "" ? title : String(value);
      const own = looks.find((l) => l === asked) ?? lookOf(name);
      this.given.set(String(value).toLowerCase(), { name, look: own });
      this.add(name, own);
    }
  }

  private add(name: string, as: StateLook): number {
    let i = this.list.findIndex((s) => s.name === name);
    if (i < 0 && this.list.length < most) {
      const fill = this.list.filter((s) => s.look === "other").length;
      i = this.list.push({ name, look: as, fill }) - 1;
    }
    return i < 0 ? this.list.length - 1 : i;
  }

  /** The place of the state of a value; -1 when there is none. */
  of(s: LiveValue): number {
    const k = look(s.q);
    if (k === "bad" || k === "waiting" || s.v === null || s.v === undefined) return -1;
    const key = typeof s.v === "object" ? JSON.stringify(s.v) : String(s.v);
    let i = this.by.get(key);
    if (i === undefined) {
      i = this.fresh(s, key);
      if (this.by.size < 10_000) this.by.set(key, i);
    }
    return i;
  }

  private fresh(s: LiveValue, key: string): number {
    const { lang } = this.env;
    const given =
      this.given.get(key.toLowerCase()) ?? (typeof s.v === "boolean" ? this.given.get(s.v ? "1" : "0") : undefined);
    if (given) return this.add(given.name, given.look);
    if (this.given.size === 0) {
      if (typeof s.v === "boolean")
        return this.add(names[s.v ? "running" : "stopped"][lang], s.v ? "running" : "stopped");
      const known = stateOf({ v: s.v, look: "good" });
      if (known && known !== "none" && known !== "nocomm") return this.add(names[known][lang], known);
    }
    const text = key.slice(0, 80) || "“”";
    return this.add(text, typeof s.v === "string" ? lookOf(text) : "other");
  }

  /** The place of a state by its name or kind, for what is listed. */
  named(name: string): number {
    const given = this.given.get(name.toLowerCase());
    if (given) return this.add(given.name, given.look);
    const kind = looks.find((l) => l === name.toLowerCase());
    return kind && kind !== "other"
      ? this.add(names[kind][this.env.lang], kind)
      : this.add(name.slice(0, 80), lookOf(name));
  }

  name(i: number): string {
    return this.list[i]?.name ?? word("noData", this.env.lang);
  }
}

export interface Paint {
  fill: string;
  /** Lines over the fill, so that no state is told by colour alone. */
  hatch?: string;
  pattern?: string;
  ink: string;
}

/** How a state is painted. */
export function paintOf(s: State | undefined, p: Palette): Paint {
  const of = (fill: string, more: Partial<Paint> = {}): Paint => ({ fill, ink: p.on(fill), ...more });
  if (!s) return of(p.surface, { hatch: p.grid, pattern: "none" });
  switch (s.look) {
    case "running":
      return of(p.of("lit"));
    case "stopped":
      return of(p.of("unlit"));
    case "idle":
      return of(p.of("equipment"));
    case "fault":
      return of(p.of("urgent"), { hatch: p.surface, pattern: "stripes" });
    case "manual":
      return of(p.of("band"));
    case "setup":
      return of(p.of("fill3"), { hatch: p.surface, pattern: "back" });
    default: {
      const f = p.fill(s.fill);
      return of(f.color, f.pattern ? { hatch: p.surface, pattern: f.pattern } : {});
    }
  }
}

/** The spans of a row of samples between two times: each holds until the next. */
export function spansOf(samples: readonly LiveValue[], from: number, to: number, states: States): Span[] {
  const out: Span[] = [];
  for (let i = 0; i < samples.length; i++) {
    const s = samples[i] as LiveValue;
    const begin = Math.max(from, s.t);
    const end = Math.min(to, samples[i + 1]?.t ?? to);
    if (!(end > begin)) continue;
    const state = states.of(s);
    const last = out.at(-1);
    if (last && last.state === state && last.to >= begin) last.to = end;
    else {
      // Before the first sample nothing is known.
      if (!last && begin > from) out.push({ from, to: begin, state: -1 });
      out.push({ from: begin, to: end, state });
    }
  }
  return out;
}
