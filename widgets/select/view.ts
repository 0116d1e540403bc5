import { make, press } from "../alarm";
import { choicesOf, chosenOf } from "../choice";
import { DropList } from "../droplist";
import { FieldFrame } from "../field";
import { string, textOf } from "../kit";
import type { ElementView } from "../view";

const words = {
  choose: { en: "Choose", zh: "请选择" },
  none: { en: "Add choices", zh: "请添加选项" },
};

/** One of many values from a list that opens, with a search when it is long. */
export default {
  mount(host, settings, env) {
    const choices = choicesOf(settings, env);
    let draw = () => {};
    let wanted = -1;
    const frame = new FieldFrame(host, settings, env, () => draw(), "select");
    const button = press("", "", () => frame.open && list.show());
    button.setAttribute("role", "combobox");
    button.setAttribute("aria-haspopup", "listbox");
    button.setAttribute("aria-expanded", "false");
    frame.name(button);
    button.addEventListener("keydown", (e) => {
      if (e.key !== "ArrowDown" && e.key !== "ArrowUp") return;
      e.preventDefault();
      if (frame.open) list.show();
    });
    const arrow = make("span", "ls-field-mark", "▾");
    arrow.setAttribute("aria-hidden", "true");
    arrow.addEventListener("click", () => button.click());
    frame.box.append(button, arrow);
    const list: DropList = new DropList(
      button,
      env,
      frame.label || env.title,
      () => choices,
      () => chosenOf(choices, frame.now),
      (i) => {
        const c = choices[i];
        if (!c || i === chosenOf(choices, frame.now)) return;
        wanted = i;
        void frame.control.emit("set", c.value);
      },
    );
    button.setAttribute("aria-controls", list.id);
    frame.root.append(list.element);
    draw = () => {
      const is = chosenOf(choices, frame.now);
      const { look, v } = frame.now;
      const pending = frame.control.pending;
      const present =
        choices[is]?.title ?? (look === "bad" ? "– –" : look === "waiting" ? "" : textOf(v, undefined, env.lang));
      button.textContent =
        choices.length === 0
          ? words.none[env.lang]
          : pending
            ? `${present} → ${choices[wanted]?.title ?? ""} …`
            : present || string(settings, "placeholder") || words.choose[env.lang];
      button.setAttribute("aria-disabled", String(!frame.open || choices.length === 0));
      if (!frame.open) list.hide();
      frame.show("", false);
    };
    draw();
    return {
      update(values) {
        frame.take(values);
        draw();
      },
      resize() {},
      lost: () => draw(),
      describe: () => ({ role: "none", label: "" }),
      destroy() {
        list.destroy();
        frame.root.remove();
      },
    };
  },
} satisfies ElementView;
