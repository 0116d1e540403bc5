// The parameters and commands of a model, a row each.
import type { Device, ModelCommand, ModelParameter, ModelProperty } from "@lineside/client";
import { Plus, Trash2 } from "lucide-react";
import { language, textIn, useT } from "../i18n";
import { Button, IconButton, Input, Select } from "../ui";
import { clean } from "./TagParts";
import { ValueCell } from "./ValueField";

const kinds = ["string", "int", "float", "bool", "device"] as const;

/** A free name: base, base2, base3, … */
export function freeId(base: string, taken: readonly { id: string }[]): string {
  let id = base;
  for (let n = 2; taken.some((x) => x.id === id); n++) id = `${base}${n}`;
  return id;
}

function Wrong({ texts }: { texts: (string | undefined)[] }) {
  const said = texts.filter(Boolean);
  return said.length ? (
    <div className="wrong" role="alert">
      {said.join(" ")}
    </div>
  ) : null;
}

/** What differs from one asset to the next. */
export function ParameterRows(props: {
  rows: ModelParameter[];
  inherited: readonly ModelParameter[];
  devices: readonly Device[];
  onChange(rows: ModelParameter[]): void;
  wrong(at: string): string | undefined;
}) {
  const t = useT();
  const lang = language();
  const { rows, onChange } = props;
  const set = (index: number, change: Partial<ModelParameter>) =>
    onChange(rows.map((row, i) => (i === index ? { ...row, ...change } : row)));
  const inherited = props.inherited.filter((p) => !rows.some((row) => row.id === p.id));
  return (
    <div className="form">
      <p className="hint">{t("assets:parametersHint")}</p>
      {rows.length + inherited.length > 0 && (
        <table className="table edit-table">
          <thead>
            <tr>
              <th>{t("assets:id")}</th>
              <th>{t("plant:type")}</th>
              <th>{t("plant:title")}</th>
              <th>{t("assets:default")}</th>
              <th>{t("assets:required")}</th>
              <th>
                <span className="visually-hidden">{t("plant:actions")}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {rows.map((row, i) => {
              const at = `/parameters/${i}`;
              const name = (key: string) => `${t(key)} ${i + 1}`;
              return (
                // biome-ignore lint/suspicious/noArrayIndexKey: the id is what is being edited
                <tr key={i}>
                  <td>
                    <Input
                      aria-label={name("assets:id")}
                      aria-invalid={props.wrong(`${at}/id`) ? true : undefined}
                      value={row.id}
                      onChange={(event) => set(i, { id: event.target.value })}
                    />
                    <Wrong texts={[props.wrong(`${at}/id`), props.wrong(`${at}/type`), props.wrong(`${at}/default`)]} />
                  </td>
                  <td>
                    <Select
                      aria-label={name("plant:type")}
                      value={row.type}
                      onChange={(type) => set(i, { type: type as ModelParameter["type"], default: undefined })}
                      options={kinds.map((value) => ({ value, label: t(`assets:kinds.${value}`) }))}
                    />
                  </td>
                  <td>
                    <Input
                      aria-label={name("plant:title")}
                      value={row.title?.[lang] ?? ""}
                      onChange={(event) => set(i, { title: clean({ ...row.title, [lang]: event.target.value }) })}
                    />
                  </td>
                  <td>
                    <ValueCell
                      key={row.type}
                      label={name("assets:default")}
                      type={row.type}
                      value={row.default}
                      devices={props.devices}
                      onChange={(value) => set(i, { default: value })}
                      error={props.wrong(`${at}/default`)}
                    />
                  </td>
                  <td>
                    <input
                      type="checkbox"
                      aria-label={name("assets:required")}
                      checked={!!row.required}
                      onChange={(event) => set(i, { required: event.target.checked || undefined })}
                    />
                  </td>
                  <td className="row-actions">
                    <IconButton
                      label={t("assets:removeRow", { id: row.id || i + 1 })}
                      onClick={() => onChange(rows.toSpliced(i, 1))}
                    >
                      <Trash2 size={16} aria-hidden />
                    </IconButton>
                  </td>
                </tr>
              );
            })}
            {inherited.map((p) => (
              <tr key={p.id} className="muted">
                <td className="mono">{p.id}</td>
                <td>{t(`assets:kinds.${p.type}`)}</td>
                <td>{textIn(p.title)}</td>
                <td>{p.default === undefined ? "" : String(p.default)}</td>
                <td>{p.required ? t("common:yes") : ""}</td>
                <td className="row-actions">{t("assets:inherited")}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <div>
        <Button
          icon={<Plus size={16} aria-hidden />}
          onClick={() => onChange([...rows, { id: freeId("parameter", rows), type: "int" }])}
        >
          {t("assets:addParameter")}
        </Button>
      </div>
    </div>
  );
}

/** What an asset can be told to do. */
export function CommandRows(props: {
  rows: ModelCommand[];
  properties: readonly ModelProperty[];
  onChange(rows: ModelCommand[]): void;
  wrong(at: string): string | undefined;
}) {
  const t = useT();
  const lang = language();
  const { rows, onChange } = props;
  const writable = props.properties.filter((p) => p.write);
  const set = (index: number, change: Partial<ModelCommand>) =>
    onChange(rows.map((row, i) => (i === index ? { ...row, ...change } : row)));
  const begin = () => {
    const property = writable[0];
    if (!property) return;
    onChange([...rows, { id: freeId("command", rows), property: property.id, value: nothing(property.type) }]);
  };
  return (
    <div className="form">
      <p className="hint">{writable.length ? t("assets:commandsHint") : t("assets:commandsNone")}</p>
      {rows.length > 0 && (
        <table className="table edit-table">
          <thead>
            <tr>
              <th>{t("assets:id")}</th>
              <th>{t("plant:title")}</th>
              <th>{t("assets:writes")}</th>
              <th>{t("plant:value")}</th>
              <th>{t("plant:confirm")}</th>
              <th>
                <span className="visually-hidden">{t("plant:actions")}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {rows.map((row, i) => {
              const at = `/commands/${i}`;
              const name = (key: string) => `${t(key)} ${i + 1}`;
              const type = props.properties.find((p) => p.id === row.property)?.type ?? "string";
              const choices = [...new Set([...writable.map((p) => p.id), row.property])];
              return (
                // biome-ignore lint/suspicious/noArrayIndexKey: the id is what is being edited
                <tr key={i}>
                  <td>
                    <Input
                      aria-label={name("assets:id")}
                      aria-invalid={props.wrong(`${at}/id`) ? true : undefined}
                      value={row.id}
                      onChange={(event) => set(i, { id: event.target.value })}
                    />
                    <Wrong texts={["id", "property", "value"].map((key) => props.wrong(`${at}/${key}`))} />
                  </td>
                  <td>
                    <Input
                      aria-label={name("plant:title")}
                      value={row.title?.[lang] ?? ""}
                      onChange={(event) => set(i, { title: clean({ ...row.title, [lang]: event.target.value }) })}
                    />
                  </td>
                  <td>
                    <Select
                      aria-label={name("assets:writes")}
                      value={row.property}
                      onChange={(property) =>
                        set(i, { property, value: nothing(props.properties.find((p) => p.id === property)?.type) })
                      }
                      options={choices.map((value) => ({ value, label: value }))}
                    />
                  </td>
                  <td>
                    <ValueCell
                      key={type}
                      label={name("plant:value")}
                      type={type}
                      value={row.value}
                      onChange={(value) => set(i, { value: value ?? nothing(type) })}
                      error={props.wrong(`${at}/value`)}
                    />
                  </td>
                  <td>
                    <Select
                      aria-label={name("plant:confirm")}
                      value={row.confirm ?? ""}
                      onChange={(confirm) => set(i, { confirm: (confirm || undefined) as ModelCommand["confirm"] })}
                      options={[
                        { value: "", label: t("assets:asProperty") },
                        ...(["none", "ask", "reason"] as const).map((value) => ({
                          value,
                          label: t(`plant:confirms.${value}`),
                        })),
                      ]}
                    />
                  </td>
                  <td className="row-actions">
                    <IconButton
                      label={t("assets:removeRow", { id: row.id || i + 1 })}
                      onClick={() => onChange(rows.toSpliced(i, 1))}
                    >
                      <Trash2 size={16} aria-hidden />
                    </IconButton>
                  </td>
                </tr>
              );
            })}
          </tbody>
        </table>
      )}
      {writable.length > 0 && (
        <div>
          <Button icon={<Plus size={16} aria-hidden />} onClick={begin}>
            {t("assets:addCommand")}
          </Button>
        </div>
      )}
    </div>
  );
}

function nothing(type: string | undefined): string | number | boolean {
  if (type === "bool") return true;
  return type === "int" || type === "float" ? 0 : "";
}
