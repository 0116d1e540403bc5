import type { GridColumn } from "../grid/column";
import type { Grid as GridType } from "../grid/grid";
import { lookOf, mostTags, pathsIn, patternOver, sortValue, stamp, TagValues, valueText } from "../grid/values";
import { flag, string } from "../kit";
import type { TagFacts } from "../tagsource";
import type { ElementView } from "../view";

const words = {
  name: { en: "Name", zh: "名称" },
  path: { en: "Path", zh: "路径" },
  value: { en: "Value", zh: "数值" },
  unit: { en: "Unit", zh: "单位" },
  time: { en: "Time", zh: "时间" },
  asset: { en: "Asset", zh: "资产" },
  model: { en: "Model", zh: "模型" },
  teach: {
    en: "Choose what the rows are: a list of tags, a pattern such as line1/**, or the assets of a model.",
    zh: "请选择行的来源：变量列表、模式（如 line1/**）或某模型的资产。",
  },
  none: { en: "No tag or asset is here that you may see.", zh: "此处没有您可查看的变量或资产。" },
  loading: { en: "Reading…", zh: "读取中…" },
  alone: { en: "Rows are shown where there is a connection to the plant.", zh: "连接到工厂后显示数据行。" },
} as const;

/** A row: a tag, or an asset with its properties. */
interface Row {
  path: string;
  title: string;
  model: string;
}

/** How often the list of assets is read again, in milliseconds. */
const again = 15_000;
/** How many properties of a model become columns. */
const mostProperties = 30;

