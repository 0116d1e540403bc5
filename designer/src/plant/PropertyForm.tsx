// The form of one property of a model.
import type { ModelParameter, ModelProperty, Plant, Problem } from "@lineside/client";
import { useState } from "react";
import { useT } from "../i18n";
import { TextField } from "../shell/form";
import { DefinitionForm } from "./DefinitionForm";
import { said } from "./DeviceDialog";
import type { Row } from "./modelrename";
import { type Kind, kindOf, ofKind } from "./TagParts";

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
  const [kind, setKind] = useState<Kind>(kindOf(property));
  const set = (change: Partial<ModelProperty>) => onChange({ ...property, ...change });
  const parameter = parameters.find((p) => p.type === "device");
  const first = parameter ? `{${parameter.id}}` : plant.devices?.[0]?.id;
  return (
    <DefinitionForm
      plant={plant}
      draft={property}
      set={set}
      kind={kind}
      onKind={(value) => {
        setKind(value);
        const next = ofKind(property, value);
        onChange(value === "device" && !next.device ? { ...next, device: first } : next);
      }}
      parameters={parameters}
      problems={problems}
    >
      <TextField
        label={t("assets:id")}
        value={property.id}
        onChange={(id) => set({ id })}
        hint={property.was && property.was !== property.id ? t("assets:idFollows") : t("assets:propertyHint")}
        error={said(problems, "/id")}
        required
      />
    </DefinitionForm>
  );
}
