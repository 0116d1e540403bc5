import type { Certificate, ConnectorType, Device, DeviceTestResult, Plant, Problem } from "@lineside/client";
import { request } from "@lineside/client";
import { ArrowLeft, CircleCheck, Plug, Plus, ShieldQuestionMark, Trash2 } from "lucide-react";
import { useState } from "react";
import { TrustDialog } from "../certificates/TrustDialog";
import { textIn, useT } from "../i18n";
import { useCatalogue } from "../shell/catalogue";
import { ProblemList, problemsOf, TextField } from "../shell/form";
import { asApiError } from "../shell/resource";
import { Button, Check, Dialog, Icon, IconButton, SpecForm } from "../ui";

type Test =
  | { state: "idle" }
  | { state: "running" }
  | { state: "ok"; latency: number; device?: string }
  | { state: "failed"; problem: Problem; certificate?: Certificate };

/** The problems below a place, as that place sees them. */
export function below(problems: Problem[], place: string): Problem[] {
  return problems.flatMap((problem) => {
    const at = problem.at?.split(place)[1];
    return at === undefined ? [] : [{ ...problem, at }];
  });
}

/** What is said of one place, and of nothing below it. */
export const said = (problems: Problem[], at: string) => problems.find((p) => p.at === at)?.message;

/** Makes an id of a name: latin letters, digits and "-"; a number keeps it unique. */
export function idFrom(name: string, taken: Set<string>, fallback: string): string {
  const base =
    name
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, "-")
      .replace(/^-+|-+$/g, "")
      .slice(0, 56) || fallback;
  let id = base;
  for (let n = 2; taken.has(id); n++) id = `${base}-${n}`;
  return id;
}

