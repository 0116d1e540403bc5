import type { Exposed, NorthboundType, Plant, Problem } from "@lineside/client";
import { ArrowDown10, ChevronDown, ChevronRight, Plus, Tags as TagsMark, Trash2 } from "lucide-react";
import { Fragment, useState } from "react";
import { textIn, useLanguage, useT } from "../i18n";
import { Button, Check, Empty, FieldControl, IconButton, SearchInput, SpecForm, shows } from "../ui";
import { ExposePicker } from "./ExposePicker";

const pageSize = 50;

/** What an entry exposes: the path of a tag, or of an area. */
export const exposedPath = (entry: Exposed) => entry.tag ?? entry.area ?? "";

/** The problems of an entry, with their places below it: "/map/address". */
export function ofEntry(problems: Problem[], index: number): Problem[] {
  const place = `/${index}/`;
  return problems.flatMap((p) => (p.at?.startsWith(place) ? [{ ...p, at: p.at.slice(place.length - 1) }] : []));
}

/** The table of the tags that an interface exposes, a page at a time, each with its place on the other side. */
export function ExposedTable({
  plant,
  type,
  entries,
  kinds,
  writable,
  problems,
  onChange,
  onAnew,
}: {
  plant: Plant;
  type: NorthboundType;
  entries: Exposed[];
  /** The types of the tags, by entry. */
  kinds: string[];
  /** Whether the tag of an entry can be written at all. */
  writable: boolean[];
  /** Problems with places "/<entry>/…". */
  problems: Problem[];
  onChange(entries: Exposed[]): void;
  onAnew(): void;
}) {
  const t = useT();
  const lang = useLanguage();
  const [query, setQuery] = useState("");
  const [onlyWrong, setOnlyWrong] = useState(false);
  const [page, setPage] = useState(0);
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set());
  const [picking, setPicking] = useState(false);
  const columns = type.map.filter((field) => !field.advanced);
  const advanced = type.map.filter((field) => field.advanced);
  const wrong = new Set(problems.map((p) => Number(p.at?.split("/")[1])));
  const words = query.trim().toLowerCase().split(/\s+/).filter(Boolean);
  const found = entries
    .map((entry, index) => ({ entry, index }))
    .filter(
      ({ entry, index }) =>
        (!onlyWrong || wrong.has(index)) && words.every((word) => exposedPath(entry).toLowerCase().includes(word)),
    );
  const pages = Math.max(1, Math.ceil(found.length / pageSize));
  const at = Math.min(page, pages - 1);
  const rows = found.slice(at * pageSize, (at + 1) * pageSize);
  const put = (index: number, next: Exposed) => onChange(entries.with(index, next));
  const fold = (path: string) => {
    const next = new Set(open);
    if (!next.delete(path)) next.add(path);
    setOpen(next);
  };
  const adder = (
    <Button icon={<Plus size={16} aria-hidden />} look="primary" onClick={() => setPicking(true)}>
      {t("northbound:addTags")}
    </Button>
  );

  return (
    <section aria-label={t("northbound:tags")}>
      <div className="page-tools">
        <h3>{t("northbound:tags")}</h3>
        {entries.length > 0 && (
          <>
            <SearchInput
              label={t("northbound:search")}
              value={query}
              onChange={(value) => {
                setQuery(value);
                setPage(0);
              }}
            />
            {(wrong.size > 0 || onlyWrong) && (
              <Check
                label={t("northbound:onlyWrong", { count: wrong.size })}
                checked={onlyWrong}
                onChange={setOnlyWrong}
              />
            )}
            <span className="muted">{t("northbound:found", { count: found.length })}</span>
            <span className="grow" />
            {columns.length > 0 && type.export && (
              <Button icon={<ArrowDown10 size={16} aria-hidden />} title={t("northbound:anewHint")} onClick={onAnew}>
                {t("northbound:anew")}
              </Button>
            )}
            {adder}
          </>
        )}
      </div>
      {entries.length === 0 ? (
        <Empty
          icon={<TagsMark size={32} aria-hidden />}
          title={t("northbound:noTags")}
          text={t("northbound:noTagsText")}
        >
          {adder}
        </Empty>
      ) : found.length === 0 ? (
        <Empty title={t("northbound:noMatch")} />
      ) : (
        <table className="table exposed-table">
          <thead>
            <tr>
              <th>{t("northbound:tag")}</th>
              <th>{t("northbound:write")}</th>
              {columns.map((field) => (
                <th key={field.name}>{textIn(field.title, lang)}</th>
              ))}
              <th>
                <span className="visually-hidden">{t("plant:actions")}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {rows.map(({ entry, index }) => {
              const path = exposedPath(entry);
              const map = entry.map ?? {};
              const faults = ofEntry(problems, index);
              const set = (field: string, value: unknown) => {
                const next = { ...map };
                if (value === undefined) delete next[field];
                else next[field] = value;
                put(index, { ...entry, map: next });
              };
              const expanded = open.has(path);
              return (
                <Fragment key={`${index} ${path}`}>
                  <tr className={faults.length ? "wrong-row" : undefined}>
                    <th scope="row">
                      {entry.area ? t("northbound:all", { area: path }) : <bdi>{path}</bdi>}
                      {kinds[index] && <span className="muted"> {t(`plant:types.${kinds[index]}`)}</span>}
                    </th>
                    <td title={writable[index] === false ? t("northbound:writeNot") : undefined}>
                      <Check
                        label={<span className="visually-hidden">{t("northbound:writeOf", { tag: path })}</span>}
                        checked={!!entry.write}
                        disabled={!writable[index] && !entry.write}
                        onChange={(on) => put(index, { ...entry, write: on || undefined })}
                      />
                    </td>
                    {columns.map((field) => (
                      <td key={field.name}>
                        {shows(field, type.map, map) && (
                          <FieldControl
                            field={field}
                            value={map[field.name]}
                            invalid={faults.some((p) => p.at?.startsWith(`/map/${field.name}`))}
                            onChange={(value) => set(field.name, value)}
                          />
                        )}
                      </td>
                    ))}
                    <td className="row-actions">
                      {advanced.length > 0 && (
                        <IconButton
                          label={t("northbound:more", { tag: path })}
                          aria-expanded={expanded}
                          onClick={() => fold(path)}
                        >
                          {expanded ? <ChevronDown size={16} aria-hidden /> : <ChevronRight size={16} aria-hidden />}
                        </IconButton>
                      )}
                      <IconButton
                        label={t("northbound:removeTag", { tag: path })}
                        onClick={() => onChange(entries.toSpliced(index, 1))}
                      >
                        <Trash2 size={16} aria-hidden />
                      </IconButton>
                    </td>
                  </tr>
                  {faults.length > 0 && (
                    <tr className="wrong-row">
                      <td colSpan={columns.length + 3}>
                        {faults.map((p) => (
                          <span key={`${p.at} ${p.code}`} className={p.severity === "warning" ? "hint" : "wrong"}>
                            {p.message} {p.hint}
                          </span>
                        ))}
                      </td>
                    </tr>
                  )}
                  {expanded && (
                    <tr>
                      <td colSpan={columns.length + 3}>
                        <SpecForm
                          fields={advanced
                            .map((field) => ({ ...field, advanced: undefined, when: undefined }))
                            .filter((_, i) => {
                              const field = advanced[i];
                              return field && shows(field, type.map, map);
                            })}
                          value={map}
                          onChange={(next) => put(index, { ...entry, map: next })}
                          problems={faults.map((p) => ({ ...p, at: p.at?.replace(/^\/map/, "") }))}
                        />
                      </td>
                    </tr>
                  )}
                </Fragment>
              );
            })}
          </tbody>
        </table>
      )}
      {pages > 1 && (
        <nav className="pager" aria-label={t("northbound:pages")}>
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
      {picking && (
        <ExposePicker
          plant={plant}
          areas={!!type.areas}
          present={new Set(entries.map(exposedPath))}
          onClose={() => setPicking(false)}
          onAdd={(more) => {
            setPicking(false);
            setQuery("");
            setOnlyWrong(false);
            onChange([...entries, ...more]);
          }}
        />
      )}
    </section>
  );
}
