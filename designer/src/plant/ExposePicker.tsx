import type { Exposed, Plant, PlantAreaPage, TagState } from "@lineside/client";
import { useEffect, useState } from "react";
import { findTags } from "../design/api";
import { useT } from "../i18n";
import { ProblemList } from "../shell/form";
import { asApiError } from "../shell/resource";
import { Button, Check, Dialog, SearchInput, Segmented } from "../ui";
import { useFound } from "./plantapi";

/** How many tags are asked for at a time. */
const chunk = 200;

/** What belongs to an app, or to a part of the runtime that is no device, cannot be exposed. */
const exposable = (path: string) =>
  !path.startsWith("apps/") && (!path.startsWith("system/") || path.startsWith("system/device/"));

/** Chooses any number of tags, those of assets among them, or areas as a whole. */
export function ExposePicker({
  plant,
  areas,
  present,
  onClose,
  onAdd,
}: {
  plant: Plant;
  /** Areas can be exposed as a whole. */
  areas: boolean;
  /** What is exposed already. */
  present: ReadonlySet<string>;
  onClose(): void;
  onAdd(entries: Exposed[]): void;
}) {
  const t = useT();
  const [mode, setMode] = useState<"tags" | "areas">("tags");
  const [query, setQuery] = useState("");
  const [tags, setTags] = useState<TagState[]>();
  const [next, setNext] = useState("");
  const [error, setError] = useState<ReturnType<typeof asApiError>>();
  const [picked, setPicked] = useState<ReadonlyMap<string, "tag" | "area">>(new Map());

  useEffect(() => {
    const stop = new AbortController();
    const timer = setTimeout(
      () =>
        findTags(query.trim(), chunk, "", stop.signal).then(
          (answer) => {
            setTags(answer.tags);
            setNext(answer.next);
            setError(undefined);
          },
          (e) => !stop.signal.aborted && setError(asApiError(e)),
        ),
      query ? 200 : 0,
    );
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }, [query]);

  const more = async () => {
    try {
      const answer = await findTags(query.trim(), chunk, next);
      setTags([...(tags ?? []), ...answer.tags]);
      setNext(answer.next);
    } catch (e) {
      setError(asApiError(e));
    }
  };

  const asked = new URLSearchParams({ q: query.trim(), limit: "500" });
  const { data: found } = useFound<PlantAreaPage>(mode === "areas" ? `/plant/areas?${asked}` : undefined, plant);
  const rows =
    mode === "tags"
      ? (tags ?? [])
          .filter((tag) => exposable(tag.path) && tag.type !== "json")
          .map((tag) => ({ path: tag.path, text: tag.title ?? "", note: t(`plant:types.${tag.type}`) }))
      : (found?.areas ?? []).map(({ path }) => ({ path, text: "", note: "" }));
  const as = mode === "tags" ? "tag" : "area";
  const free = rows.filter((row) => !present.has(row.path));
  const set = (paths: string[], on: boolean) => {
    const now = new Map(picked);
    for (const path of paths) {
      if (on) now.set(path, as);
      else now.delete(path);
    }
    setPicked(now);
  };

  return (
    <Dialog
      open
      size="wide"
      title={t("northbound:pick")}
      text={t(mode === "tags" ? "northbound:pickText" : "northbound:pickAreasText")}
      onClose={onClose}
      footer={
        <>
          <span className="grow muted" aria-live="polite">
            {t("northbound:picked", { count: picked.size })}
          </span>
          <Button onClick={onClose}>{t("common:cancel")}</Button>
          <Button
            look="primary"
            disabled={picked.size === 0}
            onClick={() => onAdd([...picked].map(([path, kind]) => (kind === "tag" ? { tag: path } : { area: path })))}
          >
            {t("northbound:addPicked", { count: picked.size })}
          </Button>
        </>
      }
    >
      <div className="page-tools">
        <SearchInput autoFocus label={t("northbound:pickSearch")} value={query} onChange={setQuery} />
        {areas && (
          <Segmented
            label={t("northbound:pick")}
            value={mode}
            onChange={(value) => setMode(value as "tags" | "areas")}
            options={[
              { value: "tags", label: t("northbound:pickTags") },
              { value: "areas", label: t("northbound:pickAreas") },
            ]}
          />
        )}
        <span className="grow" />
        {free.length > 0 && (
          <Check
            label={t("northbound:pickAll")}
            checked={free.every((row) => picked.has(row.path))}
            onChange={(on) =>
              set(
                free.map((row) => row.path),
                on,
              )
            }
          />
        )}
      </div>
      {error && <ProblemList problems={[error]} />}
      <ul className="expose-list">
        {rows.map((row) => (
          <li key={row.path}>
            <Check
              label={
                <>
                  <bdi>{row.path}</bdi> {row.text && <span className="muted">{row.text}</span>}
                </>
              }
              checked={present.has(row.path) || picked.has(row.path)}
              disabled={present.has(row.path)}
              onChange={(on) => set([row.path], on)}
            />
            <span className="muted">{present.has(row.path) ? t("northbound:there") : row.note}</span>
          </li>
        ))}
      </ul>
      {tags && rows.length === 0 && <p className="muted">{t("northbound:pickNone")}</p>}
      {mode === "tags" && next && <Button onClick={() => void more()}>{t("northbound:pickMore")}</Button>}
    </Dialog>
  );
}
