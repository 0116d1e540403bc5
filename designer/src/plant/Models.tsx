import type { ModelState, Plant, TagRenamed, ThingModel } from "@lineside/client";
import { request } from "@lineside/client";
import { Boxes, Copy, Factory, Pencil, Plus, Trash2, Wand2 } from "lucide-react";
import { useDeferredValue, useState } from "react";
import { textIn, useT } from "../i18n";
import { ProblemList, sayFailure } from "../shell/form";
import { asApiError, useResource } from "../shell/resource";
import { Button, Empty, IconButton, Note, SearchInput, useConfirm } from "../ui";
import { idFrom } from "./DeviceDialog";
import { FromAreaDialog } from "./FromAreaDialog";
import { GenerateModel } from "./GenerateModel";
import { ModelDialog } from "./ModelDialog";
import { RenamedDialog } from "./uses";
import "./assets.css";

/** So many assets are named before a model is removed. */
const most = 20;

/** The kinds of machine there are. */
export function Models({
  plant,
  tags,
  reload,
}: {
  plant: Plant;
  /** How many tags there are; from an area of them a model can be made. */
  tags: number;
  reload(): Promise<void>;
}) {
  const t = useT();
  const states = useResource<ModelState[]>("/models");
  const [query, setQuery] = useState("");
  const wanted = useDeferredValue(query.trim().toLowerCase());
  const [editing, setEditing] = useState<{ model?: ThingModel; like?: ThingModel }>();
  const [taking, setTaking] = useState(false);
  const [generating, setGenerating] = useState(false);
  const [renamed, setRenamed] = useState<TagRenamed>();
  const [ask, question] = useConfirm();
  const models = plant.models ?? [];
  const state = new Map((states.data ?? []).map((s) => [s.id, s]));
  const found = models
    .filter((m) => !wanted || `${m.id} ${Object.values(m.name ?? {}).join(" ")}`.toLowerCase().includes(wanted))
    .sort((a, b) => (a.id < b.id ? -1 : 1));
  const saved = async () => {
    await Promise.all([reload(), states.reload()]);
  };

  const remove = async (model: ThingModel) => {
    const assets = (plant.assets ?? []).filter((a) => a.model === model.id);
    const heirs = models.filter((m) => m.extends === model.id || m.mixins?.includes(model.id));
    const more = (
      <>
        {heirs.length > 0 && (
          <Note kind="warning" title={t("assets:heirs", { names: heirs.map((m) => m.id).join(", ") })} />
        )}
        {assets.length > 0 && (
          <div>
            <p className="wrong">{t("assets:withAssets", { count: assets.length })}</p>
            <ul className="asset-inside">
              {assets.slice(0, most).map((a) => (
                <li key={a.path}>
                  <span className="mono">{a.path}</span>
                  <span className="muted">{textIn(a.title)}</span>
                </li>
              ))}
            </ul>
            {assets.length > most && <p className="muted">{t("plant:moreRows", { count: assets.length - most })}</p>}
          </div>
        )}
      </>
    );
    const yes = await ask({
      title: t("assets:removeModel", { id: model.id }),
      text: assets.length ? t("assets:removeModelText") : t("assets:removeModelFree"),
      more,
      action: assets.length ? t("assets:removeBoth", { count: assets.length }) : t("common:remove"),
      danger: true,
    });
    if (!yes) return;
    try {
      await request("PATCH", "/plant", { remove: { models: [model.id], assets: assets.map((a) => a.path) } });
      await saved();
    } catch (error) {
      sayFailure(asApiError(error));
    }
  };
  const duplicate = (model: ThingModel) => {
    const id = idFrom(model.id, new Set(models.map((m) => m.id)), "model");
    setEditing({ like: { ...structuredClone(model), id } });
  };

  const fromArea = tags > 0 && (
    <Button icon={<Factory size={16} aria-hidden />} onClick={() => setTaking(true)}>
      {t("assets:fromArea")}
    </Button>
  );
  const generate = (
    <Button icon={<Wand2 size={16} aria-hidden />} onClick={() => setGenerating(true)}>
      {t("generate:open")}
    </Button>
  );
  return (
    <section className="page-section">
      {states.error && <ProblemList problems={[states.error]} />}
      {models.length === 0 ? (
        <Empty icon={<Boxes size={32} aria-hidden />} title={t("assets:noModels")} text={t("assets:noModelsText")}>
          <ol className="first-steps">
            <li>{t("assets:steps.model")}</li>
            <li>{t("assets:steps.stamp")}</li>
            <li>{t("assets:steps.change")}</li>
          </ol>
          <div className="page-tools">
            {generate}
            {fromArea}
            <Button icon={<Plus size={16} aria-hidden />} look="primary" onClick={() => setEditing({})}>
              {t("assets:addModel")}
            </Button>
          </div>
        </Empty>
      ) : (
        <>
          <div className="page-tools">
            <SearchInput label={t("assets:searchModels")} value={query} onChange={setQuery} />
            <span className="muted">{t("assets:countModels", { count: found.length })}</span>
            <span className="grow" />
            {generate}
            {fromArea}
            <Button icon={<Plus size={16} aria-hidden />} look="primary" onClick={() => setEditing({})}>
              {t("assets:addModel")}
            </Button>
          </div>
          {found.length === 0 ? (
            <Empty title={t("assets:noModel")}>
              <Button onClick={() => setQuery("")}>{t("plant:showAll")}</Button>
            </Empty>
          ) : (
            <table className="table">
              <thead>
                <tr>
                  <th>{t("assets:model")}</th>
                  <th>{t("assets:id")}</th>
                  <th>{t("assets:extends")}</th>
                  <th className="number">{t("assets:properties")}</th>
                  <th className="number">{t("assets:assets")}</th>
                  <th>
                    <span className="visually-hidden">{t("plant:actions")}</span>
                  </th>
                </tr>
              </thead>
              <tbody>
                {found.map((m) => (
                  <tr key={m.id}>
                    <td>
                      <button type="button" className="link" onClick={() => setEditing({ model: m })}>
                        {textIn(m.name) || m.id}
                      </button>
                      {m.description && <span className="muted"> {m.description}</span>}
                    </td>
                    <td className="mono">{m.id}</td>
                    <td>{[m.extends, ...(m.mixins ?? [])].filter(Boolean).join(", ")}</td>
                    <td className="number">{state.get(m.id)?.properties.length ?? m.properties?.length ?? 0}</td>
                    <td className="number">{state.get(m.id)?.assets ?? 0}</td>
                    <td className="row-actions">
                      <IconButton label={t("assets:editModel", { id: m.id })} onClick={() => setEditing({ model: m })}>
                        <Pencil size={16} aria-hidden />
                      </IconButton>
                      <IconButton label={t("assets:duplicateModel", { id: m.id })} onClick={() => duplicate(m)}>
                        <Copy size={16} aria-hidden />
                      </IconButton>
                      <IconButton label={t("assets:removeModel", { id: m.id })} onClick={() => void remove(m)}>
                        <Trash2 size={16} aria-hidden />
                      </IconButton>
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          )}
        </>
      )}
      {editing && (
        <ModelDialog
          plant={plant}
          states={states.data ?? []}
          model={editing.model}
          like={editing.like}
          onClose={() => setEditing(undefined)}
          onSaved={saved}
          onRenamed={setRenamed}
        />
      )}
      {generating && (
        <GenerateModel plant={plant} states={states.data ?? []} onClose={() => setGenerating(false)} onSaved={saved} />
      )}
      {taking && (
        <FromAreaDialog
          plant={plant}
          onClose={() => setTaking(false)}
          onMade={(like) => {
            setTaking(false);
            setEditing({ like });
          }}
        />
      )}
      {renamed && <RenamedDialog result={renamed} onClose={() => setRenamed(undefined)} />}
      {question}
    </section>
  );
}
