// In which units values are shown: to this person, or to everybody who has chosen nothing.
import type { Me, UnitPreference } from "@lineside/client";
import { request } from "@lineside/client";
import { useState } from "react";
import { textIn, useLanguage, useT } from "../i18n";
import { ProblemList, SelectField } from "../shell/form";
import { asApiError, useResource } from "../shell/resource";
import { Busy, Button, Dialog, Tabs } from "../ui";
import { forgetShown, saveUnits, useUnitList } from "./shown";
import "./units.css";

const ownSystems = ["", "configured", "metric", "us"] as const;
const plantSystems = ["configured", "metric", "us"] as const;

/** Chooses the units of a person and, for who may design the whole plant, the default of the plant. */
export function UnitsDialog({ plantToo, onClose }: { plantToo: boolean; onClose(): void }) {
  const t = useT();
  const me = useResource<Me>("/me");
  const [own, setOwn] = useState<UnitPreference>();
  const [plant, setPlant] = useState<UnitPreference>();
  const [tab, setTab] = useState("own");
  const [problem, setProblem] = useState<ReturnType<typeof asApiError>>();
  const save = async () => {
    try {
      if (own) await saveUnits(own);
      if (plant) await request("PATCH", "/plant", { put: { units: plant } });
      forgetShown();
      onClose();
    } catch (error) {
      setProblem(asApiError(error));
    }
  };
  const ownForm = me.data && <Preference systems={ownSystems} value={own ?? me.data.units ?? {}} onChange={setOwn} />;
  return (
    <Dialog
      open
      size="wide"
      title={t("units:title")}
      text={t("units:help")}
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{t("common:cancel")}</Button>
          <Button look="primary" disabled={!own && !plant} onClick={() => void save()}>
            {t("common:save")}
          </Button>
        </>
      }
    >
      {!me.data && !me.error && <Busy />}
      {me.error && <ProblemList problems={[me.error]} />}
      {me.data && !plantToo && ownForm}
      {me.data && plantToo && (
        <Tabs
          label={t("units:title")}
          value={tab}
          onChange={setTab}
          tabs={[
            { id: "own", label: t("units:own"), panel: ownForm },
            {
              id: "plant",
              label: t("units:plant"),
              panel: (
                <Preference systems={plantSystems} value={plant ?? me.data.plantUnits ?? {}} onChange={setPlant} />
              ),
            },
          ]}
        />
      )}
      {problem && <ProblemList problems={problem.problems.length ? problem.problems : [problem]} />}
    </Dialog>
  );
}

function Preference({
  systems,
  value,
  onChange,
}: {
  systems: readonly ("" | "configured" | "metric" | "us")[];
  value: UnitPreference;
  onChange(value: UnitPreference): void;
}) {
  const t = useT();
  const lang = useLanguage();
  const list = useUnitList();
  const symbols = new Map(list?.units.map((u) => [u.code, u.symbol]));
  const system = value.system ?? systems[0] ?? "";
  const single = (id: string, code: string) => {
    const { [id]: _, ...rest } = value.units ?? {};
    onChange({ ...value, units: code ? { ...rest, [id]: code } : rest });
  };
  return (
    <>
      <SelectField
        label={t("units:system")}
        value={system}
        onChange={(s) => onChange({ ...value, system: (s || undefined) as UnitPreference["system"] })}
        options={systems.map((s) => ({ value: s, label: t(`units:systems.${s || "plant"}`) }))}
      />
      <h3>{t("units:single")}</h3>
      <div className="units-rows">
        {list?.quantities
          .filter((q) => q.units.length > 1)
          .map((q) => (
            <SelectField
              key={q.id}
              label={textIn(q.title, lang)}
              value={value.units?.[q.id] ?? ""}
              onChange={(code) => single(q.id, code)}
              options={[
                { value: "", label: t("units:asSystem") },
                ...q.units.map((u) => ({ value: u, label: symbols.get(u) ?? u })),
              ]}
            />
          ))}
      </div>
    </>
  );
}
