import { make, press } from "../alarm";
import type { GridColumn } from "../grid/column";
import type { Grid as GridType } from "../grid/grid";
import { lookOf, pathsIn, patternOver, sortValue, stamp, TagValues, valueText } from "../grid/values";
import { flag, string } from "../kit";
import { rangeIn } from "../time-range/view";
import { seconds } from "../trend/view";
import type { ElementView } from "../view";
import { type Moment, merged } from "./merge";

const words = {
  time: { en: "Time", zh: "时间" },
  teach: { en: "Choose the tags whose history is listed.", zh: "请选择要列出历史的变量。" },
  none: { en: "Nothing was kept in this time.", zh: "该时段没有记录。" },
  loading: { en: "Reading…", zh: "读取中…" },
  alone: { en: "The history is shown where there is a connection to the plant.", zh: "连接到工厂后显示历史。" },
  older: { en: "Older", zh: "更早" },
  newer: { en: "Newer", zh: "更新" },
  now: { en: "Now", zh: "现在" },
  cut: { en: "Only a part is listed: choose less time, or an interval.", zh: "仅列出部分：请缩短时间或选择间隔。" },
} as const;

/** How many tags become columns, how many rows are listed, and how often the newest are read again. */
const mostColumns = 40;
const mostRows = 20_000;
const again = 10_000;

/** What tags were over a time, one row for each moment or interval; the newest first. */
export default {
  live: [],
  mount(host, settings, env) {
    const { lang } = env;
    const word = (k: keyof typeof words) => words[k][lang];
    const tags = pathsIn(settings.tags).slice(0, mostColumns);
    const span = Math.max(1, seconds(string(settings, "span")) ?? 3600) * 1000;
    const step = string(settings, "step").trim();
    const fn = string(settings, "function") || "avg";
    const own = rangeIn(settings.range);
    let grid: GridType<Moment> | undefined;
    let gone = false;
    let busy = false;
    /** Where what is listed ends; undefined follows the present. */
    let end: number | undefined = own?.to ?? (env.memory.get("end") as number | undefined);
    const values = new TagValues(env, () => {});
    const length = own ? Math.max(1000, own.to - own.from) : span;
    const range = make("span", "ls-grid-note");
    const older = press("", `◂ ${word("older")}`, () => move(-length));
    const newer = press("", `${word("newer")} ▸`, () => move(length));
    const now = press("", word("now"), () => {
      end = undefined;
      void load();
    });
    const move = (by: number) => {
      const to = (end ?? Date.now()) + by;
      end = to >= Date.now() ? undefined : to;
      void load();
    };
    const load = async () => {
      const source = env.tags;
      if (!source || tags.length === 0 || busy || gone) return;
      busy = true;
      const to = end ?? Date.now();
      const from = to - length;
      try {
        const answer = await source.history({
          tags,
          from: String(Math.floor(from)),
          to: String(Math.ceil(to)),
          ...(step ? { step, fn } : {}),
        });
        if (gone || !grid) return;
        const { rows, cut } = merged(answer.series, mostRows);
        grid.rows = rows;
        grid.empty = word("none");
        range.textContent = `${stamp(from)} – ${stamp(to)}${cut ? ` · ${word("cut")}` : ""}`;
        range.classList.toggle("wrong", cut);
      } catch (e) {
        if (grid && !gone) {
          grid.empty = e instanceof Error ? e.message : word("none");
          if (end !== undefined || grid.model.total === 0) grid.rows = [];
        }
      } finally {
        busy = false;
        newer.disabled = now.disabled = end === undefined;
      }
    };
    const start = async () => {
      const { Grid } = await import("../grid/grid");
      await (tags.length > 0 && env.tags ? values.ask(patternOver(tags)).catch(() => []) : undefined);
      if (gone) return;
      const column = (path: string, i: number): GridColumn<Moment> => {
        const f = values.facts.get(path);
        const name = f?.title || path.split("/").pop() || path;
        return {
          id: `t:${path}`,
          title: f?.unit ? `${name} (${f.unit})` : name,
          width: 130,
          align: "end",
          text: (r) => (r.values[i] ? valueText(r.values[i]?.v, f, lang) : ""),
          look: (r) => (r.values[i] ? lookOf(r.values[i]) : "good"),
          sort: (r) => sortValue(r.values[i]),
          file: (r) => (r.values[i] ? sortValue(r.values[i]) : ""),
        };
      };
      grid = new Grid<Moment>(host, {
        env,
        title: string(settings, "label"),
        columns: [
          {
            id: "time",
            title: word("time"),
            width: 200,
            text: (r) => stamp(r.t, step === ""),
            sort: (r) => r.t,
            file: (r) => new Date(r.t).toISOString(),
          },
          ...tags.map(column),
        ],
        key: (r) => String(r.t),
        choose: env.actions.includes("row")
          ? (r) =>
              void env.emit("row", {
                time: r.t,
                values: Object.fromEntries(tags.map((p, i) => [p, r.values[i]?.v ?? null])),
              })
          : undefined,
        empty: tags.length === 0 ? word("teach") : env.tags ? word("loading") : word("alone"),
        search: false,
        export: flag(settings, "export"),
        roomy: settings.density === "roomy",
        sort: "-time",
      });
      range.style.flex = "1";
      grid.foot.append(older, newer, now, range);
      grid.foot.hidden = tags.length === 0;
      await load();
    };
    void start();
    const timer = setInterval(() => {
      if (end === undefined && env.mode === "run" && env.connected) void load();
    }, again);
    return {
      update() {},
      resize: () => grid?.request(),
      describe: () => ({ role: "none", label: "" }),
      destroy() {
        gone = true;
        clearInterval(timer);
        env.memory.set("end", end);
        values.destroy();
        grid?.destroy();
      },
    };
  },
} satisfies ElementView;
