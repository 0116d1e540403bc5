// Renaming an area: all tags below it, and everything that names them, follow.
import type { Plant, TagRenamed } from "@lineside/client";
import { useMemo, useState } from "react";
import { renameTags } from "../design/uses";
import { useT } from "../i18n";
import { SelectField, TextField } from "../shell/form";
import { asApiError } from "../shell/resource";
import { Button, Check, Dialog, ErrorNote } from "../ui";
import { UsesList, useTagUses } from "./uses";

/** The levels above the tags, each with how many tags are below it. */
export function areasOf(plant: Plant): [path: string, count: number][] {
  const count = new Map<string, number>((plant.areas ?? []).map((a) => [a.path, 0]));
  for (const tag of plant.tags ?? []) {
    const levels = tag.path.split("/");
    for (let n = 1; n < levels.length; n++) {
      const path = levels.slice(0, n).join("/");
      count.set(path, (count.get(path) ?? 0) + 1);
    }
  }
  return [...count].sort(([a], [b]) => (a < b ? -1 : 1));
}

export function RenameArea(props: { plant: Plant; onClose: () => void; onDone: (result: TagRenamed) => void }) {
  const t = useT();
  const areas = useMemo(() => areasOf(props.plant), [props.plant]);
  const [from, setFrom] = useState(areas[0]?.[0] ?? "");
  const [to, setTo] = useState(from);
  const [apps, setApps] = useState(true);
  const [publish, setPublish] = useState(false);
  const [busy, setBusy] = useState(false);
  const [failed, setFailed] = useState<{ message: string; hint?: string }>();
  const { uses, error } = useTagUses(from ? { area: from } : undefined);
  const next = to.trim().replace(/\/+$/, "");
  const rename = async () => {
    if (!next || next === from || busy) return;
    setBusy(true);
    try {
      props.onDone(await renameTags({ from: `${from}/`, to: `${next}/`, apps, publish: apps && publish }));
    } catch (e) {
      setFailed(asApiError(e));
      setBusy(false);
    }
  };
  return (
    <Dialog
      open
      size="wide"
      onClose={props.onClose}
      title={t("bind:plant.areaTitle")}
      text={t("bind:plant.areaText")}
      footer={
        <>
          <Button onClick={props.onClose}>{t("common:cancel")}</Button>
          <Button look="primary" disabled={!next || next === from || busy} onClick={() => void rename()}>
            {t("bind:plant.rename")}
          </Button>
        </>
      }
    >
      <SelectField
        label={t("bind:plant.areaFrom")}
        value={from}
        onChange={(path) => {
          setFrom(path);
          setTo(path);
        }}
        options={areas.map(([path, count]) => ({ value: path, label: `${path} (${t("bind:plant.tags", { count })})` }))}
      />
      <TextField label={t("bind:plant.areaTo")} value={to} onChange={setTo} onEnter={() => void rename()} />
      <FollowChecks apps={apps} setApps={setApps} publish={publish} setPublish={setPublish} />
      <ErrorNote error={failed ?? error} />
      <UsesList uses={uses} />
    </Dialog>
  );
}

/** Whether the apps follow a rename, and are published again. */
export function FollowChecks(props: {
  apps: boolean;
  setApps: (on: boolean) => void;
  publish: boolean;
  setPublish: (on: boolean) => void;
}) {
  const t = useT();
  return (
    <>
      <Check label={t("bind:plant.apps")} checked={props.apps} onChange={props.setApps} />
      <Check
        label={t("bind:plant.publish")}
        checked={props.apps && props.publish}
        disabled={!props.apps}
        onChange={props.setPublish}
      />
    </>
  );
}
