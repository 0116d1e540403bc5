// Goes into a device, level by level, to the part that is one machine.
import type { BrowseNode, Problem } from "@lineside/client";
import { request } from "@lineside/client";
import { ChevronRight, Folder } from "lucide-react";
import { useEffect, useState } from "react";
import { useT } from "../i18n";
import { ProblemList } from "../shell/form";
import { asApiError } from "../shell/resource";
import { Busy, SearchInput } from "../ui";
import "./generate.css";

/** A level that was gone into. */
export interface Step {
  id: string;
  name: string;
}

/** So many nodes of a level are drawn; the search finds the others. */
const most = 200;

/** What a level has; going into a node makes it the chosen part. */
export function BranchPicker({
  device,
  trail,
  onTrail,
}: {
  device: string;
  trail: readonly Step[];
  onTrail(trail: Step[]): void;
}) {
  const t = useT();
  const node = trail.at(-1)?.id ?? "";
  const [level, setLevel] = useState<{ node: string; nodes?: BrowseNode[]; problem?: Problem }>();
  const [query, setQuery] = useState("");
  useEffect(() => {
    const stop = new AbortController();
    setQuery("");
    request<{ nodes: BrowseNode[] }>("POST", "/devices/browse", { device, node }, { signal: stop.signal }).then(
      ({ data }) => setLevel({ node, nodes: data.nodes }),
      (error) => !stop.signal.aborted && setLevel({ node, problem: asApiError(error) }),
    );
    return () => stop.abort();
  }, [device, node]);
  const here = level?.node === node ? level : undefined;
  const wanted = query.trim().toLowerCase();
  const nodes = (here?.nodes ?? []).filter(
    (n) => !wanted || `${n.name} ${n.title ?? ""}`.toLowerCase().includes(wanted),
  );
  return (
    <section className="branch" aria-label={t("generate:branch")}>
      <nav className="branch-trail" aria-label={t("generate:trail")}>
        <button type="button" className="link" onClick={() => onTrail([])} disabled={trail.length === 0}>
          {device}
        </button>
        {trail.map((step, i) => (
          <span key={step.id}>
            <ChevronRight size={14} aria-hidden />
            <button
              type="button"
              className="link"
              disabled={i === trail.length - 1}
              aria-current={i === trail.length - 1 ? "location" : undefined}
              onClick={() => onTrail(trail.slice(0, i + 1))}
            >
              {step.name}
            </button>
          </span>
        ))}
      </nav>
      {!here && <Busy />}
      {here?.problem && <ProblemList problems={[here.problem]} />}
      {here?.nodes && here.nodes.length > 12 && (
        <SearchInput label={t("generate:searchNodes")} value={query} onChange={setQuery} />
      )}
      {here?.nodes?.length === 0 && <p className="muted">{t("generate:nothing")}</p>}
      <ul className="branch-nodes">
        {nodes.slice(0, most).map((n) => (
          <li key={n.id}>
            {n.hasChildren && (!n.address || n.type === "json" || n.nested) ? (
              <button
                type="button"
                className="branch-node"
                onClick={() => onTrail([...trail, { id: n.id, name: n.name }])}
              >
                <Folder size={14} aria-hidden />
                <span className="grow">{n.title || n.name}</span>
                <ChevronRight size={14} aria-hidden />
              </button>
            ) : (
              <span className="branch-node">
                <span className="grow">{n.title || n.name}</span>
                <span className="muted">
                  {n.type} {n.unit}
                </span>
              </span>
            )}
          </li>
        ))}
      </ul>
      {nodes.length > most && <p className="muted">{t("plant:moreRows", { count: nodes.length - most })}</p>}
      <p className="hint">{t("generate:branchHelp")}</p>
    </section>
  );
}
