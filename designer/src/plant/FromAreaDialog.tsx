import type { Plant, PlantTagPage, ThingModel } from "@lineside/client";
import { useMemo, useState } from "react";
import { useT } from "../i18n";
import { SelectField } from "../shell/form";
import { Button, Check, Dialog } from "../ui";
import { AreaPicker } from "./AreaPicker";
import { idFrom } from "./DeviceDialog";
import { type Choice, findingsOf, modelFrom, tagsBelow } from "./modelfrom";
import { tagsAddress, useFound } from "./plantapi";

/** So many properties a model may have at most. */
const most = 1000;

/** Chooses a machine that is there as tags, and what of it differs from one to the next. */
export function FromAreaDialog({
  plant,
  onClose,
  onMade,
}: {
  plant: Plant;
  onClose(): void;
  onMade(model: ThingModel): void;
}) {
  const t = useT();
  const [area, setArea] = useState("");
  const { data } = useFound<PlantTagPage>(area ? tagsAddress({ area, limit: most }) : undefined, plant);
  const tags = useMemo(
    () =>
      tagsBelow(
        (data?.tags ?? []).filter((row) => !row.asset).map((row) => row.tag),
        area,
      ),
    [data, area],
  );
  const found = useMemo(() => findingsOf(tags), [tags]);
  const [choice, setChoice] = useState<Choice>({ device: true, number: "", block: true, names: true });
  const set = (change: Partial<Choice>) => setChoice((old) => ({ ...old, ...change }));
  const number = found.numbers.some((n) => n.field === choice.number) ? choice.number : "";
  const id = idFrom(area.split("/").at(-1) ?? "", new Set((plant.models ?? []).map((m) => m.id)), "model");
  const model = modelFrom(id, area, tags, { ...choice, number });
  return (
    <Dialog
      open
      size="wide"
      title={t("assets:fromArea")}
      text={t("assets:fromAreaText")}
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{t("common:cancel")}</Button>
          <Button look="primary" disabled={tags.length === 0} onClick={() => onMade(model)}>
            {t("assets:fromAreaNext")}
          </Button>
        </>
      }
    >
      <AreaPicker label={t("assets:area")} value={area} onChange={setArea} tags />
      {found.device && (
        <Check
          label={t("assets:deviceDiffers", { device: found.device })}
          checked={choice.device}
          onChange={(device) => set({ device })}
        />
      )}
      {found.block !== undefined && (
        <Check
          label={t("assets:blockDiffers", { block: found.block })}
          checked={choice.block}
          onChange={(block) => set({ block })}
        />
      )}
      <Check
        label={t("assets:namesDiffer", { name: area.split("/").at(-1) })}
        checked={choice.names}
        onChange={(names) => set({ names })}
      />
      {found.numbers.length > 0 && (
        <SelectField
          label={t("assets:numberDiffers")}
          value={number}
          onChange={(field) => set({ number: field })}
          options={[
            { value: "", label: t("common:none") },
            ...found.numbers.map((n) => ({
              value: n.field,
              label: t("assets:numberFrom", { field: n.field, base: n.base }),
            })),
          ]}
        />
      )}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reached by the keyboard */}
      <section className="preview-rows" tabIndex={0} aria-label={t("assets:properties")}>
        <table className="table">
          <thead>
            <tr>
              <th>{t("assets:property")}</th>
              <th>{t("plant:type")}</th>
              <th>{t("plant:source")}</th>
              <th>{t("assets:address")}</th>
            </tr>
          </thead>
          <tbody>
            {(model.properties ?? []).slice(0, 100).map((p) => (
              <tr key={p.id}>
                <td>{p.id}</td>
                <td>{t(`plant:types.${p.type}`)}</td>
                <td>{p.device ?? t(`plant:kinds.${p.expr ? "computed" : "memory"}`)}</td>
                <td className="mono clip">{p.address ? JSON.stringify(p.address) : p.expr}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </Dialog>
  );
}
