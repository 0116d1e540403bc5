import { make, press } from "../alarm";
import type { GridColumn } from "../grid/column";
import type { Grid as GridType } from "../grid/grid";
import { lookOf, mostTags, pathsIn, patternOver, sortValue, TagValues, valueText } from "../grid/values";
import { flag, onOff, string } from "../kit";
import type { TagEdit } from "../tagsource";
import type { ElementView } from "../view";
import { type Draft, draftText, limitsOf, readDraft } from "./draft";

const words = {
  name: { en: "Name", zh: "名称" },
  path: { en: "Path", zh: "路径" },
  now: { en: "Now", zh: "当前值" },
  wanted: { en: "New value", zh: "新值" },
  unit: { en: "Unit", zh: "单位" },
  allowed: { en: "Allowed", zh: "允许范围" },
  result: { en: "Result", zh: "结果" },
  set: { en: "Set {0}", zh: "设定 {0} 项" },
  revert: { en: "Revert", zh: "还原" },
  changes: { en: "{0} changed", zh: "已修改 {0} 项" },
  wrong: { en: "{0} cannot be set: look at what is marked", zh: "{0} 项无法设定，请查看标出的内容" },
  pending: { en: "Waiting for confirmation", zh: "等待确认" },
  good: { en: "Set", zh: "已设定" },
  failed: { en: "Not set", zh: "未设定" },
  unknown: { en: "Outcome unknown", zh: "结果未知" },
  refused: { en: "You may not set this", zh: "您无权设定" },
  same: { en: "as it is", zh: "不变" },
  teach: {
    en: "Choose the tags that are set here, or a pattern such as line1/recipe/**.",
    zh: "请选择要设定的变量，或模式（如 line1/recipe/**）。",
  },
  none: { en: "No tag is here that you may see.", zh: "此处没有您可查看的变量。" },
  loading: { en: "Reading…", zh: "读取中…" },
  alone: { en: "Rows are shown where there is a connection to the plant.", zh: "连接到工厂后显示数据行。" },
} as const;

interface Row {
  path: string;
  title: string;
}

