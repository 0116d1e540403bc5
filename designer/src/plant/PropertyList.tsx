// The properties of a model: their list, and the form of the one that is chosen.
import type { InheritedProperty, ModelParameter, ModelProperty, Plant, Problem } from "@lineside/client";
import { textIn, useT } from "../i18n";
import { typeName } from "./DefinitionForm";
import { below } from "./DeviceDialog";
import { freeId } from "./EditRows";
import { plain, type Row } from "./modelrename";
import { PropertyForm } from "./PropertyForm";
import { SplitList } from "./SplitList";

export function PropertyList(props: {
  plant: Plant;
  rows: Row[];
  /** What the models below have; what stands in rows again replaces it. */
  inherited: readonly InheritedProperty[];
  parameters: readonly ModelParameter[];
  chosen: number;
  onChoose(index: number): void;
  onChange(rows: Row[]): void;
  problems: Problem[];
}) {
  const t = useT();
  const { rows } = props;
  const chosen = rows[Math.min(props.chosen, rows.length - 1)];
  return (
    <SplitList<Row>
      label={t("assets:properties")}
      rows={rows}
      inherited={props.inherited.map(({ from, property }) => ({ from, value: property }))}
      chosen={props.chosen}
      onChoose={props.onChoose}
      onChange={props.onChange}
      title={(row) => textIn(row.title)}
      side={(row) => row.unit || typeName(t, row)}
      wrong={(index) => props.problems.some((p) => p.at?.startsWith(`/properties/${index}/`))}
      fresh={() => ({ ...like(chosen, props), id: freeId("property", rows), type: "float" })}
      copy={plain}
      addLabel={t("assets:addProperty")}
      empty={{ title: t("assets:noOwnProperties"), text: t("assets:noOwnPropertiesText") }}
      form={(row, index, set) => (
        <PropertyForm
          key={index}
          plant={props.plant}
          property={row}
          parameters={props.parameters}
          onChange={set}
          problems={below(
            props.problems.filter((p) => p.at?.startsWith(`/properties/${index}/`)),
            `/properties/${index}`,
          )}
        />
      )}
    />
  );
}

/** Where a new property comes from: as the one before, else a device by parameter, else the first device. */
function like(
  before: ModelProperty | undefined,
  { plant, parameters }: { plant: Plant; parameters: readonly ModelParameter[] },
): Partial<ModelProperty> {
  if (before) return before.device ? { device: before.device } : {};
  const parameter = parameters.find((p) => p.type === "device");
  const device = parameter ? `{${parameter.id}}` : plant.devices?.[0]?.id;
  return device ? { device } : {};
}
