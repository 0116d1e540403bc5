// The properties of a model: their list, and the form of the one that is chosen.
import type { InheritedProperty, ModelParameter, ModelProperty, Plant, Problem } from "@lineside/client";
import { Copy, Plus, Trash2 } from "lucide-react";
import { textIn, useT } from "../i18n";
import { Button, Empty, IconButton } from "../ui";
import { below } from "./DeviceDialog";
import { freeId } from "./ModelRows";
import { plain, type Row } from "./modelrename";
import { PropertyForm } from "./PropertyForm";

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
  const { rows, onChange, onChoose } = props;
  const chosen = Math.min(props.chosen, rows.length - 1);
  const property = rows[chosen];
  const inherited = props.inherited.filter((i) => !rows.some((row) => row.id === i.property.id));
  const append = (next: ModelProperty) => {
    onChange([...rows, next]);
    onChoose(rows.length);
  };
  const add = () => append({ ...like(rows[chosen], props), id: freeId("property", rows), type: "float" });
  const wrongAt = (index: number) => props.problems.some((p) => p.at?.startsWith(`/properties/${index}/`));
  return (
    <div className="property-split">
      <div className="property-side">
        <ul aria-label={t("assets:properties")}>
          {rows.map((row, i) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: the id is what is being edited
            <li key={i}>
              <button
                type="button"
                className="property-line"
                aria-current={i === chosen ? "true" : undefined}
                onClick={() => onChoose(i)}
              >
                <span className={wrongAt(i) ? "property-name wrong" : "property-name"}>
                  {row.id || "…"}
                  {row.title && <span className="muted"> {textIn(row.title)}</span>}
                </span>
                <span className="muted">{row.unit || t(`plant:types.${row.type}`)}</span>
              </button>
            </li>
          ))}
          {inherited.map(({ from, property: p }) => (
            <li key={p.id} className="property-line muted" title={t("assets:inheritedFrom", { id: from })}>
              <span className="property-name">
                {p.id} <span>← {from}</span>
              </span>
              <IconButton small label={t("assets:changeHere", { id: p.id })} onClick={() => append(structuredClone(p))}>
                <Copy size={14} aria-hidden />
              </IconButton>
            </li>
          ))}
        </ul>
        <Button icon={<Plus size={16} aria-hidden />} onClick={add}>
          {t("assets:addProperty")}
        </Button>
      </div>
      {property ? (
        <div className="property-main">
          <div className="page-tools property-tools">
            <strong className="grow">{property.id}</strong>
            <Button
              icon={<Copy size={16} aria-hidden />}
              onClick={() => append({ ...structuredClone(plain(property)), id: freeId(property.id, rows) })}
            >
              {t("assets:duplicate")}
            </Button>
            <Button
              icon={<Trash2 size={16} aria-hidden />}
              onClick={() => {
                onChange(rows.toSpliced(chosen, 1));
                onChoose(Math.max(0, chosen - 1));
              }}
            >
              {t("common:remove")}
            </Button>
          </div>
          <PropertyForm
            key={chosen}
            plant={props.plant}
            property={property}
            parameters={props.parameters}
            onChange={(next) => onChange(rows.with(chosen, next))}
            problems={below(
              props.problems.filter((p) => p.at?.startsWith(`/properties/${chosen}/`)),
              `/properties/${chosen}`,
            )}
          />
        </div>
      ) : (
        <Empty title={t("assets:noOwnProperties")} text={t("assets:noOwnPropertiesText")} />
      )}
    </div>
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
