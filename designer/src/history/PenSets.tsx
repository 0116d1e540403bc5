// Sets of pens that people keep for themselves or share.
import type { PenSet, PenSetList, Problem } from "@lineside/client";
import { request } from "@lineside/client";
import { FolderOpen, Trash2 } from "lucide-react";
import { useState } from "react";
import type { Pen } from "../../../widgets/plot/pens";
import { isLive, type Span } from "../../../widgets/plot/span";
import { useT } from "../i18n";
import { ProblemList, problemsOf, sayFailure, TextField } from "../shell/form";
import { asApiError, useResource } from "../shell/resource";
import { Button, Check, Dialog, Empty, IconButton, Popover, toast, useConfirm } from "../ui";

export function PenSets(props: { pens: readonly Pen[]; span: Span; shift: string; onOpen(set: PenSet): void }) {
  const t = useT();
  const [open, setOpen] = useState(false);
  const [saving, setSaving] = useState(false);
  const [ask, question] = useConfirm();
  const { data, error, reload } = useResource<PenSetList>(open || saving ? "/history/pens" : undefined);
  const remove = async (set: PenSet) => {
    setOpen(false);
    if (!(await ask({ title: t("trends:removeSet", { name: set.name }), action: t("common:remove"), danger: true })))
      return;
    try {
      await request("DELETE", `/history/pens/${set.id}`);
    } catch (e) {
      sayFailure(asApiError(e));
    }
  };
  return (
    <>
      <Popover
        open={open}
        onOpenChange={setOpen}
        label={t("trends:sets")}
        trigger={<Button icon={<FolderOpen size={16} aria-hidden />}>{t("trends:sets")}</Button>}
      >
        <div className="trend-sets">
          {error && <ProblemList problems={[error]} />}
          {data?.sets.length === 0 && <Empty title={t("trends:noSets")} text={t("trends:noSetsText")} />}
          <ul>
            {data?.sets.map((set) => (
              <li key={set.id}>
                <button
                  type="button"
                  className="trend-tag"
                  onClick={() => {
                    props.onOpen(set);
                    setOpen(false);
                  }}
                >
                  <span className="trend-tag-words">
                    <span>{set.name}</span>
                    <span className="muted">
                      {t("trends:setPens", { count: set.pens.length })}
                      {set.shared &&
                        ` · ${set.mine ? t("trends:sharedMine") : t("trends:sharedBy", { name: set.owner })}`}
                    </span>
                  </span>
                </button>
                {set.mine && (
                  <IconButton small label={t("trends:removeSet", { name: set.name })} onClick={() => void remove(set)}>
                    <Trash2 size={14} aria-hidden />
                  </IconButton>
                )}
              </li>
            ))}
          </ul>
          <Button
            disabled={props.pens.length === 0}
            title={props.pens.length === 0 ? t("trends:saveSetNone") : undefined}
            onClick={() => {
              setOpen(false);
              setSaving(true);
            }}
          >
            {t("trends:saveSet")}
          </Button>
        </div>
      </Popover>
      {saving && (
        <SaveDialog
          {...props}
          sets={data?.sets ?? []}
          onClose={() => setSaving(false)}
          onDone={() => {
            setSaving(false);
            void reload();
          }}
        />
      )}
      {question}
    </>
  );
}

function SaveDialog(props: {
  pens: readonly Pen[];
  span: Span;
  shift: string;
  sets: readonly PenSet[];
  onClose(): void;
  onDone(): void;
}) {
  const t = useT();
  const [name, setName] = useState("");
  const [shared, setShared] = useState(false);
  const [problems, setProblems] = useState<Problem[]>([]);
  // One's own set of the same name is changed.
  const there = props.sets.find((s) => s.mine && s.name === name.trim());
  const submit = async () => {
    if (!name.trim()) return;
    const set = {
      name: name.trim(),
      shared,
      pens: props.pens.map((p) => ({ path: p.path, ...(p.hidden && { hidden: true }) })),
      ...(isLive(props.span) && { last: props.span.last }),
      ...(props.shift && { shift: props.shift }),
    };
    try {
      await request(there ? "PUT" : "POST", there ? `/history/pens/${there.id}` : "/history/pens", set);
      toast(t("trends:setSaved", { name: name.trim() }), { kind: "good" });
      props.onDone();
    } catch (e) {
      setProblems(problemsOf(asApiError(e)));
    }
  };
  return (
    <Dialog
      open
      title={t("trends:saveSetTitle")}
      text={t("trends:saveSetText")}
      onClose={props.onClose}
      footer={
        <>
          <Button onClick={props.onClose}>{t("common:cancel")}</Button>
          <Button look="primary" disabled={!name.trim()} onClick={() => void submit()}>
            {t(there ? "trends:replaceSet" : "trends:save")}
          </Button>
        </>
      }
    >
      <div className="form">
        <TextField
          label={t("trends:name")}
          value={name}
          onChange={setName}
          onEnter={() => void submit()}
          maxLength={128}
          required
        />
        <Check label={t("trends:share")} checked={shared} onChange={setShared} />
      </div>
      <ProblemList problems={problems} />
    </Dialog>
  );
}
