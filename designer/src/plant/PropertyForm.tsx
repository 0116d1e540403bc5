// The form of one property of a model.
import type { ModelParameter, ModelProperty, Plant, Problem } from "@lineside/client";
import { useState } from "react";
import { textIn, useT } from "../i18n";
import { useCatalogue } from "../shell/catalogue";
import { SelectField, TextField } from "../shell/form";
import { Button, SpecForm } from "../ui";
import { below, said } from "./DeviceDialog";
import type { Row } from "./modelrename";
import {
  AdvancedSection,
  type Kind,
  kindOf,
  MeaningSection,
  ofKind,
  parse,
  Section,
  type TagLike,
  types,
  WritingSection,
} from "./TagParts";
import { JsonField, TemplateField } from "./TemplateField";

const holed = (value: unknown) => /\{[A-Za-z]/.test(JSON.stringify(value ?? null));

export function PropertyForm({
  plant,
  property,
  parameters,
  onChange,
  problems,
}: {
  plant: Plant;
  property: Row;
  parameters: readonly ModelParameter[];
  onChange(property: Row): void;
  /** With places as the property sees them. */
  problems: Problem[];
}) {
  const t = useT();
  const catalogue = useCatalogue();
  const [kind, setKind] = useState<Kind>(kindOf(property));
  const devices = plant.devices ?? [];
  const device = devices.find((d) => d.id === property.device);
  const connector = catalogue?.connectors.find((c) => c.id === device?.connector);
  // A form has no place for a placeholder where a number is expected.
  const [json, setJson] = useState(() => holed(property.address));
  const wrong = (at: string) => said(problems, at);
  const set = (change: Partial<ModelProperty>) => onChange({ ...property, ...change });
  const devicesBy = parameters.filter((p) => p.type === "device");
  const placeholders = [...parameters.map((p) => p.id), "path", "name"].map((id) => `{${id}}`).join(" ");
  // Which fields an address has, of all connectors that the device may be of.
  const used = new Set(device ? [device.connector] : devices.map((d) => d.connector));
  const fields = (catalogue?.connectors ?? [])
    .filter((c) => used.has(c.id))
    .map((c) => `${textIn(c.title)}: ${c.address.map((f) => f.name).join(", ")}`)
    .join(" · ");
  const first = devicesBy[0] ? `{${devicesBy[0].id}}` : devices[0]?.id;

  return (
    <div className="form">
      <div className="field-row">
        <TextField
          label={t("assets:id")}
          value={property.id}
          onChange={(id) => set({ id })}
          hint={property.was && property.was !== property.id ? t("assets:idFollows") : t("assets:propertyHint")}
          error={wrong("/id")}
          required
        />
        <SelectField
          label={t("plant:type")}
          value={property.type}
          onChange={(type) => set({ type: type as ModelProperty["type"] })}
          options={types.map((value) => ({ value, label: t(`plant:types.${value}`) }))}
          error={wrong("/type")}
        />
      </div>
      <Section title={t("plant:sections.source")}>
        <div className="field-row">
          <SelectField
            label={t("plant:source")}
            value={kind}
            onChange={(value) => {
              setKind(value as Kind);
              const next = ofKind(property, value as Kind);
              onChange(value === "device" && !next.device ? { ...next, device: first } : next);
            }}
            options={(["device", "computed", "memory"] as const)
              .filter((value) => value !== "device" || first)
              .map((value) => ({ value, label: t(`plant:kinds.${value}`) }))}
          />
          {kind === "device" && (
            <SelectField
              label={t("plant:device")}
              value={property.device ?? ""}
              onChange={(id) => set({ device: id, scan: undefined })}
              options={[
                ...devicesBy.map((p) => ({
                  value: `{${p.id}}`,
                  label: t("assets:byParameter", { id: `{${p.id}}` }),
                })),
                ...devices.map((d) => ({ value: d.id, label: d.name || d.id })),
              ]}
              error={wrong("/device")}
            />
          )}
          {kind === "device" && connector && !connector.push && (device?.scans?.length ?? 0) > 1 && (
            <SelectField
              label={t("plant:scan")}
              value={property.scan || device?.scans?.[0]?.id || ""}
              onChange={(scan) => set({ scan })}
              options={(device?.scans ?? []).map((s) => ({ value: s.id, label: `${s.id} (${s.interval})` }))}
            />
          )}
        </div>
        {kind === "computed" && (
          <TemplateField
            label={t("plant:expression")}
            value={property.expr ?? ""}
            onChange={(expr) => set({ expr })}
            hint={t("assets:expressionHint")}
            error={wrong("/expr")}
          />
        )}
        {kind === "memory" && (
          <TextField
            label={t("plant:initial")}
            value={property.initial === undefined ? "" : String(property.initial)}
            onChange={(text) => set({ initial: text === "" ? undefined : parse(text) })}
            error={wrong("/initial")}
          />
        )}
        {kind === "device" && (
          <div className="two address">
            <div className="address-head">
              <p className="field-label grow">
                {connector
                  ? t("plant:addressIn", { device: device?.name || device?.id })
                  : t("assets:addressBy", { device: property.device ?? "" })}
              </p>
              {connector && (
                <Button look="quiet" onClick={() => setJson(!json)}>
                  {json ? t("assets:asForm") : t("assets:asJson")}
                </Button>
              )}
            </div>
            {connector && !json ? (
              <SpecForm
                fields={connector.address}
                value={(property.address as Record<string, unknown>) ?? {}}
                onChange={(address) => set({ address })}
                problems={below(problems, "/address")}
              />
            ) : (
              <JsonField
                label={t("assets:addressJson")}
                value={property.address}
                onChange={(address) => set({ address: address as ModelProperty["address"] })}
                error={problems.find((p) => p.at === "/address" || p.at?.startsWith("/address/"))?.message}
                hint={t("assets:addressHint", { placeholders, fields })}
              />
            )}
          </div>
        )}
      </Section>
      <MeaningSection draft={property} set={(change: Partial<TagLike>) => set(change)} wrong={wrong} />
      {kind !== "computed" && (
        <WritingSection draft={property} set={(change: Partial<TagLike>) => set(change)} wrong={wrong} />
      )}
      <AdvancedSection
        draft={property}
        set={(change: Partial<TagLike>) => set(change)}
        wrong={wrong}
        kind={kind}
        template
      />
    </div>
  );
}
