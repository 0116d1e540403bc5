// Where things are named, and renaming them everywhere: the server reads the expressions.
import {
  type App,
  type Reference,
  type ReferencesRequest,
  type RenameResult,
  request,
  type TagRename,
  type TagRenamed,
  type TagUses,
} from "@lineside/client";
import { replaceApp, toApp } from "../document";
import type { Editor } from "./editor";

/** A thing of an app that others name, or a tag. */
export type Target = Omit<ReferencesRequest, "document">;

const path = (installation: string) => `/apps/${encodeURIComponent(installation)}`;

/** What names a thing in the app as it is in the editor. */
export async function references(editor: Editor, target: Target): Promise<Reference[]> {
  const body: ReferencesRequest = { ...target, document: toApp(editor.doc.state) };
  return (await request<Reference[]>("POST", `${path(editor.installation)}/references`, body)).data;
}

/** Somebody went on editing while the server was asked. */
export class ChangedMeanwhile extends Error {}

/** Renames a thing wherever it is named, as one step. Throws ChangedMeanwhile when the document does not rest. */
export async function rename(
  editor: Editor,
  target: Target,
  to: string,
): Promise<{ count: number; left: Reference[] }> {
  for (let tries = 0; tries < 3; tries++) {
    const { version } = editor.doc;
    const body = { kind: target.kind, from: target.id, to, screen: target.screen, document: toApp(editor.doc.state) };
    const { data } = await request<RenameResult>("POST", `${path(editor.installation)}/rename`, body);
    if (editor.doc.version !== version) continue;
    const before = editor.session.getState();
    const order = editor.doc.state.order.indexOf(before.screen);
    replaceApp(editor.doc, data.document as App, "bind:step.rename");
    // What was shown and selected goes by its new id.
    if (target.kind === "screen" && before.screen === target.id)
      editor.session.setState({ screen: editor.doc.state.order[order] ?? to });
    if (target.kind === "widget" && before.selection.includes(target.id))
      editor.session.setState({ selection: before.selection.map((id) => (id === target.id ? to : id)) });
    editor.doc.settle();
    return { count: data.count, left: data.left };
  }
  throw new ChangedMeanwhile();
}

/** What in the plant and in all apps names a tag, the tags of an area, or those of a device. */
export async function tagUses(of: { path: string } | { area: string } | { device: string }): Promise<TagUses> {
  return (await request<TagUses>("GET", `/plant/uses?${new URLSearchParams(of)}`)).data;
}

/** Renames a tag, or with a slash at its end an area, in the plant and in all apps. */
export async function renameTags(body: TagRename): Promise<TagRenamed> {
  return (await request<TagRenamed>("POST", "/plant/rename", body)).data;
}
