// Changing many tags at once: what is filled in is set in each of them, the rest stays.
import type { Device, Problem, TagsChange, TagsChanged } from "@lineside/client";
import { useState } from "react";
import { useT } from "../i18n";
import { NumberField, ProblemList, problemsOf, SelectField, TextField } from "../shell/form";
import { asApiError } from "../shell/resource";
import { Button, Check, Dialog, Note } from "../ui";
import { changeTags } from "./plantapi";

/** Which tags are meant, and in which version of the plant they were seen. */
export interface Meant {
  which: Pick<TagsChange, "paths" | "select">;
  count: number;
  etag: string;
}

const words = (text: string) => text.split(/[\s,;]+/).filter(Boolean);

export function BulkDialog(props: {
  meant: Meant;
  devices: readonly Device[];
  onClose(): void;
  onDone(changed: TagsChanged): void;
}) {
  const t = useT();
  const [unit, setUnit] = useState<string>();
  const [decimals, setDecimals] = useState<number>();
  const [description, setDescription] = useState<string>();
  const [scan, setScan] = useState<string>();
  const [add, setAdd] = useState("");
  const [remove, setRemove] = useState("");
  const [problems, setProblems] = useState<Problem[]>([]);
  const [tried, setTried] = useState<TagsChanged>();
  const [busy, setBusy] = useState(false);
  const scans = [...new Set(props.devices.flatMap((device) => (device.scans ?? []).map((s) => s.id)))].sort();

  // What is emptied on purpose is taken away.
  const set: Record<string, unknown> = {};
  if (unit !== undefined) set.unit = unit.trim() || null;
  if (decimals !== undefined) set.decimals = decimals;
  if (description !== undefined) set.description = description.trim() || null;
  if (scan !== undefined) set.scan = scan || null;
  const change: TagsChange = {
    ...props.meant.which,
    ...(Object.keys(set).length ? { set } : {}),
    ...(words(add).length ? { addLabels: words(add) } : {}),
    ...(words(remove).length ? { removeLabels: words(remove) } : {}),
  };
  const nothing = !change.set && !change.addLabels && !change.removeLabels;

  const run = async (dry: boolean) => {
    setBusy(true);
    try {
      const changed = await changeTags({ ...change, dry }, props.meant.etag);
      setProblems(changed.problems.filter((p) => p.severity !== "warning"));
      if (dry) setTried(changed);
      else props.onDone(changed);
    } catch (error) {
      setTried(undefined);
      setProblems(problemsOf(asApiError(error)));
    } finally {
      setBusy(false);
    }
  };
  const edit =
    <T,>(to: (value: T) => void) =>
    (value: T) => {
      to(value);
      setTried(undefined);
      setProblems([]);
    };

  return (
    <Dialog
      open
      onClose={props.onClose}
      title={t("tags:changeTitle", { count: props.meant.count })}
      text={t("tags:changeText")}
      footer={
        <>
          <span className="grow" />
          <Button onClick={props.onClose}>{t("common:cancel")}</Button>
          <Button disabled={nothing || busy} onClick={() => void run(true)}>
            {t("tags:tryIt")}
          </Button>
          <Button look="primary" disabled={nothing || busy} onClick={() => void run(false)}>
            {t("tags:changeNow")}
          </Button>
        </>
      }
    >
      <Optional label={t("plant:unit")} on={unit !== undefined} onChange={(on) => edit(setUnit)(on ? "" : undefined)}>
        <TextField label={t("plant:unit")} value={unit ?? ""} onChange={edit(setUnit)} hint={t("tags:emptyRemoves")} />
      </Optional>
      <Optional
        label={t("plant:decimals")}
        on={decimals !== undefined}
        onChange={(on) => edit(setDecimals)(on ? 2 : undefined)}
      >
        <NumberField
          label={t("plant:decimals")}
          value={decimals}
          onChange={(n) => edit(setDecimals)(n ?? 0)}
          min={0}
          max={10}
          integer
        />
      </Optional>
      <Optional
        label={t("plant:description")}
        on={description !== undefined}
        onChange={(on) => edit(setDescription)(on ? "" : undefined)}
      >
        <TextField
          label={t("plant:description")}
          value={description ?? ""}
          onChange={edit(setDescription)}
          hint={t("tags:emptyRemoves")}
        />
      </Optional>
      {scans.length > 0 && (
        <Optional label={t("plant:scan")} on={scan !== undefined} onChange={(on) => edit(setScan)(on ? "" : undefined)}>
          <SelectField
            label={t("plant:scan")}
            value={scan ?? ""}
            onChange={edit(setScan)}
            options={[{ value: "", label: t("tags:firstScan") }, ...scans.map((id) => ({ value: id, label: id }))]}
          />
        </Optional>
      )}
      <TextField label={t("tags:addLabels")} value={add} onChange={edit(setAdd)} hint={t("tags:labelsHint")} />
      <TextField label={t("tags:removeLabels")} value={remove} onChange={edit(setRemove)} />
      {tried && (
        <Note kind="good" title={t("tags:wouldChange", { count: tried.changed })}>
          {tried.left > 0 && t("tags:left", { count: tried.left })}
        </Note>
      )}
      {problems.length > 0 && <ProblemList problems={problems} />}
    </Dialog>
  );
}

/** A field that counts only when it is ticked. */
function Optional(props: { label: string; on: boolean; onChange(on: boolean): void; children: React.ReactNode }) {
  return (
    <>
      <Check label={props.label} checked={props.on} onChange={props.onChange} />
      {props.on && props.children}
    </>
  );
}
