import type { BrowseNode, Problem } from "@lineside/client";
import { RefreshCw } from "lucide-react";
import { useEffect, useMemo, useRef, useState } from "react";
import { useT } from "../../i18n";
import { ProblemList } from "../../shell/form";
import { asApiError } from "../../shell/resource";
import { Button, Empty, Note, SearchInput } from "../../ui";
import { branchOf, NodeTree, type Ticked } from "./NodeTree";
import type { Picked } from "./naming";
import { countsOf, rowsOf, type TreeRow } from "./nodetree";
import { explore, type Source, useLevels, usePresent } from "./source";

/** So many tags are made at once. */
export const mostPicked = 5000;
/** So many hits of a search are shown. */
const mostFound = 500;

/** What a device has, as a tree with present values, and what of it is ticked. */
export function BrowseStep({
  source,
  picked,
  onPick,
}: {
  source: Source;
  picked: ReadonlyMap<string, Picked>;
  onPick(next: ReadonlyMap<string, Picked>): void;
}) {
  const t = useT();
  const { levels, load, reset } = useLevels(source);
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set());
  const [busy, setBusy] = useState<ReadonlySet<string>>(new Set());
  const [note, setNote] = useState<{ kind: "warning" | "info"; text: string }>();
  const [problem, setProblem] = useState<Problem>();
  const [query, setQuery] = useState("");
  const [hits, setHits] = useState<{ query: string; rows: TreeRow[]; complete: boolean }>();
  const [seen, setSeen] = useState<BrowseNode[]>([]);
  const tree = useMemo(() => rowsOf(levels, open), [levels, open]);
  const find = query.trim();
  const rows = find ? (hits?.query === find ? hits.rows : waiting) : tree;
  const openIds = useMemo(() => ["", ...[...open].map((key) => key.split("\n").at(-1) ?? "")], [open]);
  const values = usePresent(source, seen, openIds);
  const counts = useMemo(() => countsOf(picked.values()), [picked]);
  const latest = useRef(picked);
  latest.current = picked;
  const of = useRef(source);
  of.current = source;

  useEffect(() => {
    if (!find) return setHits(undefined);
    const stop = new AbortController();
    const timer = setTimeout(async () => {
      try {
        const found = await explore(of.current, { find, limit: mostFound }, stop.signal);
        const size = found.nodes.length;
        setHits({
          query: find,
          complete: found.complete,
          rows: size
            ? found.nodes.map((node, i) => ({
                key: `?\n${node.id}`,
                depth: 1,
                node: { ...node, hasChildren: undefined },
                trail: node.trail,
                index: i + 1,
                size,
              }))
            : [{ key: "?", depth: 1, trail: [], index: 1, size: 1, note: "empty" }],
        });
      } catch (error) {
        if (!stop.signal.aborted)
          setHits({
            query: find,
            complete: true,
            rows: [{ key: "?", depth: 1, trail: [], index: 1, size: 1, note: "problem", problem: asApiError(error) }],
          });
      }
    }, 400);
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }, [find]);

  const ticked = (row: TreeRow): Ticked => {
    if (row.node && picked.has(row.node.id)) return "yes";
    return counts.has(branchOf(row)) ? "some" : "no";
  };

  const add = (list: readonly Picked[]) => {
    const next = new Map(latest.current);
    for (const pick of list) {
      if (next.size >= mostPicked && !next.has(pick.node.id)) {
        setNote({ kind: "warning", text: t("adddevice:tooMany", { count: mostPicked }) });
        break;
      }
      next.set(pick.node.id, pick);
    }
    onPick(next);
  };

  const tick = async (row: TreeRow) => {
    const { node } = row;
    if (!node || (!node.address && !node.hasChildren)) return;
    setNote(undefined);
    setProblem(undefined);
    if (node.address) {
      const next = new Map(picked);
      if (next.delete(node.id)) return onPick(next);
      return add([{ node, trail: row.trail }]);
    }
    const place = branchOf(row);
    if (counts.has(place)) {
      const within = (trail: string[]) => `${trail.join("\u0000")}\u0000`.startsWith(`${place}\u0000`);
      return onPick(new Map([...picked].filter(([, pick]) => !within(pick.trail))));
    }
    if (busy.has(row.key)) return;
    setBusy((old) => new Set(old).add(row.key));
    try {
      const found = await explore(of.current, { node: node.id, limit: mostPicked + 1 });
      const above = [...row.trail, node.name];
      add(
        found.nodes
          .filter((n) => !n.group)
          .map(({ trail, group, ...leaf }) => ({ node: leaf, trail: [...above, ...trail] })),
      );
      if (found.nodes.length === 0) setNote({ kind: "info", text: t("adddevice:emptyBranch", { name: node.name }) });
      else if (!found.complete && found.nodes.length <= mostPicked)
        setNote({ kind: "warning", text: t("adddevice:incomplete", { count: found.looked }) });
    } catch (error) {
      setProblem(asApiError(error));
    } finally {
      setBusy((old) => new Set([...old].filter((key) => key !== row.key)));
    }
  };

  const expand = (row: TreeRow, on: boolean) => {
    if (!row.node) return;
    const next = new Set(open);
    if (on) next.add(row.key);
    else next.delete(row.key);
    setOpen(next);
    const level = levels.get(row.node.id);
    if (on && (!level || level.problem)) void load(row.node.id);
  };

  const root = levels.get("");
  return (
    <div className="browse-step">
      <div className="page-tools">
        <SearchInput label={t("adddevice:search")} value={query} onChange={setQuery} />
        <span className="muted grow" aria-live="polite">
          {find && hits?.query === find && !hits.complete && t("adddevice:firstHits", { count: hits.rows.length })}
        </span>
        <span className="muted" aria-live="polite">
          {t("plant:picked", { count: picked.size })}
        </span>
        <Button disabled={picked.size === 0} onClick={() => onPick(new Map())}>
          {t("adddevice:tickNone")}
        </Button>
        <Button icon={<RefreshCw size={16} aria-hidden />} onClick={reset}>
          {t("plant:browseAgain")}
        </Button>
      </div>
      {!find && root?.nodes?.length === 0 ? (
        <Empty title={t("plant:nothingFound")} text={t("plant:nothingFoundText")} />
      ) : !find && root?.problem ? (
        <ProblemList problems={[root.problem]} />
      ) : (
        <NodeTree
          label={t("adddevice:tree")}
          rows={rows}
          ticked={ticked}
          busy={busy}
          values={values}
          flat={!!find}
          onTick={(row) => void tick(row)}
          onOpen={expand}
          onSeen={setSeen}
        />
      )}
      {note && <Note kind={note.kind} title={note.text} />}
      {problem && <ProblemList problems={[problem]} />}
    </div>
  );
}

const waiting: TreeRow[] = [{ key: "?", depth: 1, trail: [], index: 1, size: 1, note: "loading" }];
