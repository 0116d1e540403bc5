import type { ConnectorType, Device, Problem } from "@lineside/client";
import { request } from "@lineside/client";
import { useState } from "react";
import { useT } from "../i18n";
import { useCatalogue } from "../shell/catalogue";
import { ProblemList, problemsOf } from "../shell/form";
import { asApiError } from "../shell/resource";
import { Button, Dialog, Icon } from "../ui";
import { DeviceFields, deviceOf, draftOf } from "./DeviceFields";
import { settingProblems, TestButton, TestFailure, useDeviceTest } from "./DeviceTest";

export { below, idFrom, said } from "./problems";

/** Edits a device: settings from the description of its connector, test, scan classes. */
export function DeviceDialog({
  device,
  onClose,
  onSaved,
}: {
  device: Device;
  onClose(): void;
  onSaved(): Promise<void>;
}) {
  const t = useT();
  const catalogue = useCatalogue();
  const [draft, setDraft] = useState(() => draftOf(device));
  const [problems, setProblems] = useState<Problem[]>([]);
  const [saving, setSaving] = useState(false);
  const type: ConnectorType | undefined = catalogue?.connectors.find((c) => c.id === device.connector);
  const { test, run, forget } = useDeviceTest({
    connector: device.connector,
    settings: draft.settings,
    device: device.id,
  });
  // What is wrong with a setting stands at the setting, what is wrong with the way to the device beside the test.
  const wrong = [...problems, ...settingProblems(test)];
  const elsewhere = problems.filter((p) => !/\/(settings|scans)\//.test(p.at ?? ""));

  const save = async () => {
    setSaving(true);
    try {
      await request("PATCH", "/plant", { put: { devices: [deviceOf(draft, device.id, type?.push, device)] } });
      await onSaved();
      onClose();
    } catch (error) {
      setProblems(problemsOf(asApiError(error)));
    } finally {
      setSaving(false);
    }
  };

  return (
    <Dialog
      open
      title={
        <span className="dialog-title">
          <Icon name={type?.icon} size={20} />
          {t("plant:editDevice", { name: device.name || device.id })}
        </span>
      }
      size="wide"
      onClose={onClose}
      footer={
        <>
          <TestButton test={test} run={run} />
          <Button onClick={onClose}>{t("common:cancel")}</Button>
          <Button look="primary" onClick={save} disabled={saving}>
            {t("common:save")}
          </Button>
        </>
      }
    >
      {type && (
        <DeviceFields
          type={type}
          draft={draft}
          onChange={(change) => {
            setDraft({ ...draft, ...change });
            if (change.settings) forget();
          }}
          problems={wrong}
        />
      )}
      {elsewhere.length > 0 && <ProblemList problems={elsewhere} />}
      <TestFailure test={test} run={run} />
    </Dialog>
  );
}
