import type { Device, DeviceStatus, ModelState, Plant, RefusedCertificate } from "@lineside/client";
import { request } from "@lineside/client";
import { BookCopy, FolderSearch, Plug, ShieldQuestionMark, Stamp } from "lucide-react";
import { useState } from "react";
import { TrustRefused } from "../certificates/TrustDialog";
import { textIn, useT } from "../i18n";
import { useCatalogue } from "../shell/catalogue";
import { Status } from "../shell/form";
import { attempt, ListSection, ListTable, RowActions, useRows } from "../shell/list";
import { useResource } from "../shell/resource";
import { Button, Icon, IconButton, Switch, toast } from "../ui";
import { AddDevice } from "./adddevice/AddDevice";
import { DeviceDialog } from "./DeviceDialog";
import { findPlantTags } from "./plantapi";
import { StampDialog } from "./StampDialog";
import { SheetTools } from "./sheets/SheetTools";
import { TemplateDialog } from "./template/TemplateDialog";
import { UsesOf } from "./uses";

/** The list of devices with how each is doing. */
export function Devices({
  plant,
  devices,
  reload,
}: {
  plant: Plant;
  devices: DeviceStatus[];
  reload(): Promise<void>;
}) {
  const t = useT();
  const rows = useRows<Device>();
  const [adding, setAdding] = useState<Device | "new">();
  const [saving, setSaving] = useState<Device>();
  const [stamping, setStamping] = useState<string>();
  const models = useResource<ModelState[]>("/models");
  const templates = (models.data ?? []).filter((m) => m.template);
  const [refused, setRefused] = useState<RefusedCertificate>();
  const status = new Map(devices.map((device) => [device.id, device]));
  const list = plant.devices ?? [];
  const connectors = useCatalogue()?.connectors;

  const enable = (device: Device, on: boolean) =>
    attempt(async () => {
      await request("PATCH", "/plant", { put: { devices: [{ ...device, disabled: on ? undefined : true }] } });
      await reload();
    });

  const remove = async (device: Device) => {
    const { total: count } = await findPlantTags({ device: device.id, limit: 0 });
    const title = t("plant:removeDevice", { name: device.name || device.id });
    const text = t("plant:removeDeviceText", { count });
    await rows.remove({ title, text, more: <UsesOf of={{ device: device.id }} /> }, async () => {
      await request("PATCH", "/plant", { remove: { devices: [device.id], deviceTags: [device.id] } });
      await reload();
    });
  };

  return (
    <ListSection
      label={t("plant:devices")}
      count={list.length}
      add={{ label: t("plant:addDevice"), onClick: () => setAdding("new") }}
      empty={{ icon: <Plug size={32} aria-hidden />, title: t("plant:noDevices"), text: t("plant:noDevicesText") }}
      beside={
        <>
          <SheetTools onSaved={reload} />
          {templates.length > 0 && (
            <Button icon={<Stamp size={16} aria-hidden />} onClick={() => setStamping(templates[0]?.id)}>
              {t("template:stamp")}
            </Button>
          )}
        </>
      }
      more={
        <>
          {rows.present && <DeviceDialog device={rows.present} onClose={rows.close} onSaved={reload} />}
          {adding && (
            <AddDevice
              plant={plant}
              device={adding === "new" ? undefined : adding}
              onClose={() => setAdding(undefined)}
              onSaved={reload}
            />
          )}
          {saving && (
            <TemplateDialog
              plant={plant}
              device={saving}
              onClose={() => setSaving(undefined)}
              onSaved={async (id, stamp) => {
                await Promise.all([reload(), models.reload()]);
                setSaving(undefined);
                if (stamp) setStamping(id);
                else toast(t("template:saved", { id }), { kind: "good" });
              }}
            />
          )}
          {stamping && templates.length > 0 && (
            <StampDialog
              plant={plant}
              models={templates}
              first={stamping}
              onClose={() => setStamping(undefined)}
              onDone={() => reload()}
            />
          )}
          {refused && <TrustRefused refused={refused} onClose={() => setRefused(undefined)} onDone={reload} />}
          {rows.question}
        </>
      }
    >
      <ListTable
        columns={[
          t("plant:device"),
          t("plant:connector"),
          t("plant:state"),
          ...[t("plant:tags"), t("plant:latency"), t("plant:reads"), t("plant:errors")].map((label) => ({
            label,
            number: true as const,
          })),
          t("plant:enabled"),
        ]}
      >
        {list.map((device) => {
          const now = status.get(device.id);
          const type = connectors?.find((c) => c.id === device.connector);
          return (
            <tr key={device.id}>
              <td>
                <button type="button" className="link" onClick={() => rows.edit(device)}>
                  {device.name || device.id}
                </button>
                {device.name && <span className="muted"> {device.id}</span>}
              </td>
              <td>
                <span className="with-icon">
                  <Icon name={type?.icon} /> {textIn(type?.title) || device.connector}
                </span>
              </td>
              <td>
                <Status state={now?.state ?? "connecting"} label={t(`plant:states.${now?.state ?? "connecting"}`)} />
                {now?.flapping && <div className="error-text">{t("writes:flapping", { count: now.flaps })}</div>}
                {!!now?.clockOffset && (
                  <div className="error-text">{t("writes:clockOff", { seconds: Math.round(now.clockOffset) })}</div>
                )}
                {!!now?.failedWrites && (
                  <div className="muted">{t("writes:failedWrites", { count: now.failedWrites })}</div>
                )}
                {now?.error && now.state !== "disabled" && <div className="error-text selectable">{now.error}</div>}
                {now?.certificate && now.state !== "disabled" && (
                  <Button
                    className="certificate-ask"
                    icon={<ShieldQuestionMark size={16} aria-hidden />}
                    onClick={() => setRefused(now.certificate)}
                  >
                    {t("certificates:trust")}
                  </Button>
                )}
              </td>
              <td className="number">{now?.tags ?? 0}</td>
              <td className="number">{now?.state === "connected" ? `${(now.latencyMs ?? 0).toFixed(1)} ms` : "–"}</td>
              <td className="number">{now?.reads ?? 0}</td>
              <td className="number">{now?.errors ?? 0}</td>
              <td>
                <Switch
                  label={t("plant:enableDevice", { name: device.name || device.id })}
                  checked={!device.disabled}
                  onChange={(on) => void enable(device, on)}
                />
              </td>
              <RowActions
                edit={{
                  label: t("plant:editDevice", { name: device.name || device.id }),
                  onClick: () => rows.edit(device),
                }}
                remove={{
                  label: t("plant:removeDevice", { name: device.name || device.id }),
                  onClick: () => void remove(device),
                }}
              >
                <IconButton
                  label={t("plant:browseDevice", { name: device.name || device.id })}
                  onClick={() => setAdding(device)}
                >
                  <FolderSearch size={16} aria-hidden />
                </IconButton>
                <IconButton
                  label={t("template:saveOf", { name: device.name || device.id })}
                  onClick={() => setSaving(device)}
                >
                  <BookCopy size={16} aria-hidden />
                </IconButton>
              </RowActions>
            </tr>
          );
        })}
      </ListTable>
    </ListSection>
  );
}
