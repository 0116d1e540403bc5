import { make, ownTouch, press } from "../alarm";
import { Control, controlText, settable } from "../control";
import { labelOf, lookText, number, onOff, shown, truth, usable } from "../kit";
import type { ElementView, Env, Settings, Values } from "../view";
import { copied, day, type Plan, painted, planOf, spansOf, timeOf } from "./plan";
import "./week.css";

const words = {
  days: {
    en: ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"],
    zh: ["周一", "周二", "周三", "周四", "周五", "周六", "周日"],
  },
  apply: { en: "Write the plan", zh: "写入计划" },
  undo: { en: "Discard", zh: "放弃修改" },
  copy: { en: "Like {0} on Tue–Fri", zh: "周二至周五同{0}" },
  bad: { en: "The value is no plan of a week.", zh: "变量中的值不是周计划。" },
  other: { en: "Meanwhile the plan was changed by somebody else.", zh: "计划已被他人修改。" },
  dates: { en: "{0} days with times of their own", zh: "另有 {0} 个特殊日期" },
  help: {
    en: "Arrows move, Shift with arrows chooses, Space turns on or off.",
    zh: "方向键移动，Shift 加方向键选择，空格键切换。",
  },
  at: { en: "{0} {1} to {2}, {3}", zh: "{0} {1} 至 {2}，{3}" },
} as const;

const fill = (text: string, ...args: (string | number)[]) =>
  text.replace(/\{(\d)\}/g, (_m, i) => String(args[Number(i)] ?? ""));

