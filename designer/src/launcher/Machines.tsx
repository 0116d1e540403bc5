// The machines of the plant that have a faceplate, in the tree of their areas: the menu of who operates them.
import type { AssetPage } from "@lineside/client";
import { AppWindow } from "lucide-react";
import { useState } from "react";
import { textIn, useT } from "../i18n";
import { AssetTree } from "../plant/AssetTree";
import { useResource } from "../shell/resource";
import { SearchInput } from "../ui";
import "../plant/assets.css";

export function Machines() {
  const t = useT();
  const page = useResource<AssetPage>("/assets?faceplate=true&limit=10000", 15000);
  const [query, setQuery] = useState("");
  const [chosen, setChosen] = useState("");
  const assets = page.data?.assets ?? [];
  if (assets.length === 0) return null;
  const asset = assets.find((a) => a.path === chosen);
  return (
    <section className="launcher-machines" aria-labelledby="launcher-machines">
      <div className="page-tools">
        <h2 id="launcher-machines">{t("faceplate:machines")}</h2>
        {assets.length > 8 && <SearchInput label={t("faceplate:searchAssets")} value={query} onChange={setQuery} />}
      </div>
      <p className="muted">{t("faceplate:machinesText")}</p>
      <div className="asset-side">
        <AssetTree assets={assets} models={[]} areas={[]} query={query} selected={chosen} onSelect={setChosen} />
      </div>
      {asset && (
        <a className="button primary" href={asset.faceplate}>
          <AppWindow size={16} aria-hidden /> {t("faceplate:openOf", { name: textIn(asset.title) || asset.path })}
        </a>
      )}
    </section>
  );
}
