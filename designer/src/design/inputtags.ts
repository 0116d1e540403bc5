// The tags below assets that are inputs of the app: "{pump}/speed".
import { type AppInput, type ModelState, request, type TagState } from "@lineside/client";
import { type Language, textIn } from "../i18n";

/** A tag of a picker that is not of the plant. */
export type InputTag = Pick<TagState, "path" | "type"> & Partial<TagState> & { input: string };

/** Lists the properties of the models of the inputs that hold all of the words. */
export function inputTags(
  inputs: readonly AppInput[],
  models: readonly ModelState[],
  query: string,
  lang: Language,
): InputTag[] {
  const words = query.trim().toLowerCase();
  return inputs.flatMap((input) => {
    const model = input.kind === "asset" ? models.find((m) => m.id === input.model) : undefined;
    return (model?.properties ?? []).flatMap(({ property: p }) => {
      const path = `{${input.id}}/${p.id}`;
      const title = textIn(p.title, lang);
      if (!`${path} ${title}`.toLowerCase().includes(words)) return [];
      return [{ input: input.id, path, title, type: p.type, unit: p.unit, writable: p.write !== undefined }];
    });
  });
}

/** Asks for the models when there is an input that needs them. */
export async function findInputTags(inputs: readonly AppInput[], query: string, lang: Language): Promise<InputTag[]> {
  if (!inputs.some((i) => i.kind === "asset")) return [];
  const { data } = await request<ModelState[]>("GET", "/models");
  return inputTags(inputs, data, query, lang);
}
