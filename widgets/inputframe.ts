// What drawn inputs have in common: the label with quality and the state of the write at its end, and what is said of them.
import { type Group, type MirrorEntry, type Path, Readout, size, type Text } from "@lineside/scene";
import { Control, controlText, failureText, refusal, settable } from "./control";
import { labelOf, lookText, type Shown, shown, textOf } from "./kit";
import type { Env, Settings, Values } from "./view";

const lock = "M3 7V5a3 3 0 0 1 6 0v2h1v6H2V7zM4.5 7h3V5a1.5 1.5 0 0 0-3 0z";

/** The frame of an input that sets one property. */
export class InputFrame {
  readonly control: Control;
  readonly label: string;
  /** This person may set it. */
  readonly writable: boolean;
  /** Where the input itself begins, and how high it is. */
  readonly top: number;
  readonly height: number;
  now: Shown;
  private readonly quality: Readout;
  private readonly mark: Text;
  private readonly lock: Path;

  constructor(
    g: Group,
    box: { width: number; height: number },
    private readonly settings: Settings,
    private readonly env: Env,
    draw: () => void,
    private readonly prop = "value",
    /** The input shows quality itself. */
    private readonly own = false,
  ) {
    this.control = new Control(env, settings, draw);
    this.label = labelOf(settings, env, prop);
    this.writable = settable(env, prop);
    this.now = shown({}, settings, prop);
    const row = box.height >= 56 ? 20 : 0;
    this.top = row;
    this.height = box.height - row;
    const line = row || Math.min(20, box.height);
    const px = Math.max(9, Math.min(size.small, line * 0.72));
    const end = box.width - 16;
    const half = row ? Math.min(120, box.width * 0.45) : Math.min(64, box.width * 0.5);
    if (row)
      g.text({
        x: 0,
        y: 0,
        width: Math.max(1, own ? end - 4 : end - half - 6),
        height: row,
        text: this.label,
        size: px,
        color: "muted",
      });
    this.quality = new Readout(g, {
      x: Math.max(0, end - half),
      y: 0,
      width: Math.max(1, half - 4),
      height: line,
      size: px,
      align: "end",
    });
    this.mark = g.text({
      x: end,
      y: 0,
      width: 16,
      height: line,
      text: "",
      size: px,
      weight: 700,
      color: "text",
      align: "center",
    });
    this.lock = g.path({ d: lock, x: end + 3, y: (line - 14) / 2, fill: "muted", visible: false });
  }

  take(values: Values): void {
    this.now = shown(values, this.settings, this.prop);
  }

  /** May it be acted on: this person may, the engineer lets it, and no write is under way. */
  get free(): boolean {
    return this.writable && this.control.free;
  }

  /** May it be acted on, or will it be when the write under way has ended? */
  get open(): boolean {
    return this.writable && this.settings.enabled !== false;
  }

  /** Shows quality and the state of the write; text is shown with it where the input itself has none. */
  show(text = ""): void {
    if (this.own && text === "") this.quality.set("", "good");
    else this.quality.set(text, this.now.look);
    const { control } = this;
    this.mark.set({ text: control.pending ? "…" : control.result ? "!" : "" });
    this.lock.set({ visible: !this.open && !control.pending && !control.result && this.env.mode === "run" });
  }

  /** A value that is none of those the input knows, as a text. */
  strange(): string {
    return textOf(this.now.v, undefined, this.env.lang);
  }

  describe(role: string, value: string, state: Record<string, string> = {}): Omit<MirrorEntry, "act"> {
    const { env, control } = this;
    return {
      role,
      label: this.label || env.name,
      value: [
        value,
        lookText(this.now.look, env.lang),
        controlText(control, env),
        failureText(control),
        refusal(env, this.settings, this.prop),
      ]
        .filter(Boolean)
        .join(" "),
      state: { ...state, ...control.state },
    };
  }
}
