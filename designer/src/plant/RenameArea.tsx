// Renaming an area: all tags below it, and everything that names them, follow.
import type { TagRenamed } from "@lineside/client";
import { useCallback, useState } from "react";
import { renameTags } from "../design/uses";
import { useT } from "../i18n";
import { TextField } from "../shell/form";
import { asApiError } from "../shell/resource";
import { Button, Check, Dialog, ErrorNote } from "../ui";
import { AreaPicker } from "./AreaPicker";
import { UsesList, useTagUses } from "./uses";

export function RenameArea(props: { onClose: () => void; onDone: (result: TagRenamed) => void }) {
  const t = useT();
  const [from, setFrom] = useState("");
  const [to, setTo] = useState("");
  const choose = useCallback((path: string) => {
    setFrom(path);
    setTo(path);
  }, []);
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
      <AreaPicker label={t("bind:plant.areaFrom")} value={from} onChange={choose} />
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
