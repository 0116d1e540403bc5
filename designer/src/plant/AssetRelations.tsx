// The relations of an asset from both ends, in its panel: to go along, to add and to take away.
import type { Asset, AssetRelation } from "@lineside/client";
import { Plus, X } from "lucide-react";
import { textIn, useT } from "../i18n";
import { Button, IconButton } from "../ui";
import { relationName } from "./RelationRows";

export function AssetRelations({
  relations,
  onSelect,
  onAdd,
  onRemove,
}: {
  relations: readonly AssetRelation[];
  onSelect(path: string): void;
  /** Opens the form of the asset. */
  onAdd(): void;
  onRemove(relation: AssetRelation): void;
}) {
  const t = useT();
  return (
    <section aria-label={t("things:relations")}>
      <div className="asset-part">
        <h3>{t("things:relations")}</h3>
        <Button look="quiet" icon={<Plus size={16} aria-hidden />} onClick={onAdd}>
          {t("things:addRelation")}
        </Button>
      </div>
      {relations.length === 0 ? (
        <p className="muted">{t("things:noRelations")}</p>
      ) : (
        <ul className="asset-relations">
          {relations.map((r) => (
            <li key={`${r.back} ${r.type} ${r.path}`}>
              <span className="muted">{relationName(t, r.type, r.back)}</span>
              <button type="button" className="link" onClick={() => onSelect(r.path)}>
                {r.path}
              </button>
              <span className="muted">{textIn(r.title) || r.model}</span>
              {r.disabled && <span className="muted">{t("assets:disabled")}</span>}
              <IconButton
                small
                label={t("things:removeRelation", { type: relationName(t, r.type, r.back), path: r.path })}
                onClick={() => onRemove(r)}
              >
                <X size={14} aria-hidden />
              </IconButton>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

/** The asset that has a relation, without it. */
export function without(asset: Asset, type: string, to: string): Asset {
  const rest = (asset.relations ?? []).filter((r) => r.type !== type || r.to !== to);
  return { ...asset, relations: rest.length ? rest : undefined };
}
