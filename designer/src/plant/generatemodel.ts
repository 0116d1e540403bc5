// What is made of a sample or of a device becomes a model, or more of one that is there.
import type { Asset, Generated, InheritedProperty, ModelParameter, ModelProperty, ThingModel } from "@lineside/client";

/** A property that was made, as it stands in the preview. */
export interface Row {
  property: ModelProperty;
  /** The id that it was made with: it names the row. */
  key: string;
  on: boolean;
}

export const rowsOf = (made: Generated): Row[] =>
  made.properties.map((property) => ({ property, key: property.id, on: true }));

/** Rows of a new answer, with what was changed in the rows before. */
export function keepRows(before: readonly Row[], made: Generated): Row[] {
  const old = new Map(before.map((r) => [r.key, r]));
  return made.properties.map((property) => {
    const was = old.get(property.id);
    if (!was) return { property, key: property.id, on: true };
    const { id, type, unit } = was.property;
    return { property: { ...property, id, type, unit }, key: was.key, on: was.on };
  });
}

/** What is wrong with the id of a row: it is there already, in the model or in another row. */
export function clashes(rows: readonly Row[], present: readonly Pick<InheritedProperty, "property">[]) {
  const there = new Set(present.map((p) => p.property.id));
  const count = new Map<string, number>();
  for (const r of rows) if (r.on) count.set(r.property.id, (count.get(r.property.id) ?? 0) + 1);
  const wrong = new Map<string, "there" | "double" | "empty">();
  for (const r of rows) {
    const { id } = r.property;
    if (there.has(id)) wrong.set(r.key, "there");
    else if (id.trim() === "") wrong.set(r.key, "empty");
    else if (r.on && (count.get(id) ?? 0) > 1) wrong.set(r.key, "double");
  }
  return wrong;
}

/** The parameters that the addresses have. */
export const parametersOf = (made: Generated): ModelParameter[] =>
  made.parameters.filter((p) => p.used).map(({ used: _, field: __, ...parameter }) => parameter as ModelParameter);

/** A new model, or the one that is there with what it has not yet; what it has stays as it is. */
export function composed(
  into: ThingModel | undefined,
  id: string,
  name: string,
  made: Generated,
  rows: readonly Row[],
  present: readonly Pick<InheritedProperty, "property">[],
  inherited: readonly Pick<ModelParameter, "id">[] = [],
): ThingModel {
  const wrong = clashes(rows, present);
  const added = rows
    .filter((r) => r.on && wrong.get(r.key) !== "there")
    .map((r) => ({ ...r.property, unit: r.property.unit || undefined }));
  const used = JSON.stringify(added);
  const known = new Set([...(into?.parameters ?? []), ...inherited].map((p) => p.id));
  const parameters = parametersOf(made)
    .filter((p) => !known.has(p.id) && used.includes(`{${p.id}`))
    // The assets that are there give no value; theirs is that of this machine until they do.
    .map((p) => (into ? { ...p, required: undefined, default: made.params?.[p.id] as ModelParameter["default"] } : p));
  const base: ThingModel = into ?? { id, ...(name ? { name: { en: name } } : {}) };
  return {
    ...base,
    ...(parameters.length || into?.parameters ? { parameters: [...(into?.parameters ?? []), ...parameters] } : {}),
    properties: [...(into?.properties ?? []), ...added],
  };
}

/** The machine that the model was made from. */
export function firstAsset(path: string, model: ThingModel, made: Generated): Asset {
  const known = new Set((model.parameters ?? []).map((p) => p.id));
  const params = Object.fromEntries(
    Object.entries(made.params ?? {}).filter(([id]) => known.has(id)),
  ) as Asset["params"];
  return { path, model: model.id, ...(params && Object.keys(params).length ? { params } : {}) };
}
