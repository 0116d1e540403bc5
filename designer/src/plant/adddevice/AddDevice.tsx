import "./adddevice.css";
import type { Device, Plant, PlantAreaPage, PlantTag, Problem } from "@lineside/client";
import { request } from "@lineside/client";
import { ArrowLeft, ArrowRight, Check as Done } from "lucide-react";
import { useEffect, useMemo, useState } from "react";
import { textIn, useT } from "../../i18n";
import { useCatalogue } from "../../shell/catalogue";
import { ProblemList, problemsOf } from "../../shell/form";
import { asApiError } from "../../shell/resource";
import { Button, Dialog, Icon, Note, Segmented } from "../../ui";
import { type DeviceDraft, DeviceFields, deviceOf, draftOf } from "../DeviceFields";
import { settingProblems, TestButton, TestFailure, useDeviceTest } from "../DeviceTest";
import { useFound } from "../plantapi";
import { idFrom } from "../problems";
import { BrowseStep } from "./BrowseStep";
import { DoneStep } from "./DoneStep";
import { HandStep } from "./HandStep";
import { emptyRow, type HandRow, picksOf } from "./handrows";
import { MapStep } from "./MapStep";
import { type NameChoice, NamesStep, useNames } from "./NamesStep";
import { defaultTemplate, type Named, type Picked } from "./naming";
import { ProtocolStep } from "./ProtocolStep";
import type { Source } from "./source";

const steps = ["protocol", "settings", "browse", "names", "done"] as const;
type Step = (typeof steps)[number];

const nothing: DeviceDraft = { ...draftOf({ id: "", connector: "" }), name: "" };

/**
 * From nothing to live tags: protocol, settings and test, what the device has, names, done. Nothing is saved before the
 * names are agreed to; every step can be gone back from. With a device it begins at what the device has.
 */