/** Adds or edits a device: connector, settings from its own description, test, scan classes. */
export function DeviceDialog({
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
  const catalogue = useCatalogue();
  const [connector, setConnector] = useState(device?.connector ?? "");
  const [name, setName] = useState(device?.name ?? device?.id ?? "");
  const [settings, setSettings] = useState<Record<string, unknown>>(
    (device?.settings as Record<string, unknown>) ?? {},
  );
  const [scans, setScans] = useState(device?.scans ?? [{ id: "default", interval: "1s" }]);
  const [disabled, setDisabled] = useState(device?.disabled ?? false);
  const [test, setTest] = useState<Test>({ state: "idle" });
  const [problems, setProblems] = useState<Problem[]>([]);
  const [saving, setSaving] = useState(false);
  const [trusting, setTrusting] = useState<Certificate>();
  const type: ConnectorType | undefined = catalogue?.connectors.find((c) => c.id === connector);
  const failed = test.state === "failed" ? test.problem : undefined;
  // What is wrong with a setting stands at the setting, what is wrong with the way to the device beside the test.
  const wrong = failed?.at?.startsWith("/settings/") ? [...problems, failed] : problems;
  const elsewhere = problems.filter((p) => !/\/(settings|scans)\//.test(p.at ?? ""));

  const choose = (id: string) => {
    setConnector(id);
    setSettings({});
    setProblems([]);
    setTest({ state: "idle" });
    // A name that nobody has typed follows the connector.
    if (!name || name.replace(/-\d+$/, "") === connector)
      setName(id && idFrom(id, new Set((plant.devices ?? []).map((d) => d.id)), id));
  };

  const runTest = async () => {
    setTest({ state: "running" });
    try {
      const { data } = await request<DeviceTestResult>("POST", "/devices/test", {
        connector,
        settings,
        device: device?.id,
      });
      setTest(
        data.ok
          ? { state: "ok", latency: data.latencyMs, device: data.device }
          : {
              state: "failed",
              problem: data.problem ?? { code: "failed", message: t("plant:testFailed") },
              certificate: data.certificate,
            },
      );
    } catch (error) {
      setTest({ state: "failed", problem: asApiError(error) });
    }
  };

  const save = async () => {
    setSaving(true);
    try {
      const id = device?.id ?? idFrom(name, new Set((plant.devices ?? []).map((d) => d.id)), connector);
      const next: Device = { ...device, id, connector, settings };
      next.name = name && name !== id ? name : undefined;
      next.disabled = disabled || undefined;
      next.scans = type?.push ? device?.scans : scans;
      await request("PATCH", "/plant", { put: { devices: [next] } });
      await onSaved();
      onClose();
    } catch (error) {
      const failure = asApiError(error);
      setProblems(problemsOf(failure));
    } finally {
      setSaving(false);
    }
  };

  return (
    <Dialog
      open
      title={
        type ? (
          <span className="dialog-title">
            <Icon name={type.icon} size={20} />
            {device
              ? t("plant:editDevice", { name: device.name || device.id })
              : t("plant:addDeviceOf", { connector: textIn(type.title) })}
          </span>
        ) : (
          t("plant:addDevice")
        )
      }
      size="wide"
      onClose={onClose}
      footer={
        type && (
          <>
            {!device && (
              <Button look="quiet" icon={<ArrowLeft size={16} aria-hidden />} onClick={() => choose("")}>
                {t("plant:otherConnector")}
              </Button>
            )}
            <div className="grow test-result" aria-live="polite">
              {test.state === "running" && <span className="muted">{t("plant:testing")}</span>}
              {test.state === "ok" && (
                <span className="ok-text">
                  <CircleCheck size={16} aria-hidden /> {t("plant:testOk", { latency: test.latency.toFixed(1) })}
                  {test.device && ` · ${test.device}`}
                </span>
              )}
            </div>
            <Button icon={<Plug size={16} aria-hidden />} onClick={runTest} disabled={test.state === "running"}>
              {t("plant:test")}
            </Button>
            <Button look="primary" onClick={save} disabled={saving}>
              {device ? t("common:save") : t("common:add")}
            </Button>
          </>
        )
      }
    >
      {!type ? (
        <fieldset className="choices">
          <legend>{t("plant:chooseConnector")}</legend>
          {catalogue?.connectors.map((c) => (
            <button key={c.id} type="button" className="choice" onClick={() => choose(c.id)}>
              <span className="app-icon">
                <Icon name={c.icon} size={24} />
              </span>
              <strong>{textIn(c.title)}</strong>
              <span className="muted">{textIn(c.summary)}</span>
            </button>
          ))}
        </fieldset>
      ) : (
        <>
          <TextField label={t("plant:deviceName")} value={name} onChange={setName} autoFocus />
          <div className="two">
            <SpecForm
              fields={type.settings}
              value={settings}
              onChange={(next) => {
                setSettings(next);
                setTest({ state: "idle" });
              }}
              problems={below(wrong, "/settings")}
            />
          </div>
          {!type.push && (
            <fieldset className="fieldset">
              <legend>{t("plant:scans")}</legend>
              {scans.map((scan, index) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: the id is what is being edited
                <div className="field-row" key={index}>
                  <TextField
                    label={t("plant:scan")}
                    error={said(below(problems, "/scans"), `/${index}/id`)}
                    value={scan.id}
                    onChange={(id) => setScans(scans.map((s, i) => (i === index ? { ...s, id } : s)))}
                  />
                  <TextField
                    label={t("plant:interval")}
                    error={said(below(problems, "/scans"), `/${index}/interval`)}
                    value={scan.interval}
                    onChange={(interval) => setScans(scans.map((s, i) => (i === index ? { ...s, interval } : s)))}
                  />
                  <IconButton
                    label={t("plant:removeScan", { name: scan.id })}
                    disabled={scans.length === 1}
                    onClick={() => setScans(scans.filter((_, i) => i !== index))}
                  >
                    <Trash2 size={16} aria-hidden />
                  </IconButton>
                </div>
              ))}
              <Button
                icon={<Plus size={16} aria-hidden />}
                onClick={() => setScans([...scans, { id: `scan${scans.length + 1}`, interval: "200ms" }])}
              >
                {t("plant:addScan")}
              </Button>
            </fieldset>
          )}
          <Check label={t("plant:disabled")} checked={disabled} onChange={setDisabled} />
          {elsewhere.length > 0 && <ProblemList problems={elsewhere} />}
          {failed && !failed.at && (
            <div ref={(node) => node?.scrollIntoView({ block: "nearest" })}>
              <ProblemList problems={[failed]} />
              {test.state === "failed" && test.certificate && (
                <Button
                  className="certificate-ask"
                  icon={<ShieldQuestionMark size={16} aria-hidden />}
                  onClick={() => setTrusting(test.certificate)}
                >
                  {t("certificates:trust")}
                </Button>
              )}
            </div>
          )}
          {trusting && <TrustDialog certificate={trusting} onClose={() => setTrusting(undefined)} onDone={runTest} />}
        </>
      )}
    </Dialog>
  );
}