/** Values in rows that are changed in place and set together after one question. */
export default {
  live: [],
  mount(host, settings, env) {
    const { lang } = env;
    const word = (k: keyof typeof words, n?: number) => words[k][lang].replace("{0}", String(n ?? ""));
    const listed = pathsIn(settings.tags);
    const pattern = string(settings, "pattern").trim();
    let grid: GridType<Row> | undefined;
    let gone = false;
    let busy = false;
    // What was typed outlives a view that is built again.
    const drafts = (env.memory.get("drafts") as Map<string, Draft> | undefined) ?? new Map<string, Draft>();
    env.memory.set("drafts", drafts);
    const results = new Map<string, { text: string; wrong: boolean }>();
    const values = new TagValues(env, () => grid?.touch());
    const note = make("span", "ls-grid-note");
    note.setAttribute("role", "status");
    note.style.flex = "1";
    const revert = press("", word("revert"), () => {
      drafts.clear();
      results.clear();
      foot();
      grid?.request();
    });
    const set = press("primary", word("set", 0), () => void commit());
    const may = (path: string) =>
      env.mode === "run" &&
      settings.enabled !== false &&
      env.tags?.write !== undefined &&
      values.facts.get(path)?.writable === true;

    const foot = () => {
      const wrong = [...drafts.values()].filter((d) => d.problem !== "").length;
      if (grid) grid.foot.hidden = drafts.size === 0 && note.textContent === "";
      note.textContent = drafts.size === 0 ? "" : wrong > 0 ? word("wrong", wrong) : word("changes", drafts.size);
      note.classList.toggle("wrong", wrong > 0);
      set.textContent = word("set", drafts.size);
      set.disabled = drafts.size === 0 || wrong > 0 || busy || !env.connected;
      revert.disabled = drafts.size === 0 || busy;
      if (grid) grid.foot.hidden = drafts.size === 0;
    };
    const change = (path: string, text: string) => {
      const facts = values.facts.get(path);
      if (!facts) return;
      results.delete(path);
      const d = readDraft(text, facts, lang);
      // What is the same as what is, is no change.
      if (text === "" || ("value" in d && d.value === values.value(path)?.v)) drafts.delete(path);
      else
        drafts.set(path, { text, problem: "problem" in d ? d.problem : "", value: "value" in d ? d.value : undefined });
      foot();
      grid?.request();
    };
    const commit = async () => {
      const write = env.tags?.write?.bind(env.tags);
      if (!write || busy || set.disabled) return;
      const edits: TagEdit[] = [...drafts].flatMap(([path, d]) => {
        const f = values.facts.get(path);
        if (!f || d.problem !== "") return [];
        const text =
          typeof d.value === "boolean" ? onOff(d.value, lang) : `${draftText(d.value, f)}${f.unit ? ` ${f.unit}` : ""}`;
        return [{ path, title: f.title || path, value: d.value, text, confirm: f.confirm || "ask" }];
      });
      busy = true;
      results.clear();
      for (const e of edits) results.set(e.path, { text: word("pending"), wrong: false });
      foot();
      grid?.request();
      try {
        const out = await write(edits);
        results.clear();
        if (!out) return;
        for (const [path, r] of out) {
          const good = r.outcome === "good" || r.outcome === "running";
          const head = word(good ? "good" : r.outcome === "unknown" ? "unknown" : "failed");
          results.set(path, { text: [head, good ? "" : r.message].filter(Boolean).join(": "), wrong: !good });
          // What was set is no change any more; what was not goes back to what is, with the reason beside it.
          drafts.delete(path);
        }
      } finally {
        busy = false;
        if (!gone) {
          foot();
          grid?.request();
        }
      }
    };
    const field = (cell: HTMLElement, r: Row) => {
      const f = values.facts.get(r.path);
      if (cell.className !== "field") cell.className = "field";
      const draft = drafts.get(r.path);
      const choice = f?.type === "bool";
      let e = cell.firstElementChild as HTMLInputElement | HTMLSelectElement | null;
      if (!e || e instanceof HTMLSelectElement !== choice) {
        if (choice) {
          e = make("select");
          e.append(
            new Option(word("same"), ""),
            new Option(onOff(false, lang), "false"),
            new Option(onOff(true, lang), "true"),
          );
        } else {
          e = make("input");
          e.type = "text";
          e.autocomplete = "off";
          e.spellcheck = false;
          e.maxLength = 4000;
        }
        const mine = e;
        const path = () => mine.dataset.path ?? "";
        mine.addEventListener("input", () => change(path(), mine.value));
        mine.addEventListener("keydown", (event) => {
          const k = event as KeyboardEvent;
          if (k.isComposing || k.keyCode === 229) return;
          if (k.key === "Enter" && !choice) {
            k.preventDefault();
            // To the next row, as in any sheet; with Ctrl all are set.
            if (k.ctrlKey || k.metaKey) void commit();
            else
              (
                mine.closest(".ls-grid-row")?.nextElementSibling?.querySelector(".field > *") as HTMLElement | null
              )?.focus();
          } else if (k.key === "Escape" && drafts.has(path())) {
            k.preventDefault();
            k.stopPropagation();
            mine.value = "";
            change(path(), "");
          }
        });
        cell.replaceChildren(e);
      }
      e.dataset.path = r.path;
      if (f?.type === "int" || f?.type === "float") (e as HTMLInputElement).inputMode = "decimal";
      e.disabled = !may(r.path) || busy;
      e.setAttribute("aria-label", `${word("wanted")}: ${f?.title || r.title}`);
      e.setAttribute("aria-invalid", String((draft?.problem ?? "") !== ""));
      e.classList.toggle("dirty", draft !== undefined);
      e.title = draft?.problem || (may(r.path) || !f ? "" : word("refused"));
      const text = draft?.text ?? "";
      if (e.value !== text && document.activeElement !== e) e.value = text;
      if (draft === undefined && !drafts.has(r.path) && document.activeElement === e && busy) e.value = "";
    };
    const columns: GridColumn<Row>[] = [
      { id: "title", title: word("name"), width: 160, text: (r) => values.facts.get(r.path)?.title || r.title },
      { id: "path", title: word("path"), width: 220, hidden: true, text: (r) => r.path },
      {
        id: "now",
        title: word("now"),
        width: 96,
        align: "end",
        live: true,
        text: (r) => valueText(values.value(r.path)?.v, values.facts.get(r.path), lang),
        look: (r) => lookOf(values.value(r.path)),
        sort: (r) => sortValue(values.value(r.path)),
        file: (r) => sortValue(values.value(r.path)),
      },
      { id: "unit", title: word("unit"), width: 68, text: (r) => values.facts.get(r.path)?.unit ?? "" },
      { id: "allowed", title: word("allowed"), width: 110, text: (r) => limitsOf(values.facts.get(r.path)) },
      {
        id: "wanted",
        title: word("wanted"),
        width: 130,
        text: (r) => drafts.get(r.path)?.text ?? "",
        draw: field,
      },
      {
        id: "result",
        title: word("result"),
        width: 240,
        text(r) {
          const f = values.facts.get(r.path);
          return (
            drafts.get(r.path)?.problem ||
            results.get(r.path)?.text ||
            (f && !may(r.path) && env.mode === "run" ? word("refused") : "")
          );
        },
      },
    ];
    const start = async () => {
      const { Grid } = await import("../grid/grid");
      if (gone) return;
      const none = pattern === "" && listed.length === 0;
      grid = new Grid<Row>(host, {
        env,
        title: string(settings, "label"),
        columns,
        key: (r) => r.path,
        empty: none ? word("teach") : env.tags ? word("loading") : word("alone"),
        search: flag(settings, "search"),
        export: flag(settings, "export"),
        roomy: settings.density !== "compact",
      });
      grid.foot.append(note, revert, set);
      foot();
      if (none) return;
      values.follow(
        pattern ? [pattern] : listed,
        (found) => {
          const order = pattern ? [...found].sort() : listed.filter((p) => found.includes(p));
          values.ask(pattern || patternOver(listed)).then(
            () => {
              if (!grid || gone) return;
              // Of a pattern only what can be set at all is a row.
              const kept = pattern ? order.filter((p) => values.facts.get(p)?.confirm) : order;
              grid.empty = word("none");
              grid.rows = kept.slice(0, mostTags).map((path) => ({ path, title: path.split("/").pop() ?? path }));
            },
            (e) => {
              if (grid) grid.empty = e instanceof Error ? e.message : word("none");
            },
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
      lost() {
        foot();
        grid?.touch();
      },
      describe: () => ({ role: "none", label: "" }),
      destroy() {
        gone = true;
        values.destroy();
        grid?.destroy();
      },
    };
  },
} satisfies ElementView;
