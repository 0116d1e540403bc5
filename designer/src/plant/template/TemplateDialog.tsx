import type { Device, Plant, PlantTagPage, Problem } from "@lineside/client";
import { request } from "@lineside/client";
import { useMemo, useState } from "react";
import { textIn, useT } from "../../i18n";
import { useCatalogue } from "../../shell/catalogue";
import { ProblemList, problemsOf, TextField } from "../../shell/form";
import { asApiError } from "../../shell/resource";
import { Busy, Button, Check, Dialog, Note } from "../../ui";
import { tagsAddress, useFound } from "../plantapi";
import { idFrom } from "../problems";
import { hostOf, settingsOf, templateFrom, usually } from "./template";

/** So many properties a model may have at most. */
const most = 1000;

/** Saves a device with its tags as a template, from which more of its kind are made. */
export function TemplateDialog({
  plant,
  device,
  onClose,
  onSaved,
}: {
  plant: Plant;
  device: Device;
  onClose(): void;
  /** The template was kept; `stamp` asks to make devices of it at once. */
  onSaved(id: string, stamp: boolean): Promise<void>;
}) {
  const t = useT();
  const fields = useCatalogue()?.connectors.find((c) => c.id === device.connector)?.settings ?? [];
  const { data } = useFound<PlantTagPage>(tagsAddress({ device: device.id, limit: most }), plant);
  const [name, setName] = useState(device.name || device.id);
  const settings = settingsOf(device, fields);
  const [chosen, setChosen] = useState<ReadonlySet<string>>(
    () => new Set(Object.keys((device.settings as object) ?? {}).filter(usually)),
  );
  const [problems, setProblems] = useState<Problem[]>([]);
  const [busy, setBusy] = useState(false);
  const tags = useMemo(() => (data?.tags ?? []).filter((row) => !row.asset).map((row) => row.tag), [data]);
  const id = idFrom(name, new Set((plant.models ?? []).map((m) => m.id)), "template");
  const model = { ...templateFrom(id, device, tags, fields, chosen), name: { en: name || id } };

  const save = async (stamp: boolean) => {
    setBusy(true);
    try {
      await request("PATCH", "/plant", { put: { models: [model] } });
      await onSaved(id, stamp);
    } catch (error) {
      setProblems(problemsOf(asApiError(error)));
      setBusy(false);
    }
  };

  return (
    <Dialog
      open
      size="wide"
      title={t("template:saveTitle", { name: device.name || device.id })}
      text={t("template:saveText")}
      onClose={onClose}
      footer={
        <>
          <span className="grow" />
          <Button onClick={onClose}>{t("common:cancel")}</Button>
          <Button disabled={busy || !data} onClick={() => void save(false)}>
            {t("template:save")}
          </Button>
          <Button look="primary" disabled={busy || !data} onClick={() => void save(true)}>
            {t("template:saveAndStamp")}
          </Button>
        </>
      }
    >
      <TextField label={t("template:name")} value={name} onChange={setName} autoFocus />
      {settings.length > 0 && (
        <fieldset className="fieldset">
          <legend>{t("template:differs")}</legend>
          {settings.map((s) => (
            <Check
              key={s.name}
              label={
                <>
                  {textIn(s.field?.title) || s.name}{" "}
                  <code className="muted">{hostOf(s.value)?.host ?? String(s.value)}</code>
                </>
              }
              checked={chosen.has(s.name)}
              onChange={(on) => {
                const next = new Set(chosen);
                if (on) next.add(s.name);
                else next.delete(s.name);
                setChosen(next);
              }}
            />
          ))}
        </fieldset>
      )}
      {!data ? (
        <Busy />
      ) : tags.length === 0 ? (
        <Note kind="info" title={t("template:noTags")} />
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reached by the keyboard
        <section className="preview-rows" tabIndex={0} aria-label={t("template:tags", { count: tags.length })}>
          <table className="table compact">
            <caption className="muted">{t("template:tags", { count: tags.length })}</caption>
            <thead>
              <tr>
                <th>{t("plant:path")}</th>
                <th>{t("assets:property")}</th>
                <th>{t("plant:type")}</th>
                <th>{t("plant:unit")}</th>
              </tr>
            </thead>
            <tbody>
              {(model.properties ?? []).slice(0, 200).map((p, i) => (
                <tr key={p.id}>
                  <td className="mono">{tags[i]?.path}</td>
                  <td className="mono">{p.id}</td>
                  <td>{t(`plant:types.${p.type}`)}</td>
                  <td>{p.unit}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      )}
      {problems.length > 0 && <ProblemList problems={problems.slice(0, 10)} />}
    </Dialog>
  );
}
