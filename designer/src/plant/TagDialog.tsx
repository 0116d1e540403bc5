import type { Plant, PlantTag, Problem, TagRenamed } from "@lineside/client";
import { request } from "@lineside/client";
import { useMemo, useState } from "react";
import { renameTags } from "../design/uses";
import { useT } from "../i18n";
import { useCatalogue } from "../shell/catalogue";
import { ProblemList, problemsOf, QualityText, SelectField, TextField } from "../shell/form";
import { useTagValues } from "../shell/live";
import { asApiError } from "../shell/resource";
import { Button, Dialog, SpecForm } from "../ui";
import { below, said } from "./DeviceDialog";
import { ExpressionField } from "./ExpressionField";
import { FollowChecks } from "./RenameArea";
import {
  AdvancedSection,
  clean,
  type Kind,
  kindOf,
  MeaningSection,
  ofKind,
  parse,
  Section,
  types,
  WritingSection,
} from "./TagParts";
import { UsesList, useTagUses } from "./uses";

/** Where the form shows what is wrong at its field; the rest stands at the end. */
const atField = /^\/(path|expr|initial|range|normal|write|write\/(low|high|interlock)|address\/.+)$/;

/** Adds or edits one tag. */
export function TagDialog({
  plant,
  tag,
  initial,
  onClose,
  onSaved,
  onRenamed,
}: {
  plant: Plant;
  tag?: PlantTag;
  initial?: Partial<PlantTag>;
  onClose(): void;
  onSaved(): Promise<void>;
  /** A tag was given another path, which other things may have to follow. */
  onRenamed?(result: TagRenamed): void;
}) {
  const t = useT();
  const catalogue = useCatalogue();
  const devices = plant.devices ?? [];
  const [draft, setDraft] = useState<Partial<PlantTag>>(
    tag ?? { type: "float", device: devices[0]?.id, path: initial?.device ? `${initial.device}/` : "", ...initial },
  );
  const [kind, setKind] = useState<Kind>(tag ? kindOf(tag) : devices.length ? "device" : "memory");
  const [problems, setProblems] = useState<Problem[]>([]);
  const [apps, setApps] = useState(true);
  const [publish, setPublish] = useState(false);
  // Saving goes in two steps: when only the second is refused, the first is not repeated.
  const [path, setPath] = useState(tag?.path);
  const renaming = !!path && path !== draft.path;
  const { uses } = useTagUses(renaming ? { path } : undefined);
  const live = useTagValues(useMemo(() => (tag ? [tag.path] : []), [tag])).get(tag?.path ?? "");
  const list = plant.tags ?? [];
  // A new tag and one with a new path stand at the end of the document that was refused.
  const index =
    tag && tag.path === draft.path ? list.findIndex((x) => x.path === tag.path) : list.length - (tag ? 1 : 0);
  const here = below(problems, `/tags/${index}`);
  const elsewhere = problems.filter(
    (p) => !here.some((h) => p.at === `/tags/${index}${h.at}` && atField.test(h.at ?? "")),
  );
  const wrong = (at: string) => said(here, at);
  const device = devices.find((d) => d.id === draft.device);
  const connector = catalogue?.connectors.find((c) => c.id === device?.connector);
  const set = (change: Partial<PlantTag>) => setDraft((old) => ({ ...old, ...change }));

  const save = async (again: boolean) => {
    const next: Partial<PlantTag> = ofKind(draft, kind);
    const body: Record<string, unknown> = { put: { tags: [clean(next)] } };
    try {
      let renamed: TagRenamed | undefined;
      if (path && next.path && path !== next.path) {
        renamed = await renameTags({ from: path, to: next.path, apps, publish: apps && publish });
        setPath(next.path);
      }
      await request("PATCH", "/plant", body);
      await onSaved();
      if (renamed) onRenamed?.(renamed);
      if (again) {
        setProblems([]);
        set({ path: `${(next.path ?? "").split("/").slice(0, -1).join("/")}/`, title: undefined });
      } else onClose();
    } catch (error) {
      const failure = asApiError(error);
      setProblems(problemsOf(failure));
      requestAnimationFrame(() =>
        document.querySelector("[role=dialog] .wrong")?.scrollIntoView({ block: "center", behavior: "smooth" }),
      );
    }
  };

  return (
    <Dialog
      open
      title={tag ? t("plant:editTag", { path: tag.path }) : t("plant:addTag")}
      size="wide"
      onClose={onClose}
      footer={
        <>
          <span className="grow" />
          {!tag && <Button onClick={() => save(true)}>{t("plant:addAnother")}</Button>}
          <Button look="primary" onClick={() => save(false)}>
            {tag ? t("common:save") : t("common:add")}
          </Button>
        </>
      }
    >
      {tag && (
        <div className="now" aria-live="off">
          <span className="muted">{t("plant:now")}</span>
          <strong>
            <QualityText live={live} decimals={tag.decimals} />
          </strong>
          <span>{tag.unit}</span>
          <span className="grow" />
          <QualityText live={live} name />
        </div>
      )}
      <TextField
        label={t("plant:path")}
        value={draft.path ?? ""}
        onChange={(path) => set({ path })}
        hint={t("plant:pathHint")}
        error={wrong("/path")}
        required
        autoFocus
      />
      {renaming && (
        <div className="form">
          <FollowChecks apps={apps} setApps={setApps} publish={publish} setPublish={setPublish} />
          <UsesList uses={uses} />
        </div>
      )}
      <Section title={t("plant:sections.source")}>
        <div className="field-row">
          <SelectField
            label={t("plant:source")}
            value={kind}
            onChange={(value) => {
              setKind(value as Kind);
              if (value === "device" && !draft.device) set({ device: devices[0]?.id });
            }}
            options={[
              ...(devices.length ? [{ value: "device", label: t("plant:kinds.device") }] : []),
              { value: "computed", label: t("plant:kinds.computed") },
              { value: "memory", label: t("plant:kinds.memory") },
            ]}
          />
          {kind === "device" && (
            <SelectField
              label={t("plant:device")}
              value={draft.device ?? ""}
              onChange={(id) => set({ device: id, address: undefined, scan: undefined })}
              options={devices.map((d) => ({ value: d.id, label: d.name || d.id }))}
            />
          )}
          <SelectField
            label={t("plant:type")}
            value={draft.type ?? "float"}
            onChange={(type) => set({ type: type as PlantTag["type"] })}
            options={types.map((value) => ({ value, label: t(`plant:types.${value}`) }))}
          />
          {kind === "device" && connector && !connector.push && (device?.scans?.length ?? 0) > 1 && (
            <SelectField
              label={t("plant:scan")}
              value={draft.scan || device?.scans?.[0]?.id || ""}
              onChange={(scan) => set({ scan })}
              options={(device?.scans ?? []).map((s) => ({ value: s.id, label: `${s.id} (${s.interval})` }))}
            />
          )}
        </div>
        {kind === "computed" && (
          <ExpressionField
            label={t("plant:expression")}
            value={draft.expr ?? ""}
            onChange={(expr) => set({ expr })}
            error={wrong("/expr")}
          />
        )}
        {kind === "memory" && (
          <TextField
            label={t("plant:initial")}
            value={draft.initial === undefined ? "" : String(draft.initial)}
            onChange={(text) => set({ initial: text === "" ? undefined : parse(text) })}
            error={wrong("/initial")}
          />
        )}
        {kind === "device" && connector && (
          <div className="two address">
            <p className="field-label">{t("plant:addressIn", { device: device?.name || device?.id })}</p>
            <SpecForm
              fields={connector.address}
              value={(draft.address as Record<string, unknown>) ?? {}}
              onChange={(address) => set({ address })}
              problems={below(here, "/address")}
            />
          </div>
        )}
      </Section>
      <MeaningSection draft={draft} set={set} wrong={wrong} />
      {kind !== "computed" && <WritingSection draft={draft} set={set} wrong={wrong} />}
      <AdvancedSection draft={draft} set={set} wrong={wrong} kind={kind} />
      {elsewhere.length > 0 && <ProblemList problems={elsewhere} />}
    </Dialog>
  );
}
