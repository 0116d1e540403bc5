// Drawing through points: click for each, or press and drag a line. Pipes go level and upright, Shift lets them go
// straight; other lines go straight, Shift holds them to steps of 45°. A press that drags on a curve pulls its handles.
import type { Joint, Manifest, Widget } from "@lineside/client";
import { boxed, type Spot, straightened, strideOf } from "../../document";
import type { Point, Stage } from "../gesture";
import { ghost } from "../move";
import { type Aim, Aimer, elbows, stepped, sticksNear } from "./stick";

/** What was drawn. */
export interface Traced {
  points: number[];
  closed: boolean;
  from?: Joint;
  to?: Joint;
}

/** Whether lines of a type go level and upright. */
export const goesSquare = (m: Manifest): boolean => m.id === "pipe";

const none: ReadonlySet<string> = new Set();

/** One line under the pencil. */
export class Trace {
  readonly #aimer: Aimer;
  readonly #stride: number;
  /** Fixed points, each of `stride` numbers. */
  #fixed: number[][] = [];
  #from: Aim;
  #to: Aim | undefined;
  /** Where the next point would be, and the corners on the way there. */
  #next: { aim: Aim; way: number[] } | undefined;

  constructor(
    private readonly stage: Stage,
    readonly manifest: Manifest,
    p: Point,
  ) {
    this.#aimer = new Aimer(stage);
    this.#stride = strideOf(manifest);
    this.#from = this.#aimer.at(p, this.#sticks);
    this.#fixed = [this.#point(this.#from)];
  }

  /** Only lines between two ends stick; a curve does not. */
  get #sticks(): boolean {
    return this.#stride === 2;
  }

  get count(): number {
    return this.#fixed.length;
  }

  #point(at: Spot): number[] {
    return this.#stride === 2 ? [at.x, at.y] : [at.x, at.y, at.x, at.y, at.x, at.y];
  }

  get #last(): Spot {
    const p = this.#fixed.at(-1) as number[];
    return { x: p[0] as number, y: p[1] as number };
  }

  /** The axis along which the line came to its last point. */
  get #direction(): "x" | "y" | undefined {
    const n = this.#fixed.length;
    if (n < 2) return this.#from.axis;
    const [a, b] = [this.#fixed[n - 2] as number[], this.#fixed[n - 1] as number[]];
    return Math.abs((a[0] as number) - (b[0] as number)) > Math.abs((a[1] as number) - (b[1] as number)) ? "x" : "y";
  }

  /** Whether a place is on the first point, so that a press there closes the line. */
  closes(p: Point): boolean {
    const first = this.#fixed[0] as number[];
    if (this.#fixed.length < 3 || !this.manifest.settings.some((f) => f.name === "closed")) return false;
    return Math.hypot((first[0] as number) - p.wx, (first[1] as number) - p.wy) * this.stage.zoom < 9;
  }

  /** Leads the line to the pointer, without fixing anything. */
  aim(p: Point): Aim {
    let aim = this.#aimer.at(p, this.#sticks);
    // Nothing holds a line to the place that it just came from.
    if (
      aim.joint &&
      this.#fixed.length === 1 &&
      aim.joint.widget === this.#from.joint?.widget &&
      aim.joint.point === this.#from.joint.point
    )
      aim = this.#aimer.snapped({ x: p.wx, y: p.wy });
    let way: number[] = [];
    if (goesSquare(this.manifest)) {
      if (!p.shift) way = elbows(this.#last, aim, this.#direction, aim.axis);
    } else if (p.shift && !aim.joint) aim = { ...stepped(this.#last, { x: p.wx, y: p.wy }), guides: [] };
    if (this.closes(p)) {
      const first = this.#fixed[0] as number[];
      aim = { x: first[0] as number, y: first[1] as number, guides: [] };
    }
    this.#next = { aim, way };
    this.show(p);
    return aim;
  }

  /** Fixes the point that was aimed at. Answers whether the line ends there. */
  put(p: Point): boolean {
    const aim = this.aim(p);
    const last = this.#last;
    if (Math.hypot(aim.x - last.x, aim.y - last.y) * this.stage.zoom < 2) return false;
    const way = this.#next?.way ?? [];
    for (let i = 0; i + 1 < way.length; i += 2)
      this.#fixed.push(this.#point({ x: way[i] as number, y: way[i + 1] as number }));
    this.#fixed.push(this.#point(aim));
    this.#to = aim;
    this.#next = undefined;
    return !!aim.joint || this.manifest.draw === "line";
  }

  /** Pulls the handles of the last point to a place: the one towards the next goes there, the other one to the other side. */
  pull(p: Point): void {
    const a = this.#fixed.at(-1) as number[];
    const [x, y] = a as [number, number];
    const to = p.shift ? stepped({ x, y }, { x: p.wx, y: p.wy }) : { x: p.wx, y: p.wy };
    a.splice(2, 4, 2 * x - to.x, 2 * y - to.y, to.x, to.y);
    this.#next = undefined;
    this.show(p);
  }

  get curved(): boolean {
    return this.#stride === 6;
  }

  /** Takes the last point back. Answers whether any is left. */
  back(): boolean {
    this.#fixed.pop();
    this.#next = undefined;
    this.#to = undefined;
    if (this.#fixed.length === 0) return false;
    this.show();
    return true;
  }

  /** What was drawn; undefined while it is no line yet. */
  result(closed: boolean): Traced | undefined {
    let points = this.#fixed.flat();
    if (this.#fixed.length < 2) return undefined;
    if (goesSquare(this.manifest)) points = straightened(points);
    const out: Traced = { points, closed };
    if (!closed && this.#from.joint) out.from = this.#from.joint;
    if (!closed && this.#to?.joint) out.to = this.#to.joint;
    return out;
  }

  /** Shows the line so far and where it would go. */
  show(p?: Point): void {
    const { stage, manifest } = this;
    const next = this.#next;
    const points = this.#fixed.flat();
    if (next) {
      for (let i = 0; i + 1 < next.way.length; i += 2)
        points.push(...this.#point({ x: next.way[i] as number, y: next.way[i + 1] as number }));
      points.push(...this.#point(next.aim));
    }
    const id = `${ghost}new`;
    if (points.length >= 2 * this.#stride) {
      const { box, fractions } = boxed(points, this.#stride);
      const widget: Widget = { id, type: manifest.id, ...box, props: { points: fractions } };
      stage.preview(new Map([[id, widget]]));
    } else stage.preview(undefined);
    const spots = this.#fixed.map((f) => ({ x: f[0] as number, y: f[1] as number }));
    const last = this.#fixed.at(-1) as number[];
    stage.mark({
      guides: next?.aim.guides ?? [],
      handles: false,
      draw: {
        points: spots,
        handles: this.curved
          ? [4, 2].map((i) => ({ at: { x: last[i] as number, y: last[i + 1] as number }, of: this.#last }))
          : [],
        sticks: p && this.#sticks ? sticksNear(stage, p.wx, p.wy, none) : [],
        stuck: next?.aim.joint ? next.aim : undefined,
      },
    });
  }

  hide(): void {
    this.stage.preview(undefined);
  }
}
