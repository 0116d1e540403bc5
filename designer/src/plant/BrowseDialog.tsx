import type { BrowseNode, Device, Plant, PlantTag, Problem } from "@lineside/client";
import { request } from "@lineside/client";
import { ChevronDown, ChevronRight, RefreshCw } from "lucide-react";
import { useCallback, useEffect, useState } from "react";
import { useT } from "../i18n";
import { useCatalogue } from "../shell/catalogue";
import { ProblemList, problemsOf, TextField } from "../shell/form";
import { asApiError } from "../shell/resource";
import { Button, Check, Dialog, Empty, IconButton } from "../ui";
import { TagDialog } from "./TagDialog";

interface Picked {
  node: BrowseNode;
  trail: string[];
}

const segment = (name: string) => name.replace(/[^\p{L}\p{N}_.:@ -]+/gu, "_").trim() || "tag";

/** Shows what a device has as a tree; what is ticked becomes tags below one path. */
export function BrowseDialog({
  plant,
  device,
  onClose,
  onSaved,
}: {
  plant: Plant;
  device: Device;
  onClose(): void;
  onSaved(): Promise<void>;
}) {
  const t = useT();
  const catalogue = useCatalogue();
  const type = catalogue?.connectors.find((c) => c.id === device.connector);
  const [prefix, setPrefix] = useState(device.id);
  const [picked, setPicked] = useState(new Map<string, Picked>());
  const [problems, setProblems] = useState<Problem[]>([]);
  const [round, setRound] = useState(0);

  if (type && !type.browse)
    return <TagDialog plant={plant} initial={{ device: device.id }} onClose={onClose} onSaved={onSaved} />;

  const add = async () => {
    const tags = [...picked.values()].map(
      ({ node, trail }): PlantTag => ({
        path: [prefix, ...trail, segment(node.name)].filter(Boolean).join("/"),
        type: (node.type ?? "float") as PlantTag["type"],
        device: device.id,
        address: node.address,
        unit: node.unit,
        write: node.writable ? {} : undefined,
      }),
    );
    try {
      await request("PATCH", "/plant", { put: { tags } });
      await onSaved();
      onClose();
    } catch (error) {
      const failure = asApiError(error);
      setProblems(problemsOf(failure));
    }
  };

  const toggle = (node: BrowseNode, trail: string[]) => {
    const next = new Map(picked);
    if (!next.delete(node.id)) next.set(node.id, { node, trail });
    setPicked(next);
  };

  return (
    <Dialog
      open
      title={t("plant:browseDevice", { name: device.name || device.id })}
      size="wide"
      onClose={onClose}
      footer={
        <>
          <span className="grow muted">{t("plant:picked", { count: picked.size })}</span>
          <Button icon={<RefreshCw size={16} aria-hidden />} onClick={() => setRound(round + 1)}>
            {t("plant:browseAgain")}
          </Button>
          <Button look="primary" disabled={picked.size === 0} onClick={add}>
            {t("plant:makeTags", { count: picked.size })}
          </Button>
        </>
      }
    >
      <TextField label={t("plant:prefix")} value={prefix} onChange={setPrefix} hint={t("plant:prefixHint")} />
      <div className="tree" role="tree" aria-label={t("plant:browseDevice", { name: device.name || device.id })}>
        <Level key={round} device={device.id} node="" trail={[]} picked={picked} toggle={toggle} top />
      </div>
      {problems.length > 0 && <ProblemList problems={problems} />}
    </Dialog>
  );
}

function Level({
  device,
  node,
  trail,
  picked,
  toggle,
  top,
}: {
  device: string;
  node: string;
  trail: string[];
  picked: Map<string, Picked>;
  toggle(node: BrowseNode, trail: string[]): void;
  top?: boolean;
}) {
  const t = useT();
  const [nodes, setNodes] = useState<BrowseNode[]>();
  const [problem, setProblem] = useState<Problem>();
  const load = useCallback(async () => {
    try {
      const { data } = await request<{ nodes: BrowseNode[] }>("POST", "/devices/browse", { device, node });
      setNodes(data.nodes ?? []);
    } catch (error) {
      setProblem(asApiError(error));
    }
  }, [device, node]);
  useEffect(() => void load(), [load]);

  if (problem) return <ProblemList problems={[problem]} />;
  if (!nodes) return <div className="muted">{t("common:loading")}</div>;
  if (nodes.length === 0)
    return top ? (
      <Empty title={t("plant:nothingFound")} text={t("plant:nothingFoundText")} />
    ) : (
      <div className="muted">{t("plant:nothingFound")}</div>
    );
  return nodes.map((child) => (
    <Branch key={child.id} device={device} node={child} trail={trail} picked={picked} toggle={toggle} />
  ));
}

function Branch({
  device,
  node,
  trail,
  picked,
  toggle,
}: {
  device: string;
  node: BrowseNode;
  trail: string[];
  picked: Map<string, Picked>;
  toggle(node: BrowseNode, trail: string[]): void;
}) {
  const [open, setOpen] = useState(false);
  return (
    <div
      role="treeitem"
      aria-expanded={node.hasChildren ? open : undefined}
      aria-selected={picked.has(node.id)}
      tabIndex={-1}
    >
      <div className="tree-row">
        {node.hasChildren ? (
          <IconButton small label={node.name} onClick={() => setOpen(!open)}>
            {open ? <ChevronDown size={16} aria-hidden /> : <ChevronRight size={16} aria-hidden />}
          </IconButton>
        ) : (
          <span className="tree-gap" />
        )}
        {node.address ? (
          <Check label={node.title || node.name} checked={picked.has(node.id)} onChange={() => toggle(node, trail)} />
        ) : (
          <button type="button" className="plain" onClick={() => setOpen(!open)}>
            {node.title || node.name}
          </button>
        )}
        <span className="muted">{node.type}</span>
        <span className="live-value">
          {node.value === undefined
            ? ""
            : String(typeof node.value === "object" ? JSON.stringify(node.value) : node.value).slice(0, 60)}
        </span>
      </div>
      {open && node.hasChildren && (
        // biome-ignore lint/a11y/useSemanticElements: the group of a tree, not of a form
        <div className="tree-children" role="group">
          <Level
            device={device}
            node={node.id}
            trail={[...trail, segment(node.name)]}
            picked={picked}
            toggle={toggle}
          />
        </div>
      )}
    </div>
  );
}
