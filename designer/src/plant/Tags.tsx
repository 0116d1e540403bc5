import type { Plant, PlantTag, TagRenamed } from "@lineside/client";
import { request } from "@lineside/client";
import { FolderPen, Pencil, Plus, Tag as TagMark, Trash2 } from "lucide-react";
import { useDeferredValue, useMemo, useState } from "react";
import { textIn, useT } from "../i18n";
import { QualityText, sayFailure } from "../shell/form";
import { useTagValues } from "../shell/live";
import { asApiError } from "../shell/resource";
import { Button, Check, Empty, IconButton, SearchInput, useConfirm } from "../ui";
import { shownValue, useShownUnits } from "../units/shown";
import { typeName } from "./DefinitionForm";
import { FormatValue } from "./FormatValue";
import { RenameArea } from "./RenameArea";
import { matcher } from "./search";
import { SheetTools } from "./sheets/SheetTools";
import { TagDialog } from "./TagDialog";
import { RenamedDialog, UsesOf, worthTelling } from "./uses";

const pageSize = 100;

/** The list of tags with live value and quality, a page at a time; only what is shown is watched. */
export function Tags({
  plant,
  bad,
  badOnly,
  onBadOnly,
  reload,
}: {
  plant: Plant;
  /** Which tags are bad, when that is known. */
  bad: ReadonlySet<string> | undefined;
  badOnly: boolean;
  onBadOnly(on: boolean): void;
  reload(): Promise<void>;
}) {
  const t = useT();
  const show = useShownUnits();
  // A link to a tag has it in its address.
  const [query, setQuery] = useState(() => new URLSearchParams(location.search).get("tag") ?? "");
  const [renaming, setRenaming] = useState(false);
  const [renamed, setRenamed] = useState<TagRenamed>();
  const tell = (result: TagRenamed) => worthTelling(result) && setRenamed(result);
  const [page, setPage] = useState(0);
  const [editing, setEditing] = useState<PlantTag | "new">();
  const [ask, question] = useConfirm();
  const wanted = useDeferredValue(query.trim().toLowerCase());
  const found = useMemo(() => {
    const fits = matcher(wanted);
    const all = (plant.tags ?? [])
      .filter((tag) => !badOnly || !bad || bad.has(tag.path))
      .sort((a, b) => (a.path < b.path ? -1 : 1));
    if (!wanted) return all;
    return all.filter((tag) =>
      fits({ texts: [tag.path, tag.unit, tag.device], titles: tag.title, types: [tag.type, tag.format], marks: [tag] }),
    );
  }, [plant.tags, wanted, badOnly, bad]);
  const pages = Math.max(1, Math.ceil(found.length / pageSize));
  const at = Math.min(page, pages - 1);
  const rows = found.slice(at * pageSize, (at + 1) * pageSize);
  const values = useTagValues(useMemo(() => rows.map((tag) => tag.path), [rows]));

  const remove = async (tag: PlantTag) => {
    const title = t("plant:removeTag", { path: tag.path });
    const more = <UsesOf of={{ path: tag.path }} />;
    const text = t("plant:removeTagText");
    if (!(await ask({ title, text, more, action: t("common:remove"), danger: true }))) return;
    try {
      await request("PATCH", "/plant", { remove: { tags: [tag.path] } });
      await reload();
    } catch (error) {
      sayFailure(asApiError(error));
    }
  };

  return (
    <section aria-label={t("plant:tags")} className="page-section">
      <div className="page-tools">
        <SearchInput
          label={t("plant:searchTags")}
          value={query}
          onChange={(value) => {
            setQuery(value);
            setPage(0);
          }}
        />
        {bad && (bad.size > 0 || badOnly) && (
          <Check label={t("plant:badOnly", { count: bad.size })} checked={badOnly} onChange={onBadOnly} />
        )}
        <span className="muted">{t("plant:found", { count: found.length })}</span>
        <span className="grow" />
        {(plant.tags ?? []).some((tag) => tag.path.includes("/")) && (
          <Button icon={<FolderPen size={16} aria-hidden />} onClick={() => setRenaming(true)}>
            {t("bind:plant.area")}
          </Button>
        )}
        <SheetTools onSaved={reload} />
        {(plant.tags ?? []).length > 0 && (
          <Button icon={<Plus size={16} aria-hidden />} look="primary" onClick={() => setEditing("new")}>
            {t("plant:addTag")}
          </Button>
        )}
      </div>
      {(plant.tags ?? []).length === 0 ? (
        <Empty icon={<TagMark size={32} aria-hidden />} title={t("plant:noTags")} text={t("plant:noTagsText")}>
          <Button icon={<Plus size={16} aria-hidden />} look="primary" onClick={() => setEditing("new")}>
            {t("plant:addTag")}
          </Button>
        </Empty>
      ) : found.length === 0 ? (
        <Empty title={t("plant:noMatch")} text={t("plant:noMatchText")}>
          <Button
            onClick={() => {
              setQuery("");
              onBadOnly(false);
            }}
          >
            {t("plant:showAll")}
          </Button>
        </Empty>
      ) : (
        <table className="table">
          <thead>
            <tr>
              <th>{t("plant:path")}</th>
              <th className="number">{t("plant:value")}</th>
              <th>{t("plant:unit")}</th>
              <th>{t("plant:quality")}</th>
              <th>{t("plant:type")}</th>
              <th>{t("plant:source")}</th>
              <th>
                <span className="visually-hidden">{t("plant:actions")}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {rows.map((tag) => (
              <tr key={tag.path}>
                <td>
                  <button type="button" className="link" onClick={() => setEditing(tag)}>
                    {tag.path}
                  </button>
                  {tag.title && <span className="muted"> {textIn(tag.title)}</span>}
                </td>
                <td className="number">
                  <FormatValue {...shownValue(tag, values.get(tag.path), show)} />
                </td>
                <td>{show(tag.unit)?.symbol ?? tag.unit}</td>
                <td>
                  <QualityText live={values.get(tag.path)} name />
                </td>
                <td>{typeName(t, tag)}</td>
                <td>{tag.device ?? t(`plant:kinds.${tag.expr ? "computed" : "memory"}`)}</td>
                <td className="row-actions">
                  <IconButton label={t("plant:editTag", { path: tag.path })} onClick={() => setEditing(tag)}>
                    <Pencil size={16} aria-hidden />
                  </IconButton>
                  <IconButton label={t("plant:removeTag", { path: tag.path })} onClick={() => void remove(tag)}>
                    <Trash2 size={16} aria-hidden />
                  </IconButton>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {pages > 1 && (
        <nav className="pager" aria-label={t("plant:pages")}>
          <Button disabled={at === 0} onClick={() => setPage(at - 1)}>
            {t("shell:previous")}
          </Button>
          <span>
            {at + 1} / {pages}
          </span>
          <Button disabled={at === pages - 1} onClick={() => setPage(at + 1)}>
            {t("shell:next")}
          </Button>
        </nav>
      )}
      {editing && (
        <TagDialog
          plant={plant}
          tag={editing === "new" ? undefined : editing}
          onClose={() => setEditing(undefined)}
          onSaved={reload}
          onRenamed={tell}
        />
      )}
      {renaming && (
        <RenameArea
          plant={plant}
          onClose={() => setRenaming(false)}
          onDone={(result) => {
            setRenaming(false);
            tell(result);
            void reload();
          }}
        />
      )}
      {renamed && <RenamedDialog result={renamed} onClose={() => setRenamed(undefined)} />}
      {question}
    </section>
  );
}
