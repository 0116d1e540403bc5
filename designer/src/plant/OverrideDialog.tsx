import type { Asset, AssetProperty, ModelProperty, Plant, Problem } from "@lineside/client";
import { request } from "@lineside/client";
import { Undo2 } from "lucide-react";
import { useState } from "react";
import { useT } from "../i18n";
import { ProblemList, problemsOf } from "../shell/form";
import { asApiError } from "../shell/resource";
import { Button, Dialog, Note } from "../ui";
import { AlarmsFold } from "./AlarmsField";
import { below, said } from "./DeviceDialog";
import { MarksFold } from "./MarksFields";
import { merged, patchOf } from "./overrides";
import { kindOf, MeaningSection, Section, type TagLike, WritingSection } from "./TagParts";
import { JsonField } from "./TemplateField";

/** What a field says at its own place; the rest stands at the end. */
const atField =
  /^\/(range|normal|address|alarms\/[^/]+(\/(kind|limit|priority|value|when|setpoint|suppressWhen|onDelay|offDelay|deadband\/(absolute|percent)))?|labels\/\d+|attributes\/.+|write|write\/(low|high))$/;

/** What one asset says otherwise of a property than its model. */
export function OverrideDialog({
  plant,
  asset,
  property,
  onClose,
  onSaved,
}: {
  plant: Plant;
  asset: Asset;
  property: AssetProperty;
  onClose(): void;
  onSaved(): Promise<void>;
}) {
  const t = useT();
  const { id, inherited } = property;
  const present = asset.overrides?.[id];
  const [draft, setDraft] = useState(() => merged(inherited, present ?? {}) as ModelProperty);
  const [problems, setProblems] = useState<Problem[]>([]);
  const index = (plant.assets ?? []).findIndex((a) => a.path === asset.path);
  const place = `/assets/${index}/overrides/${id.replaceAll("~", "~0").replaceAll("/", "~1")}`;
  const here = below(problems, place);
  const wrong = (at: string) => said(here, at);
  const elsewhere = problems.filter((p) => !(p.at?.startsWith(place) && atField.test(p.at.slice(place.length))));
  const set = (change: Partial<TagLike>) => setDraft((old) => ({ ...old, ...change }));
  const patch = patchOf(inherited, JSON.parse(JSON.stringify(draft))) as Record<string, unknown> | undefined;

  const save = async (patch: Record<string, unknown> | undefined) => {
    const { [id]: _, ...rest } = asset.overrides ?? {};
    const overrides = patch ? { ...rest, [id]: patch } : rest;
    const next: Asset = { ...asset, overrides: Object.keys(overrides).length ? overrides : undefined };
    try {
      await request("PATCH", "/plant", { put: { assets: [next] } });
      await onSaved();
      onClose();
    } catch (error) {
      setProblems(problemsOf(asApiError(error)));
    }
  };

  return (
    <Dialog
      open
      size="wide"
      title={t("assets:overrideTitle", { id, path: asset.path })}
      text={t("assets:overrideText")}
      onClose={onClose}
      footer={
        <>
          {present && (
            <Button look="quiet" icon={<Undo2 size={16} aria-hidden />} onClick={() => void save(undefined)}>
              {t("assets:resetAll")}
            </Button>
          )}
          <span className="grow" />
          <Button onClick={onClose}>{t("common:cancel")}</Button>
          <Button look="primary" onClick={() => void save(patch)}>
            {t("common:save")}
          </Button>
        </>
      }
    >
      <MeaningSection draft={draft} set={set} wrong={wrong} />
      {kindOf(draft) !== "computed" && <WritingSection draft={draft} set={set} wrong={wrong} />}
      <AlarmsFold draft={draft} set={set} wrong={wrong} problems={here} classes={plant.alarmClasses} template />
      <MarksFold value={draft} onChange={set} wrong={wrong} />
      {kindOf(draft) === "device" && (
        <Section title={t("assets:address")}>
          <JsonField
            label={t("assets:addressJson")}
            value={draft.address}
            onChange={(address) => set({ address: address as TagLike["address"] })}
            error={wrong("/address")}
            hint={t("assets:addressHere")}
          />
        </Section>
      )}
      <Note title={patch ? t("assets:differs", { count: placesOf(patch).length }) : t("assets:asModel")}>
        {patch && <code className="selectable">{placesOf(patch).join(", ")}</code>}
      </Note>
      {elsewhere.length > 0 && <ProblemList problems={elsewhere} />}
    </Dialog>
  );
}

/** The places that a patch changes: "range/high". */
function placesOf(patch: Record<string, unknown>, above = ""): string[] {
  return Object.entries(patch).flatMap(([key, value]) =>
    typeof value === "object" && value !== null && !Array.isArray(value)
      ? placesOf(value as Record<string, unknown>, `${above}${key}/`)
      : [`${above}${key}`],
  );
}
