// The keyboard and the press of drawn inputs where one of several places is chosen.
import type { MirrorEntry } from "@lineside/scene";
import { type Choice, chosenOf, mostChoices } from "./choice";
import type { InputFrame } from "./inputframe";
import type { At, Drawn, Values } from "./view";

type MirrorItem = NonNullable<MirrorEntry["items"]>[number];

/** How many choices a drawn input shows: more want a list. */
export const mostDrawn = Math.min(mostChoices, 24);

/** What is drawn of the choices: which is, which is pressed or aimed at by keys, and which is to be. */
export interface Chosen {
  is: number;
  aim: number;
  wanted: number;
}

/** Makes a drawn input of a frame, its choices and where they are. */
export function choosing(
  frame: InputFrame,
  choices: readonly Choice[],
  place: (at: At) => number,
  paint: (now: Chosen) => void,
): Drawn & { draw(): void } {
  let over = -1;
  let pressed = -1;
  let aim = -1;
  let wanted = -1;
  const draw = () => {
    const is = chosenOf(choices, frame.now);
    paint({ is, aim: pressed >= 0 ? pressed : aim, wanted: frame.control.pending ? wanted : -1 });
    frame.show(is < 0 ? frame.strange() : "");
  };
  const choose = (i: number) => {
    const c = choices[i];
    if (!c || !frame.free) return;
    aim = -1;
    if (chosenOf(choices, frame.now) === i) return;
    wanted = i;
    void frame.control.emit("set", c.value);
  };
  const items = (): MirrorItem[] => {
    const is = chosenOf(choices, frame.now);
    const focus = aim >= 0 ? aim : Math.max(0, is);
    return choices.map((c, i) => ({
      role: "radio",
      label: c.title,
      state: { checked: String(i === is), ...(frame.free ? {} : { disabled: "true" }) },
      focus: i === focus,
      act: () => choose(i),
    }));
  };
  return {
    draw,
    update(values: Values) {
      frame.take(values);
      draw();
    },
    ...(frame.writable && choices.length > 0
      ? {
          takes(at: At) {
            over = place(at);
            return over >= 0;
          },
          act: (at?: At) => choose(at ? place(at) : aim),
          active: () => frame.free,
          press(down: boolean) {
            pressed = down ? over : -1;
            draw();
          },
          key(key: string) {
            const is = chosenOf(choices, frame.now);
            const from = aim >= 0 ? aim : is;
            const last = choices.length - 1;
            const to = {
              ArrowRight: from + 1,
              ArrowDown: from + 1,
              ArrowLeft: from - 1,
              ArrowUp: from - 1,
              Home: 0,
              End: last,
            }[key];
            if (to === undefined && (key !== "Escape" || aim < 0)) return false;
            // Keys aim; Enter or Space sets: nothing is written on the way to what is meant.
            aim = to === undefined ? -1 : (to + choices.length) % choices.length;
            draw();
            return true;
          },
        }
      : {}),
    describe: () => {
      const is = chosenOf(choices, frame.now);
      const said = frame.describe("radiogroup", choices[is]?.title ?? frame.strange());
      return choices.length > 0 ? { ...said, items: items() } : said;
    },
  };
}
