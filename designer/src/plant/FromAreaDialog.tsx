import type { Plant, ThingModel } from "@lineside/client";
import { useMemo, useState } from "react";
import { useT } from "../i18n";
import { SelectField } from "../shell/form";
import { Button, Check, Dialog } from "../ui";
import { idFrom } from "./DeviceDialog";
import { type Choice, findingsOf, modelFrom, tagsBelow } from "./modelfrom";
import { areasOf } from "./RenameArea";

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
  const areas = useMemo(() => areasOf(plant).filter(([, count]) => count > 0), [plant]);
  const [area, setArea] = useState(areas[0]?.[0] ?? "");
  const tags = useMemo(() => tagsBelow(plant.tags ?? [], area), [plant, area]);
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
          <Button look="primary" onClick={() => onMade(model)}>
            {t("assets:fromAreaNext")}
          </Button>
        </>
      }
    >
      <SelectField
        label={t("assets:area")}
        value={area}
        onChange={setArea}
        options={areas.map(([path, count]) => ({ value: path, label: `${path} (${t("bind:plant.tags", { count })})` }))}
      />
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
