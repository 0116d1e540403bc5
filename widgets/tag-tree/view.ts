import type { Grid as GridType } from "../grid/grid";
import { lookOf, mostTags, sortValue, stamp, TagValues, valueText } from "../grid/values";
import { flag, string } from "../kit";
import type { AssetFacts } from "../tagsource";
import type { ElementView } from "../view";
import { type Node, treeOf, worstOf } from "./tree";

const words = {
  name: { en: "Name", zh: "名称" },
  value: { en: "Value", zh: "数值" },
  unit: { en: "Unit", zh: "单位" },
  time: { en: "Time", zh: "时间" },
  none: { en: "No tag is here that you may see.", zh: "此处没有您可查看的变量。" },
  loading: { en: "Reading…", zh: "读取中…" },
  alone: { en: "The tree is shown where there is a connection to the plant.", zh: "连接到工厂后显示树。" },
  good: { en: "{0} tags", zh: "{0} 个变量" },
  bad: { en: "{0} of {1} bad", zh: "{1} 个中 {0} 个坏值" },
} as const;

/** Areas, assets and tags as they lie in each other, with what they are now. */
export default {
  live: [],
  mount(host, settings, env) {
    const { lang } = env;
    const word = (k: keyof typeof words, ...args: number[]) =>
      words[k][lang].replace(/\{(\d)\}/g, (_m, i) => String(args[Number(i)] ?? ""));
    const area = string(settings, "area").trim().replace(/\/+$/, "");
    const pattern = area ? `${area}/**` : "**";
    let grid: GridType<Node> | undefined;
    let gone = false;
    let assets: readonly AssetFacts[] = [];
    let paths: readonly string[] = [];
    const values = new TagValues(env, () => grid?.touch());
    const show = () => {
      if (!grid) return;
      grid.rows = treeOf(paths.slice(0, mostTags), area, values.facts, assets, flag(settings, "tags"));
      grid.empty = word("none");
    };
    const start = async () => {
      const { Grid } = await import("../grid/grid");
      if (gone) return;
      grid = new Grid<Node>(host, {
        env,
        title: string(settings, "label"),
        columns: [
          {
            id: "title",
            title: word("name"),
            width: 280,
            text: (n) => n.title,
            sort: (n) => `${n.children ? 0 : 1}${n.title}`,
          },
          {
            id: "value",
            title: word("value"),
            width: 140,
            align: "end",
            live: true,
            text(n) {
              if (!n.children) return valueText(values.value(n.path)?.v, values.facts.get(n.path), lang);
              const { bad, total } = worstOf(n, (p) => lookOf(values.value(p)));
              return bad > 0 ? word("bad", bad, total) : word("good", total);
            },
            // An area is as good as the worst that lies in it, and says so in words.
            look: (n) => (n.children ? "unset" : lookOf(values.value(n.path))),
            sort: (n) => (n.children ? undefined : sortValue(values.value(n.path))),
          },
          {
            id: "unit",
            title: word("unit"),
            width: 80,
            text: (n) => (n.children ? "" : (values.facts.get(n.path)?.unit ?? "")),
          },
          {
            id: "time",
            title: word("time"),
            width: 170,
            hidden: true,
            live: true,
            text: (n) => (n.children ? "" : stamp(values.value(n.path)?.t)),
          },
        ],
        key: (n) => n.path,
        children: (n) => n.children,
        choose: env.actions.includes("select")
          ? (n) =>
              void env.emit("select", {
                path: n.path,
                kind: n.kind,
                title: n.title,
                value: n.children ? null : (values.value(n.path)?.v ?? null),
              })
          : undefined,
        empty: env.tags ? word("loading") : word("alone"),
        search: flag(settings, "search"),
        export: false,
        roomy: settings.density === "roomy",
        open: flag(settings, "open"),
      });
      const tags = env.tags;
      if (!tags) return;
      values.follow(
        [pattern],
        (found) => {
          paths = [...found].sort();
          show();
          Promise.all([values.ask(pattern), tags.assets(area, "", mostTags)]).then(
            ([, list]) => {
              assets = list;
              if (!gone) show();
            },
            () => {},
          );
        },
        (why) => {
          if (grid) grid.empty = why;
        },
      );
    };
    void start();
    return {
      update() {},
      resize: () => grid?.request(),
      lost: () => grid?.touch(),
      describe: () => ({ role: "none", label: "" }),
      destroy() {
        gone = true;
        values.destroy();
        grid?.destroy();
      },
    };
  },
} satisfies ElementView;
