// Choosing an area of the plant: the levels of the paths of tags and assets, found by the server as one types.
import type { PlantAreaPage } from "@lineside/client";
import { useEffect, useId, useState } from "react";
import { useT } from "../i18n";
import { ErrorNote, Row, SearchInput } from "../ui";
import { useFound } from "./plantapi";
import "./datalist.css";

const most = 100;

/** A list of areas to choose one from; the first is chosen until somebody has. */
export function AreaPicker(props: { label: string; value: string; onChange(path: string): void; tags?: boolean }) {
  const t = useT();
  const id = useId();
  const [query, setQuery] = useState("");
  const asked = new URLSearchParams({ q: query.trim(), limit: String(most) });
  const { data, error } = useFound<PlantAreaPage>(`/plant/areas?${asked}`, undefined);
  const areas = (data?.areas ?? []).filter((area) => !props.tags || area.tags > 0);
  const { value, onChange } = props;
  const first = areas[0]?.path;
  useEffect(() => {
    if (!value && first) onChange(first);
  }, [value, first, onChange]);
  const at = areas.findIndex((area) => area.path === value);
  return (
    <Row label={props.label} help={value && at < 0 ? t("tags:chosenArea", { path: value }) : undefined}>
      {() => (
        <div className="area-picker">
          <SearchInput
            label={t("tags:searchAreas")}
            value={query}
            onChange={setQuery}
            onKeyDown={(e) => {
              const next = e.key === "ArrowDown" ? at + 1 : e.key === "ArrowUp" ? at - 1 : -1;
              const area = areas[next];
              if (!area) return;
              onChange(area.path);
              e.preventDefault();
            }}
          />
          <ErrorNote error={error} />
          <div className="pick-list" role="listbox" aria-label={props.label} aria-describedby={id}>
            {areas.map((area) => (
              <button
                type="button"
                key={area.path}
                role="option"
                aria-selected={area.path === value}
                ref={area.path === value ? (el) => el?.scrollIntoView({ block: "nearest" }) : undefined}
                className="plain pick-row"
                onClick={() => onChange(area.path)}
              >
                <span className="grow">{area.path}</span>
                <span className="muted">{t("bind:plant.tags", { count: area.tags })}</span>
              </button>
            ))}
            {data && areas.length === 0 && <p className="muted">{t("tags:noArea")}</p>}
          </div>
          <span id={id} className="hint">
            {data && data.total > areas.length ? t("tags:moreAreas", { count: data.total - areas.length }) : ""}
          </span>
        </div>
      )}
    </Row>
  );
}
