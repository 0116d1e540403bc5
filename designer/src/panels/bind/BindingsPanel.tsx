// Every binding of the screen with its live value: sort, filter, go there, bind anew. Only the rows in sight are drawn.
import type { LiveValue, Problem } from "@lineside/client";
import { isBad, isUncertain } from "@lineside/client";
import { ArrowDown, ArrowUp, CircleAlert, Link2, LocateFixed, Tag, TriangleAlert } from "lucide-react";
import { useDeferredValue, useEffect, useMemo, useRef, useState } from "react";
import { useEditor, useLiveTick, useScreen, useSession, useUi } from "../../design/context";
import type { Editor } from "../../design/editor";
import type { ScreenRecord } from "../../document";
import { type BindingRow, bindingsOf, rebind } from "../../document/bindings";
import { type Language, useLanguage, useT } from "../../i18n";
import { useTagValues } from "../../shell/live";
import { Button, Empty, IconButton, Popover, SearchInput, Select } from "../../ui";
import { TagValue } from "../TagBrowser";
import { TagPicker } from "../TagPicker";
import { animatedName, eventName, propName, show } from "./places";
import { ReplaceInBindings } from "./ReplaceInBindings";
import "./bind.css";

const rowHeight = 28;

type Column = "widget" | "prop" | "source" | "value" | "quality" | "type" | "state";
const columns: readonly Column[] = ["widget", "prop", "source", "value", "quality", "type", "state"];
type Filter = "all" | "bad" | "unknown" | "problems";

/** A row with what is shown of it. */
interface Shown extends BindingRow {
  name: string;
  label: string;
  source: string;
  problem: Problem | undefined;
}

