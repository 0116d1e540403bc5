import type { Plant, PlantTag, Problem, TagRenamed } from "@lineside/client";
import { request } from "@lineside/client";
import { type ReactNode, useMemo, useState } from "react";
import { renameTags } from "../design/uses";
import { language, useT } from "../i18n";
import { useCatalogue } from "../shell/catalogue";
import { NumberField, ProblemList, problemsOf, QualityText, SelectField, TextField } from "../shell/form";
import { useTagValues } from "../shell/live";
import { asApiError } from "../shell/resource";
import { Button, Check, Dialog, SpecForm } from "../ui";
import { below, said } from "./DeviceDialog";
import { ExpressionField } from "./ExpressionField";
import { FollowChecks } from "./RenameArea";
import { UsesList, useTagUses } from "./uses";

type Kind = "device" | "computed" | "memory";

const types = ["float", "int", "bool", "string", "bytes", "json"] as const;

function kindOf(tag: Partial<PlantTag>): Kind {
  if (tag.device) return "device";
  return tag.expr ? "computed" : "memory";
}

/** Leaves out what is empty, so that the document stays small and its diff readable. */
function clean<T extends object>(value: T): T | undefined {
  const kept = Object.entries(value).filter(
    ([, v]) => v !== undefined && v !== "" && v !== null && !(typeof v === "number" && Number.isNaN(v)),
  );
  return kept.length ? (Object.fromEntries(kept) as T) : undefined;
}

/** Where the form shows what is wrong at its field; the rest stands at the end. */
const atField = /^\/(path|expr|initial|range|normal|write|write\/(low|high|interlock)|address\/.+)$/;

