// In which unit a person sees a value. Documents and the wire stay in the unit of the tag; here, and
// nowhere else, numbers become those that are shown, and those that were entered become those of the tag.
import type { LiveValue, Manifest, Meta, ShownUnit } from "@lineside/client";
import type { NumberEntry, Settings, Values } from "@lineside/widgets";

/** How to show the units that a screen names, by their text. */
export type Units = Readonly<Record<string, ShownUnit>>;

/** Beyond this many digits a float64 only tells that it was computed. */
const digits = 12;

const tidy = (n: number): number => (Number.isFinite(n) ? Number(n.toPrecision(digits)) : n);

const converts = (u: ShownUnit | undefined): u is ShownUnit & { factor: number } => !!u?.factor;

/** A number of the tag as it is shown. */
export const toShown = (n: number, u: ShownUnit | undefined): number =>
  converts(u) ? tidy(n * u.factor + (u.offset ?? 0)) : n;

/** How many decimals tell as much of a value in another unit as these do in its own. */
export function decimalsShown(decimals: number, u: ShownUnit | undefined): number {
  if (!converts(u)) return decimals;
  return Math.max(0, Math.min(10, decimals + Math.ceil(-Math.log10(Math.abs(u.factor)) - 0.3)));
}

/**
 * The number of the tag for one that was entered: as fine as what is shown can tell and two decimals
 * more, so that 212 °F is 100 °C and not 99.99999999. A whole number stays one.
 */
export function fromShown(n: number, u: ShownUnit | undefined, meta: Meta | undefined): number {
  if (!converts(u)) return n;
  const back = (n - (u.offset ?? 0)) / u.factor;
  if (meta?.type === "int") return Math.round(back);
  const exact = Number(back.toPrecision(9));
  return meta?.decimals === undefined ? exact : Number(exact.toFixed(Math.min(10, meta.decimals + 2)));
}

/** A limit as it is shown, cut inwards to what can be entered with so many decimals. */
function limit(n: number | undefined, u: ShownUnit, decimals: number, round: (n: number) => number) {
  if (n === undefined) return undefined;
  const step = 10 ** decimals;
  const cut = tidy(round(tidy(n * step)) / step);
  return converts(u) ? cut : n;
}

/** What a tag says of itself, in the unit that is shown. */
export function metaShown(m: Meta, u: ShownUnit | undefined): Meta {
  if (!u) return m;
  if (!converts(u)) return { ...m, unit: u.symbol };
  const own = m.decimals ?? (m.type === "int" ? 0 : undefined);
  const out: Meta = { ...m, unit: u.symbol };
  for (const key of ["low", "high", "normalLow", "normalHigh", "writeLow", "writeHigh"] as const) {
    const n = m[key];
    if (n !== undefined) out[key] = toShown(n, u);
  }
  if (own !== undefined) out.decimals = decimalsShown(own, u);
  if (m.type === "int") out.type = "float";
  return out;
}

const quantitiesOf = new WeakMap<Manifest, ReadonlySet<string>>();

/** The settings of a widget that are in its unit. */
function quantities(manifest: Manifest): ReadonlySet<string> {
  let set = quantitiesOf.get(manifest);
  if (!set) {
    set = new Set(manifest.settings.filter((f) => f.quantity).map((f) => f.name));
    quantitiesOf.set(manifest, set);
  }
  return set;
}

/** How one widget is shown. */
export class Display {
  private constructor(
    private readonly manifest: Manifest,
    private readonly names: ReadonlySet<string>,
    /** The unit that the widget as a whole is in. */
    private readonly own: ShownUnit | undefined,
    private readonly units: Units,
    private readonly meta: Readonly<Record<string, Meta>>,
    private readonly fixed: boolean,
  ) {}

  /** What a widget with these properties, bound to these tags, is shown in; undefined when nothing is to be done. */
  static of(
    manifest: Manifest | undefined,
    props: Readonly<Record<string, unknown>> | undefined,
    meta: Readonly<Record<string, Meta>>,
    units: Units,
  ): Display | undefined {
    if (!manifest) return undefined;
    const names = quantities(manifest);
    if (names.size === 0) return undefined;
    const said = typeof props?.unit === "string" ? props.unit : "";
    const own = units[said || (meta[manifest.drop ?? "value"]?.unit ?? "")];
    const any = own || (said === "" && [...names].some((n) => units[meta[n]?.unit ?? ""]));
    return any ? new Display(manifest, names, own, units, meta, said !== "") : undefined;
  }

  /** The unit of one property: that of its tag, unless the widget says what it is in. */
  private unitOf(prop: string): ShownUnit | undefined {
    if (!this.names.has(prop)) return undefined;
    const unit = this.fixed ? undefined : this.meta[prop]?.unit;
    return unit ? this.units[unit] : this.own;
  }

  /** Live values as they are shown. */
  values(values: Values): Values {
    let out: Values | undefined;
    for (const prop in values) {
      const l = values[prop] as LiveValue;
      if (typeof l.v !== "number") continue;
      const u = this.unitOf(prop);
      if (!converts(u)) continue;
      out ??= { ...values };
      out[prop] = { ...l, v: toShown(l.v, u) };
    }
    return out ?? values;
  }

  /** The difference of two values of a property as it is shown: the offset of its unit is not in it. */
  difference(prop: string, n: number): number {
    const u = this.unitOf(prop);
    return converts(u) ? tidy(n * u.factor) : n;
  }

  /** Settings as they are shown: constants and what the tag said, with the name of the unit and the decimals. */
  settings(settings: Settings, live: Values): Settings {
    const { own } = this;
    if (!own) return settings;
    const out: Settings = { ...settings };
    for (const f of this.manifest.settings) {
      const v = out[f.name];
      if (f.from === "unit" && typeof v === "string" && v !== "") out[f.name] = own.symbol;
      else if (f.from === "decimals" && typeof v === "number") out[f.name] = decimalsShown(v, own);
      // What is live was converted already.
      else if (f.quantity && typeof v === "number" && !(f.name in live)) out[f.name] = toShown(v, own);
    }
    // A whole number is none in another unit.
    const { type } = this.meta[this.manifest.drop ?? "value"] ?? {};
    if (converts(own) && type === "int" && out.decimals === undefined) out.decimals = decimalsShown(0, own);
    return out;
  }

  /** What the tag of a property says of itself, as it is shown. */
  metaOf(prop: string): Meta | undefined {
    const m = this.meta[prop];
    return m && this.names.has(prop) ? metaShown(m, this.unitOf(prop)) : m;
  }

  /** What the operator is asked for, in the unit that is shown. */
  entry(e: NumberEntry): NumberEntry {
    const u = this.unitOf(this.manifest.writes ?? this.manifest.drop ?? "value");
    if (!converts(u)) return e;
    const decimals = e.decimals ?? 2;
    return {
      ...e,
      low: limit(e.low, u, decimals, Math.ceil),
      high: limit(e.high, u, decimals, Math.floor),
    };
  }

  /** What is told with an event, in the unit of the tag. */
  told(data: unknown): unknown {
    const prop = this.manifest.writes;
    if (!prop || typeof data !== "number") return data;
    return fromShown(data, this.unitOf(prop), this.meta[prop]);
  }
}
