// A model from what is there: a sample of JSON, a table of a database, an object of OPC UA, a device of Sparkplug.
import type { Generated, ModelState, Plant, Problem, ThingModel } from "@lineside/client";
import { request } from "@lineside/client";
import { useState } from "react";
import { useT } from "../i18n";
import { useCatalogue } from "../shell/catalogue";
import { ProblemList, problemsOf, SelectField } from "../shell/form";
import { asApiError } from "../shell/resource";
import { Button, Dialog, Empty, Row as Field, Note, Tabs, TextArea, toast } from "../ui";
import { BranchPicker, type Step } from "./BranchPicker";
import { GeneratePreview } from "./GeneratePreview";
import { clashes, composed, firstAsset, keepRows, type Row, rowsOf } from "./generatemodel";
import { idFrom } from "./problems";

/** What a model is made from. */
interface Ask {
  sample?: string;
  device?: string;
  node?: string;
  name?: string;
}

/** Chooses a source, shows what it gives, and saves the model, with the machine itself if wanted. */
export function GenerateModel({
  plant,
  states,
  onClose,
  onSaved,
}: {
  plant: Plant;
  states: readonly ModelState[];
  onClose(): void;
  onSaved(): Promise<void>;
}) {
  const t = useT();
  const catalogue = useCatalogue();
  const browsable = new Set((catalogue?.connectors ?? []).filter((c) => c.browse).map((c) => c.id));
  const devices = (plant.devices ?? []).filter((d) => !d.disabled && browsable.has(d.connector));
  const [source, setSource] = useState("sample");
  const [sample, setSample] = useState("");
  const [device, setDevice] = useState("");
  const [trail, setTrail] = useState<Step[]>([]);
  const [made, setMade] = useState<Generated>();
  const [rows, setRows] = useState<Row[]>([]);
  const [into, setInto] = useState("");
  const [name, setName] = useState("");
  const [asset, setAsset] = useState<string>();
  const [busy, setBusy] = useState(false);
  const [problems, setProblems] = useState<Problem[]>([]);
  const chosen = device || devices[0]?.id || "";
  const last = trail.at(-1);

  const present = states.find((s) => s.id === into);
  const model = (plant.models ?? []).find((m) => m.id === into);
  const taken = new Set((plant.models ?? []).map((m) => m.id));
  const id = idFrom(name || "model", taken, "model");
  const wrong = clashes(rows, present?.properties ?? []);
  const added = rows.filter((r) => r.on && wrong.get(r.key) !== "there");
  const blocked = added.length === 0 || added.some((r) => wrong.has(r.key)) || asset === "" || (!into && !name.trim());

  const attempt = async (work: () => Promise<void>) => {
    setBusy(true);
    setProblems([]);
    try {
      await work();
    } catch (error) {
      setProblems(problemsOf(asApiError(error)));
    } finally {
      setBusy(false);
    }
  };
  const ask: Ask =
    source === "sample" ? { sample } : { device: chosen, node: last?.id ?? "", name: last?.name ?? chosen };
  const make = (parameters?: string[]) =>
    attempt(async () => {
      const { data } = await request<Generated>("POST", "/models/generate", { ...ask, parameters });
      setRows(made ? keepRows(rows, data) : rowsOf(data));
      setMade(data);
      if (!made && !name) setName(source === "sample" ? "" : (last?.name ?? chosen));
    });
  const save = () =>
    attempt(async () => {
      if (!made) return;
      const next: ThingModel = composed(
        model,
        id,
        name.trim(),
        made,
        rows,
        present?.properties ?? [],
        present?.parameters ?? [],
      );
      const assets = asset === undefined ? undefined : [firstAsset(asset.trim(), next, made)];
      await request("PATCH", "/plant", { put: { models: [next], ...(assets ? { assets } : {}) } });
      await onSaved();
      toast(t(into ? "generate:merged" : "generate:made", { id: next.id, count: added.length }));
      onClose();
    });

  return (
    <Dialog
      open
      size="wide"
      title={t("generate:title")}
      text={made ? t("generate:previewText") : t("generate:text")}
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{t("common:cancel")}</Button>
          {made && (
            <Button
              onClick={() => {
                setMade(undefined);
                setProblems([]);
              }}
            >
              {t("generate:back")}
            </Button>
          )}
          {made ? (
            <Button look="primary" disabled={busy || blocked} onClick={() => void save()}>
              {into ? t("generate:merge", { count: added.length }) : t("generate:make", { count: added.length })}
            </Button>
          ) : (
            <Button
              look="primary"
              disabled={busy || (source === "sample" ? !sample.trim() : !chosen)}
              onClick={() => void make()}
            >
              {t("generate:next")}
            </Button>
          )}
        </>
      }
    >
      {!made && (
        <Tabs
          label={t("generate:source")}
          value={source}
          onChange={setSource}
          tabs={[
            {
              id: "sample",
              label: t("generate:sample"),
              panel: (
                <Field label={t("generate:sampleLabel")} help={t("generate:sampleHelp")}>
                  {(field) => (
                    <TextArea
                      id={field}
                      className="mono"
                      rows={12}
                      value={sample}
                      placeholder={
                        '{\n  "temperature": { "value": 21.5, "unit": "°C" },\n  "motor": { "speed_rpm": 1480 }\n}'
                      }
                      onChange={(e) => setSample(e.target.value)}
                    />
                  )}
                </Field>
              ),
            },
            {
              id: "device",
              label: t("generate:device"),
              panel:
                devices.length === 0 ? (
                  <Empty title={t("generate:noDevice")} text={t("generate:noDeviceText")} />
                ) : (
                  <>
                    <SelectField
                      label={t("generate:deviceLabel")}
                      value={chosen}
                      onChange={(next) => {
                        setDevice(next);
                        setTrail([]);
                      }}
                      options={devices.map((d) => ({ value: d.id, label: d.name ? `${d.name} (${d.id})` : d.id }))}
                    />
                    <BranchPicker key={chosen} device={chosen} trail={trail} onTrail={setTrail} />
                  </>
                ),
            },
          ]}
        />
      )}
      {made && (
        <GeneratePreview
          made={made}
          rows={rows}
          wrong={wrong}
          models={plant.models ?? []}
          into={into}
          name={name}
          id={id}
          asset={asset}
          onRows={setRows}
          onInto={setInto}
          onName={setName}
          onAsset={setAsset}
          onParameters={(parameters) => void make(parameters)}
        />
      )}
      {made?.more !== undefined && made.more > 0 && <Note kind="warning" title={t("generate:more")} />}
      {problems.length > 0 && <ProblemList problems={problems} />}
    </Dialog>
  );
}
