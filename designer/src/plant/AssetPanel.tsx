import type { Asset, AssetProperty, AssetState, Marks, ModelState, Plant } from "@lineside/client";
import { request } from "@lineside/client";
import { AppWindow, Pencil, SlidersHorizontal, Trash2, Undo2 } from "lucide-react";
import { useEffect, useMemo, useState } from "react";
import { textIn, useT } from "../i18n";
import { ProblemList, QualityText, sayFailure } from "../shell/form";
import { useTagValues } from "../shell/live";
import { asApiError, useResource } from "../shell/resource";
import { Badge, Busy, Button, IconButton, Switch } from "../ui";
import { rangeShown, shownValue, useShownUnits } from "../units/shown";
import { AssetCommands } from "./AssetCommands";
import { AssetEvents } from "./AssetEvents";
import { AssetRelations, without } from "./AssetRelations";
import { FormatValue } from "./FormatValue";
import { OverrideDialog } from "./OverrideDialog";

const inUrl = (path: string) => path.split("/").map(encodeURIComponent).join("/");

/** One asset: its parameters, and its properties with their present values. */
export function AssetPanel({
  plant,
  asset,
  models,
  reload,
  onEdit,
  onRemove,
  onSelect,
}: {
  plant: Plant;
  asset: Asset;
  models: readonly ModelState[];
  reload(): Promise<void>;
  onEdit(): void;
  onRemove(): void;
  /** Goes to another asset. */
  onSelect(path: string): void;
}) {
  const t = useT();
  const show = useShownUnits();
  const state = useResource<AssetState>(`/assets/${inUrl(asset.path)}`);
  const again = state.reload;
  // biome-ignore lint/correctness/useExhaustiveDependencies: another document may give it other properties
  useEffect(() => void again(), [plant, again]);
  const properties = state.data?.properties;
  const values = useTagValues(useMemo(() => (properties ?? []).filter((p) => p.tag).map((p) => p.path), [properties]));
  const [overriding, setOverriding] = useState<AssetProperty>();
  const model = models.find((m) => m.id === asset.model);

  const put = async (next: Asset) => {
    try {
      await request("PATCH", "/plant", { put: { assets: [next] } });
      await reload();
    } catch (error) {
      sayFailure(asApiError(error));
    }
  };
  const reset = (id: string) => {
    const { [id]: _, ...rest } = asset.overrides ?? {};
    return put({ ...asset, overrides: Object.keys(rest).length ? rest : undefined });
  };

  return (
    <article className="asset-panel" aria-label={asset.path}>
      <header className="asset-head">
        <div className="grow">
          <h2>{textIn(asset.title) || asset.path.split("/").at(-1)}</h2>
          <p className="muted">
            <span className="mono selectable">{asset.path}</span> · {textIn(model?.name) || asset.model}
          </p>
        </div>
        <span className="asset-switch">
          <Switch
            label={t("assets:enable", { path: asset.path })}
            checked={!asset.disabled}
            onChange={(on) => void put({ ...asset, disabled: on ? undefined : true })}
          />
          {asset.disabled ? t("assets:disabled") : t("plant:enabled")}
        </span>
        {state.data?.faceplate && (
          <a className="button" href={state.data.faceplate} target="_blank" rel="noopener">
            <AppWindow size={16} aria-hidden /> {t("faceplate:open")}
          </a>
        )}
        <Button icon={<Pencil size={16} aria-hidden />} onClick={onEdit}>
          {t("common:edit")}
        </Button>
        <IconButton label={t("assets:removeAsset", { path: asset.path })} onClick={onRemove}>
          <Trash2 size={16} aria-hidden />
        </IconButton>
      </header>
      {state.error && <ProblemList problems={[state.error]} />}
      {state.data && <AssetMarks labels={state.data.labels} attributes={state.data.attributes} />}
      {!state.data && !state.error && <Busy />}
      {state.data && state.data.parameters.length > 0 && (
        <dl className="asset-params">
          {state.data.parameters.map(({ parameter, value, given }) => (
            <div key={parameter.id}>
              <dt>{textIn(parameter.title) || parameter.id}</dt>
              <dd className={given ? "selectable" : "muted selectable"} title={given ? undefined : t("assets:default")}>
                {value === undefined ? "–" : String(value)}
              </dd>
            </div>
          ))}
        </dl>
      )}
      {properties && (
        <table className="table">
          <thead>
            <tr>
              <th>{t("assets:property")}</th>
              <th className="number">{t("plant:value")}</th>
              <th>{t("plant:unit")}</th>
              <th>{t("plant:quality")}</th>
              <th>{t("assets:range")}</th>
              <th>{t("plant:source")}</th>
              <th>
                <span className="visually-hidden">{t("plant:actions")}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {properties.map((p) => {
              const tag = p.tag ?? p.inherited;
              const live = values.get(p.path);
              const differs = p.overridden.length > 0;
              return (
                <tr key={p.id}>
                  <td>
                    <button type="button" className="link" onClick={() => setOverriding(p)}>
                      {p.id}
                    </button>
                    {tag.title && <span className="muted"> {textIn(tag.title)}</span>}{" "}
                    {differs && <Badge title={p.overridden.join(", ")}>{t("assets:overridden")}</Badge>}
                  </td>
                  <td className="number">
                    {p.tag ? (
                      <FormatValue {...shownValue(tag, live, show)} onSelect={onSelect} />
                    ) : (
                      <span className="muted">–</span>
                    )}
                  </td>
                  <td>{show(tag.unit)?.symbol ?? tag.unit}</td>
                  <td>
                    {p.tag ? <QualityText live={live} name /> : <span className="muted">{t("assets:disabled")}</span>}
                  </td>
                  <td className={p.overridden.some((at) => at.startsWith("/range")) ? "asset-differs" : undefined}>
                    {tag.range && rangeShown(tag.range, tag.unit, show)}
                  </td>
                  <td>{tag.device ?? t(`plant:kinds.${tag.expr ? "computed" : "memory"}`)}</td>
                  <td className="row-actions">
                    <IconButton label={t("assets:override", { id: p.id })} onClick={() => setOverriding(p)}>
                      <SlidersHorizontal size={16} aria-hidden />
                    </IconButton>
                    {differs && (
                      <IconButton label={t("assets:reset", { id: p.id })} onClick={() => void reset(p.id)}>
                        <Undo2 size={16} aria-hidden />
                      </IconButton>
                    )}
                  </td>
                </tr>
              );
            })}
          </tbody>
        </table>
      )}
      {state.data && <AssetCommands asset={asset.path} commands={state.data.commands} />}
      {state.data && (
        <AssetRelations
          relations={state.data.relations}
          onSelect={onSelect}
          onAdd={onEdit}
          onRemove={(r) => {
            const [from, to] = r.back ? [r.path, asset.path] : [asset.path, r.path];
            const has = plant.assets?.find((a) => a.path === from);
            if (has) void put(without(has, r.type, to));
          }}
        />
      )}
      {!!state.data?.events && <AssetEvents key={asset.path} asset={asset.path} />}
      {properties?.length === 0 && <p className="muted">{t("assets:noProperties")}</p>}
      {overriding && (
        <OverrideDialog
          plant={plant}
          asset={asset}
          property={overriding}
          onClose={() => setOverriding(undefined)}
          onSaved={reload}
        />
      )}
    </article>
  );
}