export function AddDevice({
  plant,
  device,
  onClose,
  onSaved,
}: {
  plant: Plant;
  device?: Device;
  onClose(): void;
  onSaved(): Promise<void>;
}) {
  const t = useT();
  const connectors = useCatalogue()?.connectors ?? [];
  const [step, setStep] = useState<Step>(device ? "browse" : "protocol");
  const [draft, setDraft] = useState<DeviceDraft>(() => (device ? draftOf(device) : nothing));
  const [picked, setPicked] = useState<ReadonlyMap<string, Picked>>(new Map());
  const [hand, setHand] = useState<HandRow[]>([emptyRow()]);
  const [way, setWay] = useState<"browse" | "hand">();
  const [problems, setProblems] = useState<Problem[]>([]);
  const [saving, setSaving] = useState(false);
  const [round, setRound] = useState(0);
  const [made, setMade] = useState<{ device: string; tags: PlantTag[] }>();
  const type = connectors.find((c) => c.id === draft.connector);
  const taken = useMemo(() => new Set((plant.devices ?? []).map((d) => d.id)), [plant.devices]);
  const id = device?.id ?? idFrom(draft.name, taken, draft.connector || "device");
  const [choice, setChoice] = useState<NameChoice>({
    rule: {
      template: defaultTemplate,
      area: "",
      device: device?.id ?? "",
      plain: false,
      find: "",
      replace: "",
      regex: false,
    },
    own: new Map(),
    numberDoubles: true,
    whenTaken: "stop",
    scan: device?.scans?.[0]?.id ?? "default",
    titles: true,
    write: true,
  });
  const { test, run, forget } = useDeviceTest({
    connector: draft.connector,
    settings: draft.settings,
    device: device?.id,
  });
  // A device that runs is browsed by the connection that it has, unless its register map was changed here.
  const source: Source = useMemo(
    () =>
      device && draft.settings === device.settings
        ? { device: device.id }
        : { connector: draft.connector, settings: draft.settings },
    [device, draft.connector, draft.settings],
  );
  const chosen = useMemo(() => [...picked.values(), ...picksOf(hand)], [picked, hand]);
  const names = useNames(chosen, choice, round);
  const how = way ?? (type?.browse ? "browse" : "hand");
  const mapped = draft.connector === "modbus";
  const { data: levels } = useFound<PlantAreaPage>("/plant/areas?limit=500", plant);
  const areas = useMemo(() => (levels?.areas ?? []).filter((a) => !a.asset).map((a) => a.path), [levels]);

  const change = (next: Partial<DeviceDraft>) => {
    setDraft({ ...draft, ...next });
    if (next.settings) {
      forget();
      setProblems([]);
    }
  };

  const choose = (connector: string) => {
    if (connector !== draft.connector) {
      setDraft({ ...nothing, connector, name: idFrom(connector, taken, connector) });
      setPicked(new Map());
      setHand([emptyRow()]);
      setWay(undefined);
      forget();
    }
    setStep("settings");
  };

  const toBrowse = async () => {
    if (test.state !== "ok" && !draft.disabled && !(await run())) return;
    setStep("browse");
  };

  const toNames = () => {
    // Rows by hand have nothing to lead to them: their names may have levels of their own.
    setChoice((old) => ({ ...old, rule: { ...old.rule, device: id } }));
    setProblems([]);
    setStep("names");
  };

  const save = async (tags: PlantTag[], etag?: string) => {
    setSaving(true);
    setProblems([]);
    const changed = !device || draft.settings !== device.settings;
    const put = { devices: changed ? [deviceOf(draft, id, type?.push, device)] : undefined, tags };
    try {
      await request("PATCH", "/plant?places=put", { put }, { etag });
      await onSaved();
      if (tags.length === 0) return onClose();
      setMade({ device: id, tags });
      setStep("done");
    } catch (error) {
      const failure = asApiError(error);
      if (failure.status === 412) setRound(round + 1); // somebody changed the plant: the names are asked for again
      setProblems(problemsOf(failure));
    } finally {
      setSaving(false);
    }
  };

  const create = () => {
    if (!("named" in names)) return;
    const tags = names.named.filter((n) => !n.skipped).map((n) => tagOf(n, id, choice, type?.push));
    void save(tags, names.etag || undefined);
  };

  const again = () => {
    setStep("protocol");
    setDraft(nothing);
    setPicked(new Map());
    setHand([emptyRow()]);
    setMade(undefined);
    setProblems([]);
    forget();
  };

  // The button that led here is gone: the keys go on at the first thing of the step, or at the button that ends it.
  const [began] = useState(step);
  useEffect(() => {
    if (step === began) return;
    const dialog = document.querySelector("[role=dialog]");
    const place =
      dialog?.querySelector<HTMLElement>(".body :is(input:not(.visually-hidden), textarea, select, .choice)") ??
      dialog?.querySelector<HTMLElement>("footer .button.primary");
    if (!dialog?.querySelector(".body")?.contains(document.activeElement)) place?.focus();
  }, [step, began]);

  const at = steps.indexOf(step);
  const first = device ? 2 : 0;
  const ready = "named" in names && names.faults === 0 && names.etag !== undefined && chosen.length > 0;
  const wrong = [...problems, ...settingProblems(test)];
  const elsewhere = problems.filter((p) => step !== "settings" || !/\/(settings|scans)\//.test(p.at ?? ""));

  return (
    <Dialog
      open
      size="full"
      title={
        <span className="dialog-title">
          {type && <Icon name={type.icon} size={20} />}
          {device
            ? t("plant:browseDevice", { name: device.name || device.id })
            : type
              ? t("plant:addDeviceOf", { connector: textIn(type.title) })
              : t("plant:addDevice")}
        </span>
      }
      onClose={onClose}
      footer={
        <>
          {at > first && step !== "done" && (
            <Button
              look="quiet"
              icon={<ArrowLeft size={16} aria-hidden />}
              disabled={saving}
              onClick={() => setStep(steps[at - 1] ?? "protocol")}
            >
              {t("adddevice:back")}
            </Button>
          )}
          {step === "settings" ? <TestButton test={test} run={run} /> : <span className="grow" />}
          {step !== "done" && <Button onClick={onClose}>{t("common:cancel")}</Button>}
          {step === "settings" && (
            <>
              <Button disabled={saving} onClick={() => void save([])}>
                {t("adddevice:withoutTags")}
              </Button>
              <Button
                look="primary"
                disabled={test.state === "running"}
                icon={<ArrowRight size={16} aria-hidden />}
                onClick={() => void toBrowse()}
              >
                {t("adddevice:next")}
              </Button>
            </>
          )}
          {step === "browse" && (
            <Button
              look="primary"
              disabled={chosen.length === 0}
              icon={<ArrowRight size={16} aria-hidden />}
              onClick={toNames}
            >
              {t("adddevice:nameThem", { count: chosen.length })}
            </Button>
          )}
          {step === "names" && (
            <Button look="primary" disabled={!ready || saving} icon={<Done size={16} aria-hidden />} onClick={create}>
              {t("plant:makeTags", { count: "named" in names ? names.named.filter((n) => !n.skipped).length : 0 })}
            </Button>
          )}
          {step === "done" && (
            <>
              {!device && <Button onClick={again}>{t("adddevice:another")}</Button>}
              <Button look="primary" onClick={onClose}>
                {t("common:close")}
              </Button>
            </>
          )}
        </>
      }
    >
      <ol className="steps" aria-label={t("adddevice:steps")}>
        {steps.slice(first).map((name, i) => (
          <li
            key={name}
            aria-current={name === step ? "step" : undefined}
            className={i + first < at ? "past" : undefined}
          >
            <span className="step-number" aria-hidden>
              {i + 1}
            </span>
            {t(`adddevice:step.${name}`)}
          </li>
        ))}
      </ol>
      {step === "protocol" && <ProtocolStep types={connectors} onChoose={choose} />}
      {step === "settings" && type && (
        <>
          <p className="muted">{textIn(type.summary)}</p>
          <DeviceFields type={type} draft={draft} onChange={change} problems={wrong} />
          <TestFailure test={test} run={run} />
        </>
      )}
      {step === "browse" && type && (
        <>
          {type.browse && (
            <div className="way">
              <Segmented
                label={t("adddevice:way")}
                value={how}
                onChange={setWay}
                options={[
                  { value: "browse", label: t(mapped ? "adddevice:map" : "adddevice:tree") },
                  { value: "hand", label: t("adddevice:byHand") },
                ]}
              />
            </div>
          )}
          {!type.browse && <Note kind="info" title={t("adddevice:cannotBrowse", { name: textIn(type.title) })} />}
          {how === "hand" ? (
            <HandStep source={source} type={type} rows={hand} onChange={setHand} />
          ) : mapped ? (
            <MapStep
              source={source}
              map={typeof draft.settings.map === "string" ? draft.settings.map : ""}
              onMap={(map) => setDraft({ ...draft, settings: { ...draft.settings, map: map || undefined } })}
              picked={picked}
              onPick={setPicked}
            />
          ) : (
            <BrowseStep source={source} picked={picked} onPick={setPicked} />
          )}
        </>
      )}
      {step === "names" && (
        <NamesStep
          choice={choice}
          result={names}
          areas={areas}
          scans={type?.push ? [] : draft.scans}
          onChange={(next) => setChoice({ ...choice, ...next })}
        />
      )}
      {step === "done" && made && (
        <DoneStep device={made.device} name={draft.name || made.device} added={!device} tags={made.tags} />
      )}
      {elsewhere.length > 0 && (
        <ProblemList
          problems={elsewhere.slice(0, 20).map((p) => {
            const index = /^\/put\/tags\/(\d+)/.exec(p.at ?? "");
            const named =
              index && "named" in names ? names.named.filter((n) => !n.skipped)[Number(index[1])] : undefined;
            return named ? { ...p, message: `${named.path}: ${p.message}`, at: undefined } : p;
          })}
        />
      )}
    </Dialog>
  );
}

const han = /\p{Script=Han}/u;

/** The tag that a named node becomes. */
function tagOf(n: Named, device: string, choice: NameChoice, push: boolean | undefined): PlantTag {
  const { node } = n;
  const last = n.path.split("/").at(-1) ?? "";
  const name = node.title || node.name;
  const titled = choice.titles && name !== last;
  return {
    path: n.path,
    type: (node.type ?? "float") as PlantTag["type"],
    title: titled ? { en: name, ...(han.test(name) ? { zh: name } : {}) } : undefined,
    device,
    address: clean(node.address),
    scan: push || choice.scan === "default" ? undefined : choice.scan,
    unit: node.unit,
    range:
      node.low !== undefined && node.high !== undefined && node.low < node.high
        ? { low: node.low, high: node.high }
        : undefined,
    write: choice.write && node.writable ? {} : undefined,
  };
}

const clean = (address: Record<string, unknown> | undefined) =>
  address && Object.fromEntries(Object.entries(address).filter(([, value]) => value !== undefined));
