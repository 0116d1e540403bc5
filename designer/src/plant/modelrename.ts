// Giving models and their properties other ids, with all that names them.
import type { ModelProperty, Plant, TagRenamed, ThingModel } from "@lineside/client";
import { request } from "@lineside/client";
import { renameTags } from "../design/uses";

/** A property while it is edited; `was` is the id that the server knows it by. */
export type Row = ModelProperty & { was?: string };

/** A model while it is edited. */
export type Draft = Omit<ThingModel, "properties"> & { properties?: Row[] };

export function rowsOf(model: ThingModel): Draft {
  return { ...model, properties: model.properties?.map((p) => ({ ...p, was: p.id })) };
}

/** The property as the document has it. */
export function plain({ was: _, ...property }: Row): ModelProperty {
  return property;
}

/** Which properties of the draft have another id than the server knows. */
export const renamedRows = (draft: Draft): Row[] => (draft.properties ?? []).filter((p) => p.was && p.was !== p.id);

/** Renames on the server what has another id in the draft, and gives the draft with what followed in the model itself. */
export async function follow(present: ThingModel, draft: Draft): Promise<{ draft: Draft; results: TagRenamed[] }> {
  const results: TagRenamed[] = [];
  const renamed = renamedRows(draft);
  if (draft.id !== present.id)
    results.push(await renameTags({ kind: "model", from: present.id, to: draft.id, apps: true }));
  for (const row of renamed)
    results.push(await renameTags({ kind: "property", model: draft.id, from: row.was ?? "", to: row.id, apps: true }));
  if (!results.length) return { draft, results };
  const { data } = await request<Plant>("GET", "/plant");
  const after = data.models?.find((m) => m.id === draft.id);
  return { draft: after ? adopt(present, after, draft) : draft, results };
}

/** The draft with what became of those properties and commands that were not edited in it. */
export function adopt(before: ThingModel, after: ThingModel, draft: Draft): Draft {
  const same = (a: object | undefined, b: object) =>
    JSON.stringify({ ...a, id: "" }) === JSON.stringify({ ...b, id: "" });
  return {
    ...draft,
    properties: draft.properties?.map((row) => {
      const old = before.properties?.find((p) => p.id === row.was);
      const now = after.properties?.find((p) => p.id === row.id);
      return now ? { ...(same(old, plain(row)) ? now : row), was: now.id } : row;
    }),
    commands: draft.commands?.map((command) => {
      const old = before.commands?.find((c) => c.id === command.id);
      const now = after.commands?.find((c) => c.id === command.id);
      return now && same(old, command) ? now : command;
    }),
  };
}
