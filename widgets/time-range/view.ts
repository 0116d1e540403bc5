import { make, press } from "../alarm";
import { FieldFrame, words } from "../field";
import { dateText, readDate, readingWord } from "../reading";
import type { ElementView } from "../view";

const hour = 3_600_000;
const texts = {
  from: { en: "From", zh: "从" },
  to: { en: "To", zh: "到" },
  quick: { en: "Quick choice", zh: "快速选择" },
} as const;

const spans = [
  { en: "Last hour", zh: "最近 1 小时", hours: 1 },
  { en: "Last 8 hours", zh: "最近 8 小时", hours: 8 },
  { en: "Last 24 hours", zh: "最近 24 小时", hours: 24 },
  { en: "Last 7 days", zh: "最近 7 天", hours: 168 },
  { en: "Last 30 days", zh: "最近 30 天", hours: 720 },
] as const;

interface Range {
  from: number;
  to: number;
}

/** The range in a value: {"from", "to"} in milliseconds or as texts. */
export function rangeIn(v: unknown): Range | undefined {
  if (typeof v !== "object" || v === null) return undefined;
  const { from, to } = v as { from?: unknown; to?: unknown };
  const t = (x: unknown) => (typeof x === "number" || typeof x === "string" ? new Date(x).getTime() : Number.NaN);
  const out = { from: t(from), to: t(to) };
  return Number.isFinite(out.from) && Number.isFinite(out.to) ? out : undefined;
}

/** From when to when, with the times that are asked for most at hand. */
export default {
  mount(host, settings, env) {
    let draw = () => {};
    const frame = new FieldFrame(host, settings, env, () => draw(), "range");
    let dirty = false;
    let problem = "";
    // What was chosen last, where nothing tells what is.
    const kept = env.memory.get("range") as Range | undefined;
    let own = kept;
    const field = (key: "from" | "to") => {
      const input = make("input");
      input.type = "datetime-local";
      input.step = "1";
      input.lang = env.lang;
      input.autocomplete = "off";
      input.setAttribute("aria-label", `${frame.label || env.title}: ${texts[key][env.lang]}`);
      input.addEventListener("input", () => {
        dirty = true;
        problem = "";
        draw();
      });
      input.addEventListener("keydown", (e) => {
        if (e.key === "Enter") {
          e.preventDefault();
          commit();
        } else if (e.key === "Escape" && dirty) {
          e.preventDefault();
          e.stopPropagation();
          restore();
        }
      });
      return input;
    };
    const from = field("from");
    const to = field("to");
    frame.name(from);
    const dash = make("span", "ls-field-mark", "–");
    frame.box.append(from, dash, to);
    const quick = make("select");
    quick.setAttribute("aria-label", `${frame.label || env.title}: ${texts.quick[env.lang]}`);
    quick.append(new Option(texts.quick[env.lang], ""));
    spans.forEach((s, i) => {
      quick.append(new Option(s[env.lang], String(i)));
    });
    quick.addEventListener("change", () => {
      const s = spans[Number(quick.value)];
      quick.value = "";
      if (!s) return;
      const now = Date.now();
      send({ from: now - s.hours * hour, to: now });
    });
    const choose = make("div", "ls-field-box", quick);
    choose.style.flex = "0 0 auto";
    const set = press("ls-field-act primary", words.set[env.lang], () => commit());
    const revert = press("ls-field-act", "✕", () => restore());
    revert.setAttribute("aria-label", words.revert[env.lang]);
    frame.row.append(choose, set, revert);
    const restore = () => {
      dirty = false;
      problem = "";
      draw();
    };
    const send = (r: Range) => {
      own = r;
      env.memory.set("range", r);
      dirty = false;
      problem = "";
      void frame.control.emit("set", r);
    };
    const commit = () => {
      if (!frame.open) return;
      const a = readDate(from.value, "datetime", "number", env.lang);
      const b = readDate(to.value, "datetime", "number", env.lang);
      if ("problem" in a) problem = a.problem;
      else if ("problem" in b) problem = b.problem;
      else if (b.value < a.value) problem = readingWord("early", env.lang);
      else {
        send({ from: a.value as number, to: b.value as number });
        return;
      }
      draw();
    };
    draw = () => {
      const open = frame.open || env.mode === "design";
      for (const e of [from, to]) e.readOnly = !open;
      quick.disabled = !frame.open;
      set.disabled = !frame.open;
      set.hidden = revert.hidden = !dirty;
      const r = rangeIn(frame.now.v) ?? own;
      if (!dirty) {
        from.value = r ? dateText(r.from, "datetime") : "";
        to.value = r ? dateText(r.to, "datetime") : "";
      }
      frame.show(problem, dirty);
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
      destroy: () => frame.root.remove(),
    };
  },
} satisfies ElementView;