export function BindingsPanel() {
  const t = useT();
  const lang = useLanguage();
  const editor = useEditor();
  const screen = useScreen();
  const problems = useUi((s) => s.problems);
  const selection = useSession((s) => s.selection);
  const [query, setQuery] = useState("");
  const [filter, setFilter] = useState<Filter>("all");
  const [sort, setSort] = useState<{ by: Column; down: boolean }>({ by: "widget", down: false });
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [replacing, setReplacing] = useState(false);
  const list = useRef<HTMLDivElement>(null);
  const [top, setTop] = useState(0);
  const [height, setHeight] = useState(400);
  useLiveTick();

  const rows = useMemo(
    () => (screen ? shownRows(editor, screen, problems, lang, t) : []),
    [editor, screen, problems, lang, t],
  );
  const wanted = useDeferredValue(query.trim().toLowerCase());
  // What an action writes has no slot of its own on the screen: it is watched as a tag.
  const watched = useTagValues(
    useMemo(
      () => [...new Set(rows.flatMap((r) => (r.tagOnly && r.binding.tag ? [r.binding.tag] : [])))].slice(0, 500),
      [rows],
    ),
  );
  const liveOf = (r: Shown): LiveValue | undefined =>
    r.kind === "prop"
      ? editor.live.value(r.widget, r.prop)
      : r.kind === "animate"
        ? editor.live.value(r.widget, `animate/${r.path[1]}`)
        : watched.get(r.binding.tag ?? "");
  const metaOf = (r: Shown) =>
    r.kind === "prop"
      ? editor.live.meta(r.widget, r.prop)
      : r.kind === "animate"
        ? editor.live.meta(r.widget, `animate/${r.path[1]}`)
        : undefined;
  const filtered = rows.filter((r) => {
    if (wanted && !`${r.name} ${r.widget} ${r.label} ${r.source}`.toLowerCase().includes(wanted)) return false;
    if (filter === "unknown") return !!r.problem && /unknown|path/.test(r.problem.code);
    if (filter === "problems") return !!r.problem;
    if (filter === "bad") {
      const v = liveOf(r);
      return !!v && (isBad(v.q) || isUncertain(v.q));
    }
    return true;
  });
  const key = (r: Shown): string | number => {
    const v = liveOf(r);
    switch (sort.by) {
      case "widget":
        return r.name.toLowerCase();
      case "prop":
        return r.label.toLowerCase();
      case "source":
        return r.source.toLowerCase();
      case "value":
        return v && !isBad(v.q) ? (typeof v.v === "number" ? v.v : String(v.v)) : "";
      case "quality":
        return v ? -v.q : 1;
      case "type":
        return `${metaOf(r)?.type ?? ""} ${metaOf(r)?.unit ?? ""}`;
      case "state":
        return r.problem ? (r.problem.severity === "warning" ? 1 : 0) : 2;
    }
  };
  const keyed = filtered.map((r) => ({ r, k: key(r) }));
  keyed.sort((a, b) => {
    const less =
      typeof a.k === "number" && typeof b.k === "number"
        ? a.k - b.k
        : String(a.k).localeCompare(String(b.k), lang, { numeric: true });
    return (sort.down ? -less : less) || 0;
  });
  const sorted = keyed.map((x) => x.r);
  const first = Math.max(0, Math.min(Math.floor(top / rowHeight) - 6, sorted.length));
  const seen = sorted.slice(first, first + Math.ceil(height / rowHeight) + 12);
  const picked = rows.filter((r) => chosen.has(r.key));
  const empty = rows.length === 0;

  // biome-ignore lint/correctness/useExhaustiveDependencies: the list is there once there are rows
  useEffect(() => {
    const el = list.current;
    if (!el) return;
    const watch = new ResizeObserver(() => setHeight(el.clientHeight));
    watch.observe(el);
    return () => watch.disconnect();
  }, [empty]);

  if (!screen || empty)
    return <Empty icon={<Link2 size={24} aria-hidden />} title={t("bind:list.none")} text={t("bind:list.noneText")} />;
  const choose = (r: Shown, on: boolean) => {
    const next = new Set(chosen);
    on ? next.add(r.key) : next.delete(r.key);
    setChosen(next);
  };
  return (
    <div className="bindings">
      <div className="bindings-bar">
        <SearchInput value={query} onChange={setQuery} label={t("bind:list.search")} />
        <Select
          aria-label={t("bind:list.show")}
          value={filter}
          onChange={(v) => setFilter(v as Filter)}
          options={(["all", "bad", "unknown", "problems"] as const).map((f) => ({
            value: f,
            label: t(`bind:list.${f}`),
          }))}
        />
        <span className="muted" aria-live="polite">
          {t("bind:list.count", { count: filtered.length })}
          {picked.length > 0 && ` · ${t("bind:list.chosen", { count: picked.length })}`}
        </span>
        <span className="grow" />
        <Button disabled={picked.length === 0} onClick={() => setReplacing(true)}>
          {t("bind:list.replace")}
        </Button>
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a list that scrolls must be reachable by keys */}
      <div ref={list} className="bindings-scroll" tabIndex={0} onScroll={(e) => setTop(e.currentTarget.scrollTop)}>
        <table className="bindings-table" aria-label={t("bind:list.tab")} aria-rowcount={sorted.length + 1}>
          <thead>
            <tr aria-rowindex={1}>
              <th>
                <input
                  type="checkbox"
                  aria-label={t("bind:list.all2")}
                  checked={sorted.length > 0 && sorted.every((r) => chosen.has(r.key))}
                  onChange={(e) => setChosen(new Set(e.target.checked ? sorted.map((r) => r.key) : []))}
                />
              </th>
              {columns.map((c) => (
                <th
                  key={c}
                  aria-sort={sort.by === c ? (sort.down ? "descending" : "ascending") : undefined}
                  className={c === "value" ? "number" : undefined}
                >
                  <button
                    type="button"
                    className="bindings-sort"
                    title={t("bind:list.sorted", { column: t(`bind:list.${c}`) })}
                    onClick={() => setSort({ by: c, down: sort.by === c && !sort.down })}
                  >
                    {t(`bind:list.${c}`)}
                    {sort.by === c &&
                      (sort.down ? <ArrowDown size={12} aria-hidden /> : <ArrowUp size={12} aria-hidden />)}
                  </button>
                </th>
              ))}
              <th>
                <span className="visually-hidden">{t("bind:find.scope")}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            <Gap rows={first} />
            {seen.map((r, i) => {
              const v = liveOf(r);
              const meta = metaOf(r);
              return (
                <tr
                  key={r.key}
                  aria-rowindex={first + i + 2}
                  data-binding={r.key}
                  className={selection.includes(r.widget) ? "selected" : undefined}
                >
                  <td>
                    <input
                      type="checkbox"
                      aria-label={t("bind:list.choose", { name: `${r.name} ${r.label}` })}
                      checked={chosen.has(r.key)}
                      onChange={(e) => choose(r, e.target.checked)}
                    />
                  </td>
                  <td className="clip">{r.name}</td>
                  <td className="clip">{r.label}</td>
                  <td className="bindings-source">
                    <div>
                      <span className="mono clip" title={r.source}>
                        {r.source}
                      </span>
                      <Rebind
                        row={r}
                        onSet={(tag) => rebind(editor.doc, editor.screen(), [{ row: r, binding: { tag } }])}
                      />
                    </div>
                  </td>
                  <td className="number">
                    <TagValue
                      value={v}
                      unit={meta?.unit}
                      decimals={meta?.decimals}
                      name={v && editor.qualities[String(v.q)]}
                    />
                  </td>
                  <td
                    className={v && isBad(v.q) ? "clip wrong" : "clip"}
                    title={v && v.q !== 0 ? (editor.qualities[String(v.q)] ?? String(v.q)) : undefined}
                  >
                    {!v
                      ? t("bind:list.waiting")
                      : v.q === 0
                        ? t("bind:list.good")
                        : t(isBad(v.q) ? "bind:list.badNow" : "bind:list.uncertain")}
                  </td>
                  <td className="clip">{meta?.type ? `${t(`design:type.${meta.type}`)} ${meta.unit ?? ""}` : "–"}</td>
                  <td className="clip" title={r.problem?.message}>
                    {r.problem && (
                      <span className={r.problem.severity === "warning" ? "warn" : "wrong"}>
                        {r.problem.severity === "warning" ? (
                          <TriangleAlert size={12} aria-hidden />
                        ) : (
                          <CircleAlert size={12} aria-hidden />
                        )}{" "}
                        {r.problem.message}
                      </span>
                    )}
                  </td>
                  <td>
                    <IconButton
                      small
                      label={t("bind:find.jump", { place: `${r.name} ${r.label}` })}
                      onClick={() =>
                        show(
                          editor,
                          editor.screen(),
                          r.widget,
                          r.kind === "prop"
                            ? r.prop
                            : `${r.kind === "action" ? "on" : "animate"}.${r.kind === "action" ? r.prop : r.path[1]}`,
                        )
                      }
                    >
                      <LocateFixed size={14} aria-hidden />
                    </IconButton>
                  </td>
                </tr>
              );
            })}
            <Gap rows={sorted.length - first - seen.length} />
          </tbody>
        </table>
        {sorted.length === 0 && <p className="muted bindings-none">{t("bind:list.noMatch")}</p>}
      </div>
      {replacing && (
        <ReplaceInBindings
          rows={picked}
          onClose={() => setReplacing(false)}
          onDone={() => {
            setReplacing(false);
            setChosen(new Set());
          }}
        />
      )}
    </div>
  );
}

