// The marks beside equipment: what it does, by shape, and that something is wrong.
import type { Group, Path, Text } from "@lineside/scene";
import type { State } from "./state";

/** The alarm marks of UX by priority: shape, digit and colour. */
const alarms: Record<string, { points: readonly number[]; tone: string; digit: string }> = {
  "1": { points: [0, -1, 1, 0, 0, 1, -1, 0], tone: "urgent", digit: "contrast" },
  "2": { points: [-0.85, -0.85, 0.85, -0.85, 0.85, 0.85, -0.85, 0.85], tone: "high", digit: "ink" },
  "3": { points: [0, -1, 1, 0.8, -1, 0.8], tone: "medium", digit: "ink" },
  "4": { points: [0, 1, 1, -0.8, -1, -0.8], tone: "low", digit: "contrast" },
};

const hand =
  "M4 15V9.5a1 1 0 0 1 1-1h.5V3a1 1 0 0 1 2 0v4.5h.7V6.8a1 1 0 0 1 1.9 0v1h.6a1 1 0 0 1 1.8 0v.8h.5a1 1 0 0 1 1 1V12a4 4 0 0 1-4 4H7a3 3 0 0 1-3-1z";

const running = [-0.6, -0.7, 0.7, 0, -0.6, 0.7];
const stopped = [-0.6, -0.6, 0.6, -0.6, 0.6, 0.6, -0.6, 0.6];

/** One place beside a symbol, with the mark of its state. */
export class Marks {
  private readonly shape: Path;
  private readonly digit: Text;
  private readonly hand: Path;

  constructor(
    g: Group,
    /** Of an alarm mark, in pixels. */
    private readonly size: number,
    private readonly priority: string,
  ) {
    this.shape = g.path({ points: [0, 0], closed: true, visible: false });
    this.digit = g.text({ x: 0, y: 0, text: "", weight: 700, align: "center", visible: false });
    this.hand = g.path({ d: hand, fill: "text", visible: false });
  }

  /** Draws the mark of a state with its middle at a place. */
  set(state: State | undefined, x: number, y: number): void {
    const fault = state === "fault";
    const alarm = alarms[this.priority] ?? (alarms["2"] as (typeof alarms)["1"]);
    const k = fault ? this.size / 2 : this.size / 3;
    const outline = fault ? alarm.points : state === "stopped" ? stopped : running;
    this.shape.set({
      visible: fault || state === "running" || state === "stopped",
      points: outline.map((v, i) => v * k + (i % 2 ? y : x)),
      fill: fault ? alarm.tone : state === "running" ? "text" : undefined,
      stroke: "text",
      strokeWidth: fault ? 2 : 1.5,
    });
    const px = this.size * 0.62;
    const down = this.priority === "3" ? 0.16 : this.priority === "4" ? -0.14 : 0;
    this.digit.set({
      visible: fault,
      text: this.priority,
      x: x - this.size,
      width: 2 * this.size,
      y: y - px + down * this.size,
      height: 2 * px,
      size: px,
      color: alarm.digit,
    });
    const s = this.size / 17;
    this.hand.set({ visible: state === "manual", x: x - 8 * s, y: y - 9 * s, scale: s });
  }
}