/** The plan of a week as a grid. What is drawn is written as a whole, by a button: half a plan is none. */
export default {
  live: ["value", "on"],
  mount(host: HTMLElement, settings: Settings, env: Env) {
    const { lang } = env;
    const step = Math.max(5, Math.min(120, Math.round(number(settings, "step") ?? 30)));
    const columns = Math.ceil(day / step);
    const may = settings.enabled !== false && settable(env, "value");
    const label = labelOf(settings, env) || env.name || env.title;
    const root = make("section", "ls-week");
    root.setAttribute("aria-label", label);
    if (env.mode === "design") root.inert = true;
    ownTouch(root);
    const state = make("span", "ls-week-state");
    const head = make("div", "ls-week-head", make("b", "", label), state);
    const grid = make("div", "ls-week-grid");
    grid.setAttribute("role", "grid");
    grid.setAttribute("aria-label", `${label}. ${words.help[lang]}`);
    grid.tabIndex = 0;
    const told = make("span", "ls-week-told");
    told.setAttribute("role", "status");
    const note = make("span", "ls-week-note");
    const foot = make("div", "ls-week-foot", note);
    root.append(head, grid, told, foot);
    host.append(root);

    let plan: Plan = { week: [] };
    /** What somebody draws, and the plan that it began with. */
    let draft: Plan | undefined;
    let base = "";
    let known = false;
    let now = shown({}, settings, "value");
    let cursor = { day: 1, from: 0, to: 0 };
    const control = new Control(env, settings, () => draw());
    const apply = press("ls-week-apply", words.apply[lang], () => {
      if (!draft || !usableNow()) return;
      const text = draft;
      void control.emit("set", env.meta("value")?.type === "string" ? JSON.stringify(text) : text).then(() => {
        if (!control.result) draft = undefined;
        draw();
      });
    });
    const undo = press("", words.undo[lang], () => {
      draft = undefined;
      draw();
    });
    const copy = press("", fill(words.copy[lang], words.days[lang][0] as string), () =>
      change(copied(draft ?? plan, 1, [2, 3, 4, 5])),
    );
    if (may) foot.append(copy, undo, apply);
    const usableNow = () => known && usable(now);

    const change = (next: Plan) => {
      if (!may || !usableNow() || control.pending) return;
      draft ??= plan;
      if (base === "" || draft === plan) base = JSON.stringify(plan);
      draft = JSON.stringify(next) === JSON.stringify(plan) ? undefined : next;
      draw();
    };

    // One row a day; the times are bars, placed by fractions of the day.
    const scale = make("div", "ls-week-scale");
    scale.setAttribute("aria-hidden", "true");
    for (let h = 0; h <= 24; h += 6) {
      const mark = make("span", "", timeOf(h * 60));
      mark.style.left = `${(h / 24) * 100}%`;
      scale.append(mark);
    }
    grid.append(scale);
    const rows = words.days[lang].map((name, i) => {
      const track = make("div", "ls-week-track");
      track.dataset.day = String(i + 1);
      const cell = make("div");
      cell.setAttribute("role", "gridcell");
      cell.append(track);
      const title = make("span", "", name);
      title.setAttribute("role", "rowheader");
      const row = make("div", "ls-week-row", title, cell);
      row.setAttribute("role", "row");
      grid.append(row);
      return { track, cell, name };
    });

    const say = () => {
      const from = Math.min(cursor.from, cursor.to) * step;
      const to = Math.min(day, (Math.max(cursor.from, cursor.to) + 1) * step);
      const on = spansOf(draft ?? plan, cursor.day).some((s) => s.from <= from && s.to >= to);
      told.textContent = fill(
        words.at[lang],
        rows[cursor.day - 1]?.name ?? "",
        timeOf(from),
        timeOf(to),
        onOff(on, lang),
      );
    };
    const draw = () => {
      const p = draft ?? plan;
      for (const [i, r] of rows.entries()) {
        const spans = usableNow() ? spansOf(p, i + 1) : [];
        r.track.replaceChildren(
          ...spans.map((s) => {
            const bar = make("span", "ls-week-bar");
            bar.style.left = `${(s.from / day) * 100}%`;
            bar.style.width = `${((s.to - s.from) / day) * 100}%`;
            const text = `${timeOf(s.from)}–${timeOf(s.to)}`;
            bar.title = text;
            if (s.to - s.from >= 180) bar.append(text);
            return bar;
          }),
        );
        if (may && i + 1 === cursor.day) {
          const spot = make("span", "ls-week-spot");
          const from = Math.min(cursor.from, cursor.to) * step;
          spot.style.left = `${(from / day) * 100}%`;
          spot.style.width = `${((Math.min(day, (Math.max(cursor.from, cursor.to) + 1) * step) - from) / day) * 100}%`;
          r.track.append(spot);
        }
        r.cell.setAttribute(
          "aria-label",
          `${r.name}: ${spans.map((s) => `${timeOf(s.from)}–${timeOf(s.to)}`).join(", ") || onOff(false, lang)}`,
        );
      }
      root.classList.toggle("bad", !usableNow());
      root.classList.toggle("unsure", now.look === "uncertain");
      const changed = draft !== undefined && base !== JSON.stringify(plan);
      note.textContent = [
        now.look === "good" || now.look === "override" ? (known ? "" : words.bad[lang]) : lookText(now.look, lang),
        changed ? words.other[lang] : "",
        p.dates?.length ? fill(words.dates[lang], new Set(p.dates.map((d) => d.date)).size) : "",
        controlText(control, env),
        control.result?.message ?? "",
      ]
        .filter(Boolean)
        .join(" · ");
      apply.disabled = undo.disabled = draft === undefined || control.pending;
      copy.disabled = !usableNow() || control.pending;
      say();
    };

    // Dragging over a day turns on what was off where it began, or off what was on.
    let drag: { day: number; from: number; on: boolean } | undefined;
    const columnAt = (track: HTMLElement, x: number) => {
      const box = track.getBoundingClientRect();
      return Math.max(0, Math.min(columns - 1, Math.floor(((x - box.left) / Math.max(1, box.width)) * columns)));
    };
    const isOn = (weekday: number, column: number) =>
      spansOf(draft ?? plan, weekday).some((s) => s.from <= column * step && s.to > column * step);
    const paint = (on: boolean) => {
      const from = Math.min(cursor.from, cursor.to) * step;
      const to = Math.min(day, (Math.max(cursor.from, cursor.to) + 1) * step);
      change(painted(draft ?? plan, cursor.day, { from, to }, on));
    };
    grid.addEventListener("pointerdown", (e) => {
      const track = (e.target as HTMLElement).closest<HTMLElement>(".ls-week-track");
      if (!track || !may || !usableNow() || e.button !== 0) return;
      const weekday = Number(track.dataset.day);
      const at = columnAt(track, e.clientX);
      drag = { day: weekday, from: at, on: !isOn(weekday, at) };
      cursor = { day: weekday, from: at, to: at };
      grid.setPointerCapture(e.pointerId);
      draw();
    });
    grid.addEventListener("pointermove", (e) => {
      const track = drag && rows[drag.day - 1]?.track;
      if (!drag || !track) return;
      cursor = { day: drag.day, from: drag.from, to: columnAt(track, e.clientX) };
      draw();
    });
    grid.addEventListener("pointerup", () => {
      if (!drag) return;
      const { on } = drag;
      drag = undefined;
      paint(on);
      cursor = { ...cursor, from: cursor.to };
      draw();
    });
    grid.addEventListener("pointercancel", () => {
      drag = undefined;
    });
    grid.addEventListener("keydown", (e) => {
      const side = { ArrowLeft: -1, ArrowRight: 1 }[e.key];
      const down = { ArrowUp: -1, ArrowDown: 1 }[e.key];
      if (side) {
        const to = Math.max(0, Math.min(columns - 1, cursor.to + side));
        cursor = { ...cursor, to, from: e.shiftKey ? cursor.from : to };
      } else if (down) cursor = { ...cursor, day: Math.max(1, Math.min(7, cursor.day + down)) };
      else if (e.key === "Home") cursor = { ...cursor, from: 0, to: 0 };
      else if (e.key === "End") cursor = { ...cursor, from: columns - 1, to: columns - 1 };
      else if (e.key === " " || e.key === "Enter") {
        if (may) paint(!isOn(cursor.day, Math.min(cursor.from, cursor.to)));
      } else return;
      e.preventDefault();
      e.stopPropagation();
      draw();
    });

    return {
      update(values: Values) {
        now = shown(values, settings, "value");
        const next = usable(now) ? planOf(now.v) : undefined;
        known = next !== undefined;
        if (next) plan = next;
        if (draft && JSON.stringify(draft) === JSON.stringify(plan)) draft = undefined;
        const active = shown(values, settings, "on");
        const on = truth(active);
        state.textContent =
          active.look === "unset" ? "" : on === undefined ? lookText(active.look, lang) : onOff(on, lang);
        state.classList.toggle("on", on === true);
        draw();
      },
      lost() {
        now = { v: undefined, look: "waiting" };
        draw();
      },
      resize() {},
      destroy() {
        root.remove();
      },
    };
  },
} satisfies ElementView;