/** What tags or assets are now, one in a row. */
export default {
  live: [],
  mount(host, settings, env) {
    const { lang } = env;
    const word = (k: keyof typeof words) => words[k][lang];
    const source = string(settings, "rows") || "tags";
    const listed = pathsIn(settings.tags);
    const pattern = string(settings, "pattern").trim();
    const model = string(settings, "model").trim();
    const area = string(settings, "area").trim().replace(/\/+$/, "");
    const wanted = pathsIn(settings.properties).slice(0, mostProperties);
    let grid: GridType<Row> | undefined;
    let gone = false;
    let timer: ReturnType<typeof setInterval> | undefined;
    let said: string = word("loading");
    const values = new TagValues(env, () => grid?.touch());
    const of = (r: Row, prop?: string) => (prop === undefined ? r.path : `${r.path}/${prop}`);
    const facts = (r: Row, prop?: string): TagFacts | undefined => values.facts.get(of(r, prop));
    const valueColumn = (id: string, title: string, prop?: string): GridColumn<Row> => ({
      id,
      title,
      width: prop === undefined ? 120 : 110,
      align: "end",
      live: true,
      text: (r) => valueText(values.value(of(r, prop))?.v, facts(r, prop), lang),
      look: (r) => lookOf(values.value(of(r, prop))),
      sort: (r) => sortValue(values.value(of(r, prop))),
      file(r) {
        const v = values.value(of(r, prop));
        const s = sortValue(v);
        return typeof v?.v === "number"
          ? (s as number | undefined)
          : s === undefined
            ? ""
            : valueText(v?.v, facts(r, prop), lang);
      },
    });
    const time = (props: readonly (string | undefined)[]): GridColumn<Row> => {
      const newest = (r: Row) => Math.max(0, ...props.map((p) => values.value(of(r, p))?.t ?? 0));
      return {
        id: "time",
        title: word("time"),
        width: 170,
        live: true,
        hidden: settings.time !== true,
        text: (r) => stamp(newest(r)),
        sort: newest,
      };
    };
    const tell = (text: string) => {
      said = text;
      if (grid) grid.empty = text;
    };
    const build = async (columns: GridColumn<Row>[]) => {
      // What draws tables comes with the first of them.
      const { Grid } = await import("../grid/grid");
      if (gone) return undefined;
      grid = new Grid<Row>(host, {
        env,
        title: string(settings, "label"),
        columns,
        key: (r) => r.path,
        choose: env.actions.includes("row")
          ? (r) =>
              void env.emit("row", {
                path: r.path,
                title: r.title,
                value: source === "assets" ? null : (values.value(r.path)?.v ?? null),
              })
          : undefined,
        empty: said,
        search: flag(settings, "search"),
        export: flag(settings, "export"),
        roomy: settings.density === "roomy",
        sort: string(settings, "sort"),
      });
      return grid;
    };

    const showTags = async () => {
      const patterns = source === "pattern" ? (pattern ? [pattern] : []) : listed;
      await build([
        { id: "title", title: word("name"), width: 220, text: (r) => values.facts.get(r.path)?.title || r.title },
        { id: "path", title: word("path"), width: 240, hidden: settings.path !== true, text: (r) => r.path },
        valueColumn("value", word("value")),
        { id: "unit", title: word("unit"), width: 80, text: (r) => facts(r)?.unit ?? "" },
        time([undefined]),
      ]);
      if (!grid || gone) return;
      if (patterns.length === 0) return tell(word("teach"));
      if (!env.tags) return tell(word("alone"));
      values.follow(
        patterns,
        (paths) => {
          // A list keeps the order that it was given.
          const order = source === "pattern" ? [...paths].sort() : listed.filter((p) => paths.includes(p));
          const rows = order
            .slice(0, mostTags)
            .map((path) => ({ path, title: path.split("/").pop() ?? path, model: "" }));
          if (grid) grid.rows = rows;
          tell(word("none"));
          values.ask(source === "pattern" ? pattern : patternOver(listed)).then(
            () => grid?.touch(),
            () => {},
          );
        },
        tell,
      );
    };

    const showAssets = async () => {
      const tags = env.tags;
      let props = wanted;
      let rows: readonly Row[] = [];
      let following = "";
      const read = async () => {
        if (!tags || gone) return;
        try {
          const found = await tags.assets(area, model, mostTags);
          if (gone) return;
          rows = found;
          if (props.length === 0 && found[0]) {
            // The properties of the model, as its first asset has them.
            const first = await tags.tags(`${found[0].path}/**`, 200);
            const at = `${found[0].path}/`;
            props = first
              .filter((f) => f.asset === found[0]?.path)
              .map((f) => f.path.slice(at.length))
              .slice(0, mostProperties);
          }
        } catch (e) {
          tell(e instanceof Error ? e.message : word("none"));
        }
      };
      if (!model && !area) said = word("teach");
      else if (!tags) said = word("alone");
      else await read();
      if (gone) return;
      await build([
        { id: "title", title: word("asset"), width: 180, text: (r) => r.title },
        { id: "path", title: word("path"), width: 220, hidden: settings.path !== true, text: (r) => r.path },
        { id: "model", title: word("model"), width: 120, hidden: model !== "", text: (r) => r.model },
        ...props.map((p) => {
          const f = rows[0] && values.facts.get(`${rows[0].path}/${p}`);
          return valueColumn(`p:${p}`, f?.title || p, p);
        }),
        time(props),
      ]);
      if (!grid || gone || !tags || (!model && !area)) return;
      const show = () => {
        if (grid) grid.rows = rows;
        tell(word("none"));
        const paths = rows.flatMap((r) => props.map((p) => `${r.path}/${p}`)).slice(0, mostTags);
        const key = paths.join("\n");
        if (key === following || paths.length === 0) return;
        following = key;
        values.follow(paths, () => {}, tell);
        values.ask(patternOver(paths)).then(
          () => grid?.touch(),
          () => {},
        );
      };
      show();
      // Assets come and go.
      timer = setInterval(() => void read().then(() => !gone && show()), again);
    };
    void (source === "assets" ? showAssets() : showTags());
    return {
      update() {},
      resize: () => grid?.request(),
      lost: () => grid?.touch(),
      describe: () => ({ role: "none", label: "" }),
      destroy() {
        gone = true;
        clearInterval(timer);
        values.destroy();
        grid?.destroy();
      },
    };
  },
} satisfies ElementView;