/** Fields that belong together, under a heading. */
function Section({ title, children }: { title: string; children: ReactNode }) {
  return (
    <fieldset className="section">
      <legend>{title}</legend>
      {children}
    </fieldset>
  );
}

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
  const lang = language();
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
  const numeric = draft.type === "float" || draft.type === "int";
  const set = (change: Partial<PlantTag>) => setDraft((old) => ({ ...old, ...change }));
  const range = (key: "range" | "normal", end: "low" | "high", value: number | undefined) =>
    set({ [key]: clean({ ...draft[key], [end]: value }) });

  const save = async (again: boolean) => {
    const next: Partial<PlantTag> = { ...draft };
    if (kind !== "device") for (const key of ["device", "address", "scan", "bit", "scale"] as const) delete next[key];
    if (kind !== "computed") delete next.expr;
    if (kind !== "memory") delete next.initial;
    if (kind === "computed") delete next.write;
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
      <Section title={t("plant:sections.meaning")}>
        <div className="field-row">
          <TextField
            label={t("plant:title")}
            value={draft.title?.[lang] ?? ""}
            onChange={(value) => set({ title: clean({ ...draft.title, [lang]: value }) })}
          />
          <TextField label={t("plant:unit")} value={draft.unit ?? ""} onChange={(unit) => set({ unit })} />
          {numeric && (
            <NumberField
              label={t("plant:decimals")}
              value={draft.decimals}
              onChange={(decimals) => set({ decimals })}
              integer
              min={0}
              max={10}
            />
          )}
        </div>
        {numeric && (
          <div className="field-row">
            <NumberField
              label={t("plant:low")}
              value={draft.range?.low}
              onChange={(v) => range("range", "low", v)}
              error={wrong("/range")}
            />
            <NumberField
              label={t("plant:high")}
              value={draft.range?.high}
              onChange={(v) => range("range", "high", v)}
            />
            <NumberField
              label={t("plant:normalLow")}
              value={draft.normal?.low}
              onChange={(v) => range("normal", "low", v)}
              error={wrong("/normal")}
            />
            <NumberField
              label={t("plant:normalHigh")}
              value={draft.normal?.high}
              onChange={(v) => range("normal", "high", v)}
            />
          </div>
        )}
      </Section>
      {kind !== "computed" && (
        <Section title={t("plant:sections.writing")}>
          <Check
            label={t("plant:writable")}
            checked={!!draft.write}
            onChange={(on) => set({ write: on ? {} : undefined })}
          />
          {draft.write && (
            <div className="field-row">
              {numeric && (
                <NumberField
                  label={t("plant:writeLow")}
                  value={draft.write.low}
                  onChange={(low) => set({ write: clean({ ...draft.write, low }) ?? {} })}
                  error={wrong("/write/low") ?? wrong("/write")}
                />
              )}
              {numeric && (
                <NumberField
                  label={t("plant:writeHigh")}
                  value={draft.write.high}
                  onChange={(high) => set({ write: clean({ ...draft.write, high }) ?? {} })}
                  error={wrong("/write/high")}
                />
              )}
              <SelectField
                label={t("plant:confirm")}
                value={draft.write.confirm ?? "ask"}
                onChange={(confirm) =>
                  set({ write: { ...draft.write, confirm: confirm as "none" | "ask" | "reason" } })
                }
                options={(["none", "ask", "reason"] as const).map((value) => ({
                  value,
                  label: t(`plant:confirms.${value}`),
                }))}
              />
            </div>
          )}
        </Section>
      )}
      <details className="fold" open={wrong("/write/interlock") ? true : undefined}>
        <summary>{t("common:advanced")}</summary>
        <div className="form">
          <TextField
            label={t("plant:description")}
            value={draft.description ?? ""}
            onChange={(description) => set({ description })}
          />
          {kind === "device" && numeric && (
            <fieldset className="fieldset">
              <legend>{t("plant:scaling")}</legend>
              <div className="field-row">
                {(["rawLow", "rawHigh", "low", "high"] as const).map((key) => (
                  <NumberField
                    key={key}
                    label={t(`plant:scale.${key}`)}
                    value={draft.scale?.[key]}
                    onChange={(v) => set({ scale: clean({ ...draft.scale, [key]: v }) })}
                  />
                ))}
              </div>
              <Check
                label={t("plant:scale.clamp")}
                checked={draft.scale?.clamp ?? false}
                onChange={(clamp) => set({ scale: clean({ ...draft.scale, clamp: clamp || undefined }) })}
              />
              <div className="field-row">
                <TextField
                  label={t("plant:scale.read")}
                  value={draft.scale?.read ?? ""}
                  onChange={(read) => set({ scale: clean({ ...draft.scale, read }) })}
                />
                <TextField
                  label={t("plant:scale.write")}
                  value={draft.scale?.write ?? ""}
                  onChange={(write) => set({ scale: clean({ ...draft.scale, write }) })}
                />
              </div>
            </fieldset>
          )}
          {numeric && (
            <fieldset className="fieldset">
              <legend>{t("plant:deadband")}</legend>
              <div className="field-row">
                <NumberField
                  label={t("plant:deadbandAbsolute")}
                  value={draft.deadband?.absolute}
                  onChange={(absolute) => set({ deadband: clean({ ...draft.deadband, absolute }) })}
                  min={0}
                />
                <NumberField
                  label={t("plant:deadbandPercent")}
                  value={draft.deadband?.percent}
                  onChange={(percent) => set({ deadband: clean({ ...draft.deadband, percent }) })}
                  min={0}
                  max={100}
                />
                <TextField
                  label={t("plant:deadbandInterval")}
                  value={draft.deadband?.interval ?? ""}
                  onChange={(interval) => set({ deadband: clean({ ...draft.deadband, interval }) })}
                />
              </div>
            </fieldset>
          )}
          {kind === "device" && draft.type === "bool" && (
            <NumberField label={t("plant:bit")} value={draft.bit} onChange={(bit) => set({ bit })} min={0} max={63} />
          )}
          {kind !== "computed" && draft.write && (
            <>
              <ExpressionField
                label={t("plant:interlock")}
                value={draft.write.interlock ?? ""}
                onChange={(interlock) => set({ write: clean({ ...draft.write, interlock }) ?? {} })}
                error={wrong("/write/interlock")}
              />
              <TextField
                label={t("plant:readBack")}
                value={draft.write.readBack ?? ""}
                onChange={(readBack) => set({ write: clean({ ...draft.write, readBack }) ?? {} })}
                hint={t("plant:readBackHint")}
              />
            </>
          )}
        </div>
      </details>
      {elsewhere.length > 0 && <ProblemList problems={elsewhere} />}
    </Dialog>
  );
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
