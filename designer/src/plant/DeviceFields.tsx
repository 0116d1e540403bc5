import type { ConnectorType, Device, Marks, Problem, ScanClass } from "@lineside/client";
import { Plus, Trash2 } from "lucide-react";
import { useT } from "../i18n";
import { SelectField, TextField } from "../shell/form";
import { Button, Check, IconButton, SpecForm } from "../ui";
import { MarksFold } from "./MarksFields";
import { below, said } from "./problems";

/** A device as it is being edited. */
export interface DeviceDraft extends Marks {
  name: string;
  connector: string;
  settings: Record<string, unknown>;
  scans: ScanClass[];
  disabled: boolean;
  clock?: "device" | "server";
  alarms?: "on" | "off";
}

export const draftOf = (device: Device): DeviceDraft => ({
  name: device.name ?? device.id,
  connector: device.connector,
  settings: (device.settings as Record<string, unknown>) ?? {},
  scans: device.scans ?? [{ id: "default", interval: "1s" }],
  disabled: device.disabled ?? false,
  clock: device.clock || "device",
  alarms: device.alarms || "on",
  labels: device.labels,
  attributes: device.attributes,
});

/** The device that a draft makes, on top of what the document has of it. */
export function deviceOf(draft: DeviceDraft, id: string, push: boolean | undefined, device?: Device): Device {
  return {
    ...device,
    id,
    connector: draft.connector,
    settings: draft.settings,
    name: draft.name && draft.name !== id ? draft.name : undefined,
    disabled: draft.disabled || undefined,
    clock: draft.clock === "server" ? "server" : undefined,
    alarms: draft.alarms === "off" ? "off" : undefined,
    scans: push ? device?.scans : draft.scans,
    labels: draft.labels,
    attributes: draft.attributes,
  };
}

/** What may stand in the fields that every device needs. */
export const examples: Record<string, Record<string, string>> = {
  opcua: { url: "opc.tcp://192.168.0.10:4840" },
  mqtt: { url: "mqtt://192.168.0.10:1883" },
  sparkplug: { url: "mqtt://192.168.0.10:1883" },
  http: { url: "http://192.168.0.10/api" },
  file: { file: "line1.csv" },
  replay: { file: "recording.csv" },
  "": { host: "192.168.0.10", serialPort: "/dev/ttyUSB0", database: "production" },
};

/** Name, settings from the description of the connector, scan classes. */
export function DeviceFields({
  type,
  draft,
  onChange,
  problems,
}: {
  type: ConnectorType;
  draft: DeviceDraft;
  onChange(change: Partial<DeviceDraft>): void;
  problems: Problem[];
}) {
  const t = useT();
  const { scans } = draft;
  const setScan = (index: number, change: Partial<ScanClass>) =>
    onChange({ scans: scans.map((s, i) => (i === index ? { ...s, ...change } : s)) });
  return (
    <>
      <TextField
        label={t("plant:deviceName")}
        value={draft.name}
        onChange={(name) => onChange({ name })}
        hint={t("adddevice:nameHint")}
        autoFocus
      />
      <div className="two">
        <SpecForm
          fields={type.settings}
          value={draft.settings}
          onChange={(settings) => onChange({ settings })}
          problems={below(problems, "/settings")}
          examples={{ ...examples[""], ...examples[type.id] }}
        />
      </div>
      <SelectField
        label={t("writes:clock")}
        value={draft.clock ?? "device"}
        onChange={(clock) => onChange({ clock: clock === "server" ? "server" : "device" })}
        options={[
          { value: "device", label: t("writes:clockDevice") },
          { value: "server", label: t("writes:clockServer") },
        ]}
      />
      <SelectField
        label={t("alarms:edit.device")}
        value={draft.alarms ?? "on"}
        onChange={(alarms) => onChange({ alarms: alarms === "off" ? "off" : "on" })}
        options={[
          { value: "on", label: t("alarms:edit.deviceOn") },
          { value: "off", label: t("alarms:edit.deviceOff") },
        ]}
      />
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
                onChange={(id) => setScan(index, { id })}
              />
              <TextField
                label={t("plant:interval")}
                error={said(below(problems, "/scans"), `/${index}/interval`)}
                value={scan.interval}
                onChange={(interval) => setScan(index, { interval })}
              />
              <IconButton
                label={t("plant:removeScan", { name: scan.id })}
                disabled={scans.length === 1}
                onClick={() => onChange({ scans: scans.filter((_, i) => i !== index) })}
              >
                <Trash2 size={16} aria-hidden />
              </IconButton>
            </div>
          ))}
          <Button
            icon={<Plus size={16} aria-hidden />}
            onClick={() => onChange({ scans: [...scans, { id: `scan${scans.length + 1}`, interval: "200ms" }] })}
          >
            {t("plant:addScan")}
          </Button>
        </fieldset>
      )}
      <MarksFold value={draft} onChange={onChange} wrong={(at) => said(problems, at)} />
      <Check label={t("plant:disabled")} checked={draft.disabled} onChange={(disabled) => onChange({ disabled })} />
    </>
  );
}
