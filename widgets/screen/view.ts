import type { Embedded } from "../embed";
import { shown, string } from "../kit";
import { appOf, note, paramsOf, tell, Upright, waits } from "../screens";
import type { ElementView, Values } from "../view";

/** What stays while the widget is built again: the open screen, with its variables and what was done in it. */
class Kept {
  readonly host = document.createElement("div");
  embedded: Embedded | undefined;
  /** What is told of the screen, to the widget as it is built now. */
  on: { opened(name: string): void; refused(message: string): void } | undefined;
  name = "";
  fault = "";

  constructor(readonly fit: string) {
    this.host.className = "ls-embed";
  }

  destroy(): void {
    this.embedded?.destroy();
    this.host.remove();
  }
}

/** A live screen within this one. */
export default {
  live: ["inputs", "empty"],
  mount(host, settings, env) {
    const { lang } = env;
    const upright = new Upright(host, "ls-upright");
    const screen = string(settings, "screen");
    const fit = string(settings, "fit");
    let kept = env.memory.get("screen") as Kept | undefined;
    if (kept && kept.fit !== fit) {
      kept.destroy();
      kept = undefined;
    }
    const mine = kept ?? new Kept(fit);
    env.memory.set("screen", mine);
    upright.element.append(mine.host);
    if (env.mode === "design") upright.element.inert = true;
    let words: HTMLElement | undefined;
    const say = (text: string | undefined, kind: "" | "bad" = "") => {
      words?.remove();
      words = text === undefined ? undefined : note(text, kind);
      if (words) upright.element.append(words);
      mine.host.hidden = text !== undefined;
    };
    mine.on = {
      opened: (title) => {
        mine.name = title;
        mine.fault = "";
        say(undefined);
      },
      refused: (message) => {
        mine.fault = message;
        say(message, "bad");
      },
    };
    if (mine.fault) say(mine.fault, "bad");
    const instead = (values: Values): string | undefined => {
      if (screen === "" && appOf(settings) === "") return tell("choose", lang);
      if (!env.screens) return tell("alone", lang);
      const { params, missing } = paramsOf(settings, values);
      if (missing) return waits(values) ? tell("loading", lang) : tell("noValue", lang, missing);
      const nothing = Object.values(params).some((v) => v === "");
      if (nothing) return String(shown(values, settings, "empty").v ?? "") || tell("none", lang);
      return undefined;
    };
    return {
      update(values) {
        const text = instead(values);
        if (text !== undefined) {
          mine.embedded?.destroy();
          mine.embedded = undefined;
          mine.fault = "";
          say(text);
          return;
        }
        mine.embedded ??= env.screens?.embed(mine.host, fit, {
          opened: (s) => mine.on?.opened(s.name),
          refused: (message) => mine.on?.refused(message),
        });
        mine.embedded?.show({ app: appOf(settings), screen, params: paramsOf(settings, values).params });
      },
      resize: (box, ratio) => upright.resize(box, ratio),
      destroy: () => upright.element.remove(),
      describe: () => ({ role: "group", label: env.name || mine.name || env.title }),
    };
  },
} satisfies ElementView;