/** The room of rows that are not drawn. */
function Gap({ rows }: { rows: number }) {
  if (rows <= 0) return null;
  return (
    <tr aria-hidden style={{ height: rows * rowHeight }}>
      <td colSpan={columns.length + 2} />
    </tr>
  );
}

/** The button that chooses another tag. */
function Rebind({ row, onSet }: { row: Shown; onSet: (tag: string) => void }) {
  const t = useT();
  const [open, setOpen] = useState(false);
  const label = t("bind:list.rebind", { name: `${row.name} ${row.label}` });
  return (
    <Popover
      open={open}
      onOpenChange={setOpen}
      align="start"
      className="bind-popover"
      label={label}
      trigger={
        <IconButton small label={label}>
          <Tag size={14} aria-hidden />
        </IconButton>
      }
    >
      {open && (
        <TagPicker
          value={row.binding.tag ?? ""}
          onChoose={(tag) => {
            onSet(tag);
            setOpen(false);
          }}
        />
      )}
    </Popover>
  );
}

/** The rows with names and with what is wrong with them. */
function shownRows(
  editor: Editor,
  screen: ScreenRecord,
  problems: readonly Problem[],
  lang: Language,
  t: ReturnType<typeof useT>,
): Shown[] {
  const at = editor.doc.state.order.indexOf(screen.screen.id);
  const index = new Map(screen.order.map((id, i) => [id, i]));
  const mine = problems.filter((p) => p.at?.startsWith(`/screens/${at}/widgets/`));
  const by = new Map<string, Problem[]>();
  for (const p of mine) {
    const widget = p.at?.split("/")[4] ?? "";
    by.set(widget, [...(by.get(widget) ?? []), p]);
  }
  return bindingsOf(screen).map((row) => {
    const w = screen.widgets[row.widget];
    const i = String(index.get(row.widget) ?? "");
    const place = `/screens/${at}/widgets/${i}/${row.path.map((p) => String(p).replaceAll("~", "~0").replaceAll("/", "~1")).join("/")}`;
    const own = by.get(i)?.filter((p) => p.at === place || p.at?.startsWith(`${place}/`));
    const label =
      row.kind === "prop"
        ? propName(editor, lang, w?.type, row.prop)
        : row.kind === "animate"
          ? t("bind:list.animate", { what: animatedName(editor, lang, w?.type, row.prop) })
          : t("bind:list.action", { event: eventName(editor, lang, w?.type, row.prop) });
    return {
      ...row,
      name: w?.name || row.widget,
      label,
      source: row.binding.tag ?? row.binding.expr ?? "",
      problem: own?.find((p) => p.severity !== "warning") ?? own?.[0],
    };
  });
}
