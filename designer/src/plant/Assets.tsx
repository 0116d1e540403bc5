import type { Asset, ModelState, Plant, TagRenamed } from "@lineside/client";
import { request } from "@lineside/client";
import { Boxes, Layers3, Plus, Stamp } from "lucide-react";
import { useDeferredValue, useState } from "react";
import { useT } from "../i18n";
import { ProblemList, sayFailure } from "../shell/form";
import { asApiError, useResource } from "../shell/resource";
import { Button, Empty, SearchInput, useConfirm } from "../ui";
import { AssetDialog } from "./AssetDialog";
import { AreaPanel, AssetPanel } from "./AssetPanel";
import { AssetTree } from "./AssetTree";
import { StampDialog } from "./StampDialog";
import { RenamedDialog, UsesOf, worthTelling } from "./uses";
import "./assets.css";

/** The machines of the plant, each of a model, in the tree of their paths. */
export function Assets({
  plant,
  reload,
  onModels,
}: {
  plant: Plant;
  reload(): Promise<void>;
  /** Goes to the models, without which there are no assets. */
  onModels(): void;
}) {
  const t = useT();
  const models = useResource<ModelState[]>("/models");
  const [query, setQuery] = useState("");
  const wanted = useDeferredValue(query);
  const assets = plant.assets ?? [];
  const [selected, setSelected] = useState(() => new URLSearchParams(location.search).get("asset") ?? "");
  const [editing, setEditing] = useState<Asset | "new">();
  const [stamping, setStamping] = useState(false);
  const [renamed, setRenamed] = useState<TagRenamed>();
  const [ask, question] = useConfirm();
  const asset = assets.find((a) => a.path === selected);
  const known = models.data ?? [];

  const remove = async (asset: Asset) => {
    const title = t("assets:removeAsset", { path: asset.path });
    const more = <UsesOf of={{ area: asset.path }} />;
    if (!(await ask({ title, text: t("assets:removeAssetText"), more, action: t("common:remove"), danger: true })))
      return;
    try {
      await request("PATCH", "/plant", { remove: { assets: [asset.path] } });
      await reload();
    } catch (error) {
      sayFailure(asApiError(error));
    }
  };

  if (models.error) return <ProblemList problems={[models.error]} />;
  if (models.data && known.length === 0)
    return (
      <Empty icon={<Boxes size={32} aria-hidden />} title={t("assets:noModelsYet")} text={t("assets:noModelsYetText")}>
        <Button look="primary" onClick={onModels}>
          {t("assets:goToModels")}
        </Button>
      </Empty>
    );
  const acts = (
    <>
      <Button icon={<Stamp size={16} aria-hidden />} onClick={() => setStamping(true)}>
        {t("assets:stamp")}
      </Button>
      <Button icon={<Plus size={16} aria-hidden />} look="primary" onClick={() => setEditing("new")}>
        {t("assets:addAsset")}
      </Button>
    </>
  );
  return (
    <section className="page-section">
      {assets.length === 0 ? (
        <Empty icon={<Layers3 size={32} aria-hidden />} title={t("assets:noAssets")} text={t("assets:noAssetsText")}>
          <div className="page-tools">{acts}</div>
        </Empty>
      ) : (
        <>
          <div className="page-tools">
            <span title={t("things:searchHint")}>
              <SearchInput label={t("assets:searchAssets")} value={query} onChange={setQuery} />
            </span>
            <span className="muted">{t("assets:countAssets", { count: assets.length })}</span>
            <span className="grow" />
            {acts}
          </div>
          <div className="asset-split">
            <div className="asset-side">
              <AssetTree
                assets={assets}
                models={known}
                areas={plant.areas ?? []}
                query={wanted}
                selected={selected}
                onSelect={setSelected}
              />
            </div>
            <div className="asset-main">
              {asset ? (
                <AssetPanel
                  key={asset.path}
                  plant={plant}
                  asset={asset}
                  models={known}
                  reload={reload}
                  onEdit={() => setEditing(asset)}
                  onRemove={() => void remove(asset)}
                  onSelect={setSelected}
                />
              ) : selected ? (
                <AreaPanel plant={plant} path={selected} onSelect={setSelected} />
              ) : (
                <p className="muted asset-hint">{t("assets:choose")}</p>
              )}
            </div>
          </div>
        </>
      )}
      {editing && (
        <AssetDialog
          plant={plant}
          models={known}
          asset={editing === "new" ? undefined : editing}
          beside={selected}
          onClose={() => setEditing(undefined)}
          onSaved={async (path) => {
            await reload();
            setSelected(path);
          }}
          onRenamed={(result) => worthTelling(result) && setRenamed(result)}
        />
      )}
      {stamping && (
        <StampDialog
          plant={plant}
          models={known}
          onClose={() => setStamping(false)}
          onDone={async (first) => {
            setQuery("");
            await reload();
            if (first) setSelected(first);
          }}
        />
      )}
      {renamed && <RenamedDialog result={renamed} onClose={() => setRenamed(undefined)} />}
      {question}
    </section>
  );
}
