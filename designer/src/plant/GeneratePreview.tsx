// What a source gives, before it is saved: properties to tick, rename and correct, and what differs between machines.
import type { Generated, ModelProperty, ThingModel } from "@lineside/client";
import { useDeferredValue, useState } from "react";
import { textIn, useT } from "../i18n";
import { SelectField, TextField } from "../shell/form";
import { Button, Check, Input, SearchInput, Select } from "../ui";
import { UnitInput } from "../units/UnitField";
import type { Row } from "./generatemodel";
import { types } from "./TagParts";

/** So many rows stand on one page. */
const pageSize = 100;

export function GeneratePreview({
  made,
  rows,
  wrong,
  models,
  into,
  name,
  id,
  asset,
  onRows,
  onInto,
  onName,
  onAsset,
  onParameters,
}: {
  made: Generated;
  rows: readonly Row[];
  wrong: ReadonlyMap<string, "there" | "double" | "empty">;
  models: readonly ThingModel[];
  /** The model that is added to, "" for a new one. */
  into: string;
  name: string;
  id: string;
  /** The path of the first asset, undefined when none is made. */
  asset: string | undefined;
  onRows(rows: Row[]): void;
  onInto(id: string): void;
  onName(name: string): void;
  onAsset(path: string | undefined): void;
  onParameters(ids: string[]): void;
}) {
  const t = useT();
  const [query, setQuery] = useState("");
  const [page, setPage] = useState(0);
  const wanted = useDeferredValue(query.trim().toLowerCase());
  const found = rows.filter((r) => !wanted || `${r.key} ${r.property.id}`.toLowerCase().includes(wanted));
  const pages = Math.max(1, Math.ceil(found.length / pageSize));
  const at = Math.min(page, pages - 1);
  const shown = found.slice(at * pageSize, (at + 1) * pageSize);
  const change = (key: string, to: Partial<Row>) => onRows(rows.map((r) => (r.key === key ? { ...r, ...to } : r)));
  const edit = (r: Row, to: Partial<ModelProperty>) => change(r.key, { property: { ...r.property, ...to } });
  const all = found.length > 0 && found.every((r) => r.on);
  const used = made.parameters.filter((p) => p.used).map((p) => p.id);
  const tick = (ids: ReadonlySet<string>, on: boolean) => onRows(rows.map((r) => (ids.has(r.key) ? { ...r, on } : r)));
  return (
    <>
      <div className="field-row">
        <SelectField
          label={t("generate:into")}
          value={into}
          onChange={onInto}
          options={[
            { value: "", label: t("generate:newModel") },
            ...models.map((m) => ({ value: m.id, label: textIn(m.name) || m.id })),
          ]}
        />
        {into === "" && (
          <TextField
            label={t("generate:name")}
            value={name}
            onChange={onName}
            required
            hint={t("generate:nameHint", { id })}
          />
        )}
      </div>
      {made.parameters.length > 0 && (
        <fieldset className="section">
          <legend>{t("generate:parameters")}</legend>
          {made.parameters.map((p) => (
            <Check
              key={p.id}
              label={
                p.id === "device"
                  ? t("generate:deviceDiffers")
                  : t("generate:fieldDiffers", { field: p.field, parameter: p.id })
              }
              checked={!!p.used}
              onChange={(on) => onParameters(on ? [...used, p.id] : used.filter((u) => u !== p.id))}
            />
          ))}
        </fieldset>
      )}
      <div className="page-tools">
        <Check
          label={t("generate:all", { count: found.length })}
          checked={all}
          onChange={(on) => tick(new Set(found.map((r) => r.key)), on)}
        />
        {rows.length > 12 && <SearchInput label={t("generate:search")} value={query} onChange={setQuery} />}
      </div>
      <div className="generate-rows">
        <table className="table">
          <thead>
            <tr>
              <th>
                <span className="visually-hidden">{t("generate:take")}</span>
              </th>
              <th>{t("generate:property")}</th>
              <th>{t("plant:type")}</th>
              <th>{t("plant:unit")}</th>
              <th>{t("generate:range")}</th>
              <th>{t("generate:address")}</th>
            </tr>
          </thead>
          <tbody>
            {shown.map((r) => {
              const fault = wrong.get(r.key);
              return (
                <tr key={r.key} className={r.on && fault !== "there" ? undefined : "muted"}>
                  <td>
                    <input
                      type="checkbox"
                      aria-label={t("generate:takeOne", { id: r.key })}
                      checked={r.on && fault !== "there"}
                      disabled={fault === "there"}
                      onChange={(e) => change(r.key, { on: e.target.checked })}
                    />
                  </td>
                  <td>
                    <Input
                      aria-label={t("generate:idOf", { id: r.key })}
                      aria-invalid={fault === "double" || fault === "empty" ? true : undefined}
                      value={r.property.id}
                      onChange={(e) => edit(r, { id: e.target.value })}
                    />
                    {fault && <small className={fault === "there" ? "muted" : "wrong"}>{t(`generate:${fault}`)}</small>}
                  </td>
                  <td>
                    <Select
                      aria-label={t("generate:typeOf", { id: r.key })}
                      value={r.property.type}
                      onChange={(type) => edit(r, { type: type as ModelProperty["type"], format: undefined })}
                      options={types.map((type) => ({ value: type, label: t(`plant:types.${type}`) }))}
                    />
                  </td>
                  <td>
                    <UnitInput
                      label={t("generate:unitOf", { id: r.key })}
                      value={r.property.unit ?? ""}
                      onChange={(unit) => edit(r, { unit })}
                    />
                  </td>
                  <td>{r.property.range && `${r.property.range.low} … ${r.property.range.high}`}</td>
                  <td className="mono clip" title={JSON.stringify(r.property.address)}>
                    {r.property.address ? JSON.stringify(r.property.address) : t("plant:kinds.memory")}
                  </td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
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
      <Check
        label={t("generate:makeAsset")}
        checked={asset !== undefined}
        onChange={(on) => onAsset(on ? "" : undefined)}
      />
      {asset !== undefined && (
        <TextField
          label={t("generate:assetPath")}
          value={asset}
          onChange={onAsset}
          required
          hint={t("generate:assetHint")}
        />
      )}
    </>
  );
}
