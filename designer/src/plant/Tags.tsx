import type { Plant, PlantTag, PlantTagPage, PlantTagRow, TagQuery, TagRenamed, TagsChanged } from "@lineside/client";
import { FolderPen, Pencil, Plus, SquareArrowOutUpRight, Tag as TagMark, Trash2 } from "lucide-react";
import { type ReactNode, useEffect, useMemo, useState } from "react";
import { HistoryLink } from "../history/HistoryLink";
import { textIn, useT } from "../i18n";
import { ProblemList, QualityText, sayFailure } from "../shell/form";
import { useTagValues } from "../shell/live";
import { asApiError } from "../shell/resource";
import { Badge, Busy, Button, Check, Empty, IconButton, Note, toast, useConfirm } from "../ui";
import { shownValue, useShownUnits } from "../units/shown";
import { BulkDialog, type Meant } from "./BulkDialog";
import { type Column, DataList, pageSize } from "./DataList";
import { typeName } from "./DefinitionForm";
import { FormatValue } from "./FormatValue";
import { changeTags, findPlantTags, tagsAddress, undoChange, useFound } from "./plantapi";
import { RenameArea } from "./RenameArea";
import { SheetTools } from "./sheets/SheetTools";
import { TagDialog } from "./TagDialog";
import { RenamedDialog, UsesOf, worthTelling } from "./uses";

