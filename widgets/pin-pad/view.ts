import { size } from "@lineside/scene";
import { Control, controlText, failureText } from "../control";
import { number, string } from "../kit";
import type { At, DrawingView } from "../view";

const keys = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "⌫", "0", "↵"];
const words = {
  digits: { en: "digits", zh: "位" },
  erase: { en: "Delete", zh: "退格" },
  enter: { en: "Enter", zh: "确认" },
  title: { en: "PIN", zh: "PIN 码" },
  idle: { en: "Give “PIN entered” an action", zh: "请为“输入 PIN”添加动作" },
};

/** Digits to touch. What is entered is told by its event and shown as dots only. */
export default {
  live: [],
  build(g, box, settings, env) {
    const most = Math.max(1, Math.min(16, Math.round(number(settings, "digits") ?? 4)));
    const exact = settings.exact !== false;
    const label = string(settings, "label") || words.title[env.lang];
    const able = env.actions.includes("enter");
    let draw = () => {};
    const control = new Control(env, settings, () => draw());
    let typed = "";
    let place = -1;
    let down = -1;
    let aim = -1;
    const head = Math.max(14, Math.min(48, box.height * 0.18));
    const px = Math.max(9, Math.min(size.body, head * 0.4));
    g.text({
      x: 0,
      y: 0,
      width: box.width,
      height: head * 0.5,
      text: label,
      size: px * 0.9,
      color: "muted",
      align: "center",
    });
    const dots = g.text({
      x: 0,
      y: head * 0.45,
      width: box.width,
      height: head * 0.55,
      text: "",
      size: Math.max(9, head * 0.42),
      weight: 700,
      align: "center",
    });
    const gap = 6;
    const w = (box.width - 2 * gap) / 3;
    const h = (box.height - head - 3 * gap) / 4;
    const cells = keys.map((k, i) => {
      const x = (i % 3) * (w + gap);
      const y = head + Math.floor(i / 3) * (h + gap);
      const ground = g.rect({
        x,
        y,
        width: Math.max(1, w),
        height: Math.max(1, h),
        radius: 4,
        fill: "surface",
        stroke: "line",
      });
      const text = g.text({
        x,
        y,
        width: Math.max(1, w),
        height: Math.max(1, h),
        text: k,
        size: Math.max(9, Math.min(size.title, h * 0.5)),
        weight: 600,
        align: "center",
      });
      return { ground, text };
    });
    const may = (i: number) =>
      able &&
      control.free &&
      (keys[i] === "↵"
        ? exact
          ? typed.length === most
          : typed.length > 0
        : keys[i] === "⌫"
          ? typed !== ""
          : typed.length < most);
    draw = () => {
      dots.set({
        text: control.pending
          ? "…"
          : env.mode === "run" && !able
            ? words.idle[env.lang]
            : control.result
              ? "!"
              : "●".repeat(typed.length) + (exact ? "○".repeat(most - typed.length) : ""),
        color: able ? "text" : "muted",
      });
      cells.forEach(({ ground, text }, i) => {
        const on = may(i) || env.mode === "design";
        ground.set({
          fill: i === down ? "equipment" : "surface",
          stroke: i === aim || on ? "interactive" : "line",
          strokeWidth: i === aim ? 4 : on ? 2 : 1,
        });
        text.set({ color: on ? "interactive" : "muted" });
      });
    };
    draw();
    const type = (i: number) => {
      if (!may(i)) return;
      const k = keys[i] as string;
      control.result = undefined;
      if (k === "⌫") typed = typed.slice(0, -1);
      else if (k === "↵") {
        const pin = typed;
        typed = "";
        void control.emit("enter", pin);
      } else typed += k;
      draw();
    };
    const at = (p: At) => {
      const column = Math.floor(p.x / (w + gap));
      const row = Math.floor((p.y - head) / (h + gap));
      return p.y < head || column < 0 || column > 2 || row < 0 || row > 3 ? -1 : row * 3 + column;
    };
    return {
      update: () => {},
      ...(able
        ? {
            takes(p: At) {
              place = at(p);
              return place >= 0;
            },
            active: () => control.free,
            act: (p?: At) => type(p ? at(p) : aim >= 0 ? aim : keys.indexOf("↵")),
            press(on: boolean) {
              down = on ? place : -1;
              draw();
            },
            key(key: string) {
              const i = keys.indexOf({ Backspace: "⌫", Delete: "⌫" }[key] ?? key);
              if (i >= 0) type(i);
              else if (key === "Escape" && typed !== "") typed = "";
              else {
                const by = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -3, ArrowDown: 3 }[key];
                if (by === undefined) return false;
                aim = aim < 0 ? 4 : (aim + by + 12) % 12;
              }
              draw();
              return true;
            },
          }
        : {}),
      describe: () => ({
        role: "group",
        label: string(settings, "label") || env.name || words.title[env.lang],
        value: [`${typed.length}/${most} ${words.digits[env.lang]}`, controlText(control, env), failureText(control)]
          .filter(Boolean)
          .join(" "),
        state: control.state,
        items: keys.map((k, i) => ({
          role: "button",
          label: k === "⌫" ? words.erase[env.lang] : k === "↵" ? words.enter[env.lang] : k,
          ...(may(i) ? {} : { state: { disabled: "true" } }),
          focus: aim >= 0 ? i === aim : i === 0,
          act: () => type(i),
        })),
      }),
    };
  },
} satisfies DrawingView;
