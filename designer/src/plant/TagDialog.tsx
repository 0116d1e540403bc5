import type { Plant, PlantTag, Problem, TagRenamed } from "@lineside/client";
import { useMemo, useState } from "react";
import { renameTags } from "../design/uses";
import { useT } from "../i18n";
import { ProblemList, problemsOf, QualityText, TextField } from "../shell/form";
import { useTagValues } from "../shell/live";
import { asApiError } from "../shell/resource";
import { Button, Dialog } from "../ui";
import { DefinitionForm, definitionFields } from "./DefinitionForm";
import { below, said } from "./DeviceDialog";
import { FormatValue } from "./FormatValue";
import { saveTag, TagChanged, TagRefused, tagNow } from "./plantapi";
import { FollowChecks } from "./RenameArea";
import { clean, type Kind, kindOf, ofKind } from "./TagParts";
import { UsesList, useTagUses } from "./uses";

/** Where the form shows what is wrong at its field; the rest stands at the end. */
const atField = new RegExp(`^/(path|${definitionFields})$`);

/** Adds or edits one tag. */
export function TagDialog({
  plant,
  tag,
  initial,
  onClose,
  onSaved,
  onRenamed,
}: {
  plant: Plant;
  tag?: PlantTag;
  initial?: Partial<PlantTag>;
  onClose(): void;
  onSaved(): Promise<void>;
  /** A tag was given another path, which other things may have to follow. */
  onRenamed?(result: TagRenamed): void;
}) {
  const t = useT();
  const devices = plant.devices ?? [];
  const [draft, setDraft] = useState<Partial<PlantTag>>(
    tag ?? { type: "float", device: devices[0]?.id, path: initial?.device ? `${initial.device}/` : "", ...initial },
  );
  const [kind, setKind] = useState<Kind>(tag ? kindOf(tag) : devices.length ? "device" : "memory");
  const [problems, setProblems] = useState<Problem[]>([]);
  const [apps, setApps] = useState(true);
  const [publish, setPublish] = useState(false);
  // Saving goes in two steps: when only the second is refused, the first is not repeated.
  const [path, setPath] = useState(tag?.path);
  const [was, setWas] = useState(tag);
  const renaming = !!path && path !== draft.path;
  const { uses } = useTagUses(renaming ? { path } : undefined);
  const live = useTagValues(useMemo(() => (tag ? [tag.path] : []), [tag])).get(tag?.path ?? "");
  // Where the tag stands in the document that was refused.
  const [index, setIndex] = useState(0);
  const here = below(problems, `/tags/${index}`);
  const elsewhere = problems.filter(
    (p) => !here.some((h) => p.at === `/tags/${index}${h.at}` && atField.test(h.at ?? "")),
  );
  const wrong = (at: string) => said(here, at);
  const set = (change: Partial<PlantTag>) => setDraft((old) => ({ ...old, ...change }));

  const save = async (again: boolean) => {
    const next: Partial<PlantTag> = ofKind(draft, kind);
    try {
      let renamed: TagRenamed | undefined;
      let before = was;
      if (path && next.path && path !== next.path) {
        renamed = await renameTags({ from: path, to: next.path, apps, publish: apps && publish });
        setPath(next.path);
        // Expressions that name the tag itself follow.
        before = await tagNow(next.path);
        setWas(before);
      }
      await saveTag(clean(next) as PlantTag, before);
      await onSaved();
      if (renamed) onRenamed?.(renamed);
      if (again) {
        setProblems([]);
        set({ path: `${(next.path ?? "").split("/").slice(0, -1).join("/")}/`, title: undefined });
      } else onClose();
    } catch (error) {
      if (error instanceof TagChanged) {
        const kind = was ? "tagChanged" : "tagThere";
        setProblems([
          {
            code: "changed",
            at: was ? "" : `/tags/${index}/path`,
            message: t(`tags:${kind}`),
            hint: t(`tags:${kind}Text`),
          },
        ]);
      } else if (error instanceof TagRefused) {
        setIndex(error.place);
        setProblems(problemsOf(error.failure));
      } else setProblems(problemsOf(asApiError(error)));
      requestAnimationFrame(() =>
        document.querySelector("[role=dialog] .wrong")?.scrollIntoView({ block: "center", behavior: "smooth" }),
      );
    }
  };

  return (
    <Dialog
      open
      title={tag ? t("plant:editTag", { path: tag.path }) : t("plant:addTag")}
      size="wide"
      onClose={onClose}
      footer={
        <>
          <span className="grow" />
          <Button onClick={onClose}>{t("common:cancel")}</Button>
          {!tag && <Button onClick={() => save(true)}>{t("plant:addAnother")}</Button>}
          <Button look="primary" onClick={() => save(false)}>
            {tag ? t("common:save") : t("common:add")}
          </Button>
        </>
      }
    >
      {tag && (
        <div className="now" aria-live="off">
          <span className="muted">{t("plant:now")}</span>
          <strong>
            <FormatValue tag={tag} live={live} />
          </strong>
          <span>{tag.unit}</span>
          <span className="grow" />
          <QualityText live={live} name />
        </div>
      )}
      <TextField
        label={t("plant:path")}
        value={draft.path ?? ""}
        onChange={(path) => set({ path })}
        hint={t("plant:pathHint")}
        error={wrong("/path")}
        required
        autoFocus
      />
      {renaming && (
        <div className="form">
          <FollowChecks apps={apps} setApps={setApps} publish={publish} setPublish={setPublish} />
          <UsesList uses={uses} />
        </div>
      )}
      <DefinitionForm
        plant={plant}
        draft={draft}
        set={set}
        kind={kind}
        onKind={(value) => {
          setKind(value);
          if (value === "device" && !draft.device) set({ device: devices[0]?.id });
        }}
        problems={here}
      />
      {elsewhere.length > 0 && <ProblemList problems={elsewhere} />}
    </Dialog>
  );
}
