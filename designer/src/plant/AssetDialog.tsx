import type { Asset, ModelState, Plant, Problem, TagRenamed } from "@lineside/client";
import { request } from "@lineside/client";
import { useState } from "react";
import { renameTags } from "../design/uses";
import { language, textIn, useT } from "../i18n";
import { ProblemList, problemsOf, SelectField, TextField } from "../shell/form";
import { asApiError } from "../shell/resource";
import { Button, Check, Dialog } from "../ui";
import { below, said } from "./DeviceDialog";
import { MarksFold } from "./MarksFields";
import { RelationRows } from "./RelationRows";
import { FollowChecks } from "./RenameArea";
import { clean, Section } from "./TagParts";
import { UsesList, useTagUses } from "./uses";
import { ParamsForm, type Scalar } from "./ValueField";

/** Adds one asset, or says of what model it is, where, and with which parameters. */
export function AssetDialog({
  plant,
  models,
  asset,
  beside,
  onClose,
  onSaved,
  onRenamed,
}: {
  plant: Plant;
  models: readonly ModelState[];
  asset?: Asset;
  /** The place that is selected: a new asset begins there. */
  beside: string;
  onClose(): void;
  onSaved(path: string): Promise<void>;
  onRenamed(result: TagRenamed): void;
}) {
  const t = useT();
  const lang = language();
  const assets = plant.assets ?? [];
  const [draft, setDraft] = useState<Asset>(() => asset ?? begun(assets, models, beside));
  const [path, setPath] = useState(asset?.path);
  const [problems, setProblems] = useState<Problem[]>([]);
  const [apps, setApps] = useState(true);
  const [publish, setPublish] = useState(false);
  const set = (change: Partial<Asset>) => setDraft((old) => ({ ...old, ...change }));
  const model = models.find((m) => m.id === draft.model);
  const renaming = !!path && path !== draft.path;
  const { uses } = useTagUses(renaming ? { area: path } : undefined);
  const known = assets.findIndex((a) => a.path === draft.path);
  const place = `/assets/${known >= 0 ? known : assets.length - (asset ? 1 : 0)}`;
  const here = below(problems, place);
  const atField = (p: Problem) =>
    !!p.at?.startsWith(place) &&
    /^\/(path|model|params\/.+|labels\/\d+|attributes\/.+|relations\/\d+(\/(type|to))?)$/.test(
      p.at.slice(place.length),
    );
  const elsewhere = problems.filter((p) => !atField(p));

  const save = async () => {
    try {
      const ids = new Set((model?.parameters ?? []).map((p) => p.id));
      const properties = new Set((model?.properties ?? []).map((p) => p.property.id));
      const only = <T,>(all: Record<string, T> | undefined, known: ReadonlySet<string>) =>
        clean(Object.fromEntries(Object.entries(all ?? {}).filter(([id]) => known.has(id)))) as
          | Record<string, T>
          | undefined;
      // What another model does not know is left behind.
      const next: Asset = {
        ...draft,
        params: only(draft.params, ids),
        overrides: only(draft.overrides, properties),
        title: clean(draft.title ?? {}),
      };
      let renamed: TagRenamed | undefined;
      if (path && path !== next.path) {
        renamed = await renameTags({ from: `${path}/`, to: `${next.path}/`, apps, publish: apps && publish });
        setPath(next.path);
      }
      await request("PATCH", "/plant", { put: { assets: [next] } });
      await onSaved(next.path);
      if (renamed) onRenamed(renamed);
      onClose();
    } catch (error) {
      setProblems(problemsOf(asApiError(error)));
    }
  };

  return (
    <Dialog
      open
      size="wide"
      title={asset ? t("assets:editAsset", { path: asset.path }) : t("assets:addAsset")}
      onClose={onClose}
      footer={
        <>
          <span className="grow" />
          <Button onClick={onClose}>{t("common:cancel")}</Button>
          <Button look="primary" onClick={() => void save()}>
            {asset ? t("common:save") : t("common:add")}
          </Button>
        </>
      }
    >
      <div className="field-row">
        <SelectField
          label={t("assets:model")}
          value={draft.model}
          onChange={(id) => set({ model: id })}
          options={models.map((m) => ({ value: m.id, label: textIn(m.name) || m.id }))}
          error={said(here, "/model")}
        />
        <TextField
          label={t("plant:title")}
          value={draft.title?.[lang] ?? ""}
          onChange={(value) => set({ title: clean({ ...draft.title, [lang]: value }) })}
        />
      </div>
      <TextField
        label={t("plant:path")}
        value={draft.path}
        onChange={(value) => set({ path: value })}
        hint={t("assets:pathHint")}
        error={said(here, "/path")}
        required
        autoFocus
      />
      {renaming && (
        <div className="form">
          <FollowChecks apps={apps} setApps={setApps} publish={publish} setPublish={setPublish} />
          <UsesList uses={uses} />
        </div>
      )}
      {model && model.parameters.length > 0 && (
        <Section title={t("assets:parameters")}>
          <ParamsForm
            parameters={model.parameters}
            devices={plant.devices ?? []}
            value={draft.params ?? {}}
            onChange={(params: Record<string, Scalar>) => set({ params })}
            wrong={(id) => said(here, `/params/${id}`)}
          />
        </Section>
      )}
      <Section title={t("things:relations")}>
        <RelationRows
          rows={draft.relations ?? []}
          assets={assets}
          own={draft.path}
          onChange={(relations) => set({ relations })}
          wrong={(at) => said(here, at)}
        />
      </Section>
      <MarksFold value={draft} onChange={set} wrong={(at) => said(here, at)} />
      <Check
        label={t("assets:disable")}
        checked={!!draft.disabled}
        onChange={(on) => set({ disabled: on || undefined })}
      />
      {elsewhere.length > 0 && <ProblemList problems={elsewhere} />}
    </Dialog>
  );
}

/** A new asset begins as the one that is selected, or in the area that is. */
function begun(assets: readonly Asset[], models: readonly ModelState[], beside: string): Asset {
  const like = assets.find((a) => a.path === beside);
  const area = like ? beside.split("/").slice(0, -1).join("/") : beside;
  return { path: area && `${area}/`, model: like?.model ?? models[0]?.id ?? "", params: like?.params };
}