/** The tags of the plant and of its assets, found by the server a page at a time; only what is shown is watched. */
export function Tags({
  plant,
  summary,
  badOnly,
  onBadOnly,
  reload,
  onAsset,
}: {
  plant: Plant;
  /** How many tags there are, and how many of them are bad, when that is known. */
  summary: PlantTagPage | undefined;
  badOnly: boolean;
  onBadOnly(on: boolean): void;
  reload(): Promise<void>;
  onAsset(path: string): void;
}) {
  const t = useT();
  const show = useShownUnits();
  // A link to a tag has it in its address.
  const [query, setQuery] = useState(() => new URLSearchParams(location.search).get("tag") ?? "");
  const [sort, setSort] = useState("path");
  const [page, setPage] = useState(0);
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const [all, setAll] = useState(false);
  const [editing, setEditing] = useState<PlantTag | "new">();
  const [changing, setChanging] = useState<Meant>();
  const [renaming, setRenaming] = useState(false);
  const [renamed, setRenamed] = useState<TagRenamed>();
  const [ask, question] = useConfirm();
  const tell = (result: TagRenamed) => worthTelling(result) && setRenamed(result);

  const asked: TagQuery = useMemo(() => ({ q: query.trim(), state: badOnly ? "bad" : "" }), [query, badOnly]);
  const address = tagsAddress({ ...asked, sort, offset: page * pageSize, limit: pageSize });
  // What is bad changes by itself.
  const [beat, setBeat] = useState(0);
  useEffect(() => {
    if (!badOnly) return;
    const timer = setInterval(() => setBeat((n) => n + 1), 2000);
    return () => clearInterval(timer);
  }, [badOnly]);
  const { data, error, stale } = useFound<PlantTagPage>(address, `${summary?.etag} ${beat}`);
  const total = data?.total ?? 0;
  const pages = Math.max(1, Math.ceil(total / pageSize));
  useEffect(() => {
    if (data && page >= pages) setPage(pages - 1);
  }, [data, page, pages]);
  const rows = data?.tags ?? [];
  const values = useTagValues(useMemo(() => (data?.tags ?? []).map((row) => row.tag.path), [data]));

  const forget = () => {
    setSelected(new Set());
    setAll(false);
  };
  const search = (to: string) => {
    setQuery(to);
    setPage(0);
    forget();
  };
  const done = async (changed: TagsChanged, said: string) => {
    forget();
    toast(said, {
      kind: "good",
      text: changed.left > 0 ? t("tags:left", { count: changed.left }) : undefined,
      action: changed.undo && { label: t("tags:undo"), run: () => void undo(changed) },
    });
    await reload();
  };
  const undo = async (changed: TagsChanged) => {
    try {
      await undoChange(changed);
      toast(t("tags:undone"), { kind: "good" });
      await reload();
    } catch (e) {
      const failure = asApiError(e);
      sayFailure(failure.status === 412 ? { message: t("tags:undoLate") } : failure);
    }
  };
  const failed = async (e: unknown) => {
    const failure = asApiError(e);
    if (failure.status === 412) {
      sayFailure({ message: t("tags:changedSince"), hint: t("tags:changedSinceText") });
      await reload();
    } else sayFailure(failure);
  };

  const remove = async (tag: PlantTag) => {
    const title = t("plant:removeTag", { path: tag.path });
    const more = <UsesOf of={{ path: tag.path }} />;
    const text = t("plant:removeTagText");
    if (!(await ask({ title, text, more, action: t("common:remove"), danger: true }))) return;
    try {
      // Whatever else was changed while the question stood is no reason not to.
      const { etag } = await findPlantTags({ limit: 0 });
      await done(await changeTags({ paths: [tag.path], remove: true }, etag), t("tags:removed", { count: 1 }));
    } catch (e) {
      await failed(e);
    }
  };
  // What is selected: the rows that were ticked, or all that the query finds.
  const meant = (): Meant | undefined =>
    data && {
      which: all ? { select: asked } : { paths: [...selected] },
      count: all ? total : selected.size,
      etag: data.etag,
    };
  const removeSelected = async () => {
    const now = meant();
    if (!now) return;
    const { count } = now;
    const title = t("tags:removeTitle", { count });
    if (!(await ask({ title, text: t("plant:removeTagText"), action: t("common:remove"), danger: true }))) return;
    try {
      const changed = await changeTags({ ...now.which, remove: true }, now.etag);
      await done(changed, t("tags:removed", { count: changed.changed }));
    } catch (e) {
      await failed(e);
    }
  };

  const open = (row: PlantTagRow) => (row.asset ? onAsset(row.asset) : setEditing(row.tag));
  const columns: Column<PlantTagRow>[] = [
    {
      id: "path",
      label: t("plant:path"),
      sort: "path",
      cell: (row) => (
        <>
          <button
            type="button"
            className="link"
            title={row.asset && t("tags:ofAsset", { property: row.property, asset: row.asset })}
            onClick={() => open(row)}
          >
            {row.tag.path}
          </button>
          {row.tag.title && <span className="muted"> {textIn(row.tag.title)}</span>}
          {row.tag.labels?.map((label) => (
            <Badge key={label}>{label}</Badge>
          ))}
        </>
      ),
    },
    {
      id: "value",
      label: t("plant:value"),
      className: "number",
      cell: (row) => <FormatValue {...shownValue(row.tag, values.get(row.tag.path), show)} />,
    },
    { id: "unit", label: t("plant:unit"), sort: "unit", cell: (row) => show(row.tag.unit)?.symbol ?? row.tag.unit },
    {
      id: "quality",
      label: t("plant:quality"),
      cell: (row) => <QualityText live={values.get(row.tag.path)} name />,
    },
    { id: "type", label: t("plant:type"), sort: "type", cell: (row) => typeName(t, row.tag) },
    {
      id: "source",
      label: t("plant:source"),
      sort: "device",
      cell: (row) => row.tag.device ?? t(`plant:kinds.${row.tag.expr ? "computed" : "memory"}`),
    },
    {
      id: "model",
      label: t("assets:model"),
      cell: (row) =>
        row.model && (
          <>
            {row.model}
            {row.overridden && <span className="muted"> {t("tags:overridden")}</span>}
          </>
        ),
    },
  ];

  const add = (
    <Button icon={<Plus size={16} aria-hidden />} look="primary" onClick={() => setEditing("new")}>
      {t("plant:addTag")}
    </Button>
  );
  const own = new Set(rows.filter((row) => !row.asset).map((row) => row.tag.path));
  const pageSelected = own.size > 0 && [...own].every((path) => selected.has(path));
  const count = all ? total : selected.size;
  const any = (summary?.all ?? data?.all ?? 0) > 0;
  const bad = summary?.bad ?? 0;
  let above: ReactNode;
  if (count > 0)
    above = (
      <div className="selected-bar" role="status">
        <strong>{t("tags:selected", { count })}</strong>
        {!all && pageSelected && total > rows.length && !data?.loose && (
          <button type="button" className="link" onClick={() => setAll(true)}>
            {t("tags:selectAll", { count: total })}
          </button>
        )}
        <span className="grow" />
        <Button icon={<Pencil size={16} aria-hidden />} onClick={() => setChanging(meant())}>
          {t("tags:change")}
        </Button>
        <Button icon={<Trash2 size={16} aria-hidden />} onClick={() => void removeSelected()}>
          {t("tags:remove")}
        </Button>
        <Button onClick={forget}>{t("tags:clear")}</Button>
      </div>
    );
  else if (data?.loose) above = <Note kind="info" title={t("tags:loose")} />;
  else if (query) above = <p className="muted search-help">{t("tags:searchHelp")}</p>;

  return (
    <>
      {error && <ProblemList problems={[error]} />}
      {!data && !error && <Busy />}
      {data && (
        <DataList
          label={t("plant:tags")}
          search={t("plant:searchTags")}
          query={query}
          onQuery={search}
          filters={
            <>
              {(bad > 0 || badOnly) && (
                <Check
                  label={t("plant:badOnly", { count: bad })}
                  checked={badOnly}
                  onChange={(on) => {
                    onBadOnly(on);
                    setPage(0);
                    forget();
                  }}
                />
              )}
              <span className="muted" role="status">
                {total === data.all
                  ? t("plant:found", { count: total })
                  : t("tags:ofAll", { count: total, all: data.all })}
              </span>
            </>
          }
          tools={
            <>
              {any && (
                <Button icon={<FolderPen size={16} aria-hidden />} onClick={() => setRenaming(true)}>
                  {t("bind:plant.area")}
                </Button>
              )}
              <SheetTools onSaved={reload} />
              {add}
            </>
          }
          empty={
            data.all === 0 && (
              <>
                <div className="page-tools">
                  <span className="grow" />
                  <SheetTools onSaved={reload} />
                </div>
                <Empty icon={<TagMark size={32} aria-hidden />} title={t("plant:noTags")} text={t("plant:noTagsText")}>
                  {add}
                </Empty>
              </>
            )
          }
          none={
            total === 0 && (
              <Empty title={t("plant:noMatch")} text={t("plant:noMatchText")}>
                <Button
                  onClick={() => {
                    search("");
                    onBadOnly(false);
                  }}
                >
                  {t("plant:showAll")}
                </Button>
              </Empty>
            )
          }
          above={above}
          columns={columns}
          rows={rows}
          keyOf={(row) => row.tag.path}
          actions={(row) =>
            row.asset ? (
              <>
                <HistoryLink path={row.tag.path} />
                <IconButton label={t("tags:openAsset", { path: row.asset })} onClick={() => open(row)}>
                  <SquareArrowOutUpRight size={16} aria-hidden />
                </IconButton>
              </>
            ) : (
              <>
                <HistoryLink path={row.tag.path} />
                <IconButton label={t("plant:editTag", { path: row.tag.path })} onClick={() => open(row)}>
                  <Pencil size={16} aria-hidden />
                </IconButton>
                <IconButton label={t("plant:removeTag", { path: row.tag.path })} onClick={() => void remove(row.tag)}>
                  <Trash2 size={16} aria-hidden />
                </IconButton>
              </>
            )
          }
          selection={{
            keys: all ? own : selected,
            onChange: (keys) => {
              setSelected(keys);
              setAll(false);
            },
            label: (path) => t("tags:select", { path }),
            can: (path) => own.has(path) && !stale, // what was found for other words is about to go
          }}
          sort={sort}
          onSort={(to) => {
            setSort(to);
            setPage(0);
          }}
          page={Math.min(page, pages - 1)}
          pages={pages}
          onPage={setPage}
        />
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
      {changing && (
        <BulkDialog
          meant={changing}
          devices={plant.devices ?? []}
          onClose={() => setChanging(undefined)}
          onDone={(changed) => {
            setChanging(undefined);
            void done(changed, t("tags:changed", { count: changed.changed }));
          }}
        />
      )}
      {renaming && (
        <RenameArea
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
    </>
  );
}