/** What is said of an asset and of its model. */
function AssetMarks({ labels, attributes }: Marks) {
  const facts = Object.entries(attributes ?? {});
  if (!labels?.length && !facts.length) return null;
  return (
    <div className="asset-marks">
      {labels?.map((label) => (
        <Badge key={label}>{label}</Badge>
      ))}
      {facts.map(([key, text]) => (
        <span key={key}>
          <span className="muted">{key}</span> <span className="selectable">{text}</span>
        </span>
      ))}
    </div>
  );
}

/** An area: what is in it. */
export function AreaPanel({ plant, path, onSelect }: { plant: Plant; path: string; onSelect(path: string): void }) {
  const t = useT();
  const inside = (plant.assets ?? []).filter((a) => a.path.startsWith(`${path}/`));
  const area = plant.areas?.find((a) => a.path === path);
  return (
    <article className="asset-panel" aria-label={path}>
      <header className="asset-head">
        <div className="grow">
          <h2>{textIn(area?.title) || path.split("/").at(-1)}</h2>
          <p className="muted">
            <span className="mono selectable">{path}</span> · {t("assets:countAssets", { count: inside.length })}
          </p>
        </div>
      </header>
      {inside.length === 0 ? (
        <p className="muted">{t("assets:emptyArea")}</p>
      ) : (
        <ul className="asset-inside">
          {inside.slice(0, 200).map((a) => (
            <li key={a.path}>
              <button type="button" className="link" onClick={() => onSelect(a.path)}>
                {a.path.slice(path.length + 1)}
              </button>
              <span className="muted">
                {textIn(a.title)} {a.model}
              </span>
            </li>
          ))}
        </ul>
      )}
    </article>
  );
}
