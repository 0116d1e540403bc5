import type { ConnectorType } from "@lineside/client";
import { ClipboardPaste, Plus, Trash2, Upload } from "lucide-react";
import { useMemo, useRef, useState } from "react";
import { textIn, useT } from "../../i18n";
import { Button, Check, FieldControl, IconButton, Input, Select, shows, TextArea } from "../../ui";
import { columnsOf, emptyRow, type HandRow, pasted, picksOf, types } from "./handrows";
import { type Source, usePresent } from "./source";

/** More rows than a person types; a longer table is imported as a file. */
const mostRows = 500;

/** A table of names and addresses, typed or pasted from a spreadsheet, with the present values beside them. */
export function HandStep({
  source,
  type,
  rows,
  onChange,
}: {
  source: Source;
  type: ConnectorType;
  rows: HandRow[];
  onChange(rows: HandRow[]): void;
}) {
  const t = useT();
  const [pasting, setPasting] = useState(false);
  const [text, setText] = useState("");
  const file = useRef<HTMLInputElement>(null);
  const fields = columnsOf(type);
  const nodes = useMemo(() => picksOf(rows).map((pick) => pick.node), [rows]);
  const values = usePresent(source, nodes, []);
  const set = (i: number, change: Partial<HandRow>) =>
    onChange(rows.map((r, k) => (k === i ? { ...r, ...change } : r)));
  const take = (table: string) => {
    const kept = rows.filter((row) => row.name.trim());
    onChange([...kept, ...pasted(table, type)].slice(0, mostRows));
    setPasting(false);
    setText("");
  };
  return (
    <div className="hand-step">
      <p className="hint">{t("adddevice:handText")}</p>
      <div className="page-tools">
        <Button
          icon={<ClipboardPaste size={16} aria-hidden />}
          aria-expanded={pasting}
          onClick={() => setPasting(!pasting)}
        >
          {t("adddevice:paste")}
        </Button>
        <Button icon={<Upload size={16} aria-hidden />} onClick={() => file.current?.click()}>
          {t("adddevice:csvFile")}
        </Button>
        <input
          ref={file}
          type="file"
          accept=".csv,.txt,.tsv"
          className="visually-hidden"
          tabIndex={-1}
          aria-label={t("adddevice:csvFile")}
          onChange={async (event) => {
            const chosen = event.target.files?.[0];
            if (chosen && chosen.size < 1 << 20) take(await chosen.text());
            event.target.value = "";
          }}
        />
        <span className="grow" />
        <span className="muted">{t("plant:picked", { count: nodes.length })}</span>
      </div>
      {pasting && (
        <div className="paste-box">
          <TextArea
            rows={5}
            aria-label={t("adddevice:pasteHere")}
            placeholder={["name", ...fields.map((f) => f.name), "type", "unit", "writable"].join("\t")}
            value={text}
            onChange={(event) => setText(event.target.value)}
            autoFocus
          />
          <Button disabled={!text.trim()} onClick={() => take(text)}>
            {t("adddevice:takeOver")}
          </Button>
        </div>
      )}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reached by the keyboard */}
      <section className="hand-rows" tabIndex={0} aria-label={t("adddevice:byHand")}>
        <table className="table compact">
          <thead>
            <tr>
              <th>{t("adddevice:name")}</th>
              {fields.map((f) => (
                <th key={f.name}>{textIn(f.title) || f.name}</th>
              ))}
              <th>{t("plant:type")}</th>
              <th>{t("plant:unit")}</th>
              <th>{t("adddevice:writable")}</th>
              <th className="number">{t("plant:value")}</th>
              <th>
                <span className="visually-hidden">{t("plant:actions")}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {rows.map((row, i) => {
              const present = values.get(`hand\n${i}`);
              return (
                // biome-ignore lint/suspicious/noArrayIndexKey: rows have no identity but their place
                <tr key={i}>
                  <td>
                    <Input
                      aria-label={t("adddevice:nameOf", { row: i + 1 })}
                      value={row.name}
                      onChange={(event) => set(i, { name: event.target.value })}
                    />
                  </td>
                  {fields.map((f) => (
                    <td key={f.name}>
                      {shows(f, type.address, row.address) && (
                        <FieldControl
                          field={f}
                          value={row.address[f.name]}
                          onChange={(value) => {
                            const address = { ...row.address };
                            if (value === undefined) delete address[f.name];
                            else address[f.name] = value;
                            set(i, { address });
                          }}
                        />
                      )}
                    </td>
                  ))}
                  <td>
                    <Select
                      aria-label={t("plant:type")}
                      value={row.type}
                      onChange={(value) => set(i, { type: value })}
                      options={types.map((value) => ({ value, label: t(`plant:types.${value}`) }))}
                    />
                  </td>
                  <td>
                    <Input
                      aria-label={t("plant:unit")}
                      value={row.unit}
                      onChange={(event) => set(i, { unit: event.target.value })}
                    />
                  </td>
                  <td>
                    <Check
                      label={<span className="visually-hidden">{t("adddevice:writable")}</span>}
                      checked={row.writable}
                      onChange={(writable) => set(i, { writable })}
                    />
                  </td>
                  <td className="number">
                    <span className={`live-value${present?.bad ? " bad" : ""}`} title={present?.bad}>
                      {present ? (present.bad ? "– –" : String(present.value ?? "")) : ""}
                    </span>
                  </td>
                  <td>
                    <IconButton
                      small
                      label={t("adddevice:removeRow", { row: i + 1 })}
                      onClick={() => onChange(rows.filter((_, k) => k !== i))}
                    >
                      <Trash2 size={14} aria-hidden />
                    </IconButton>
                  </td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </section>
      <Button
        icon={<Plus size={16} aria-hidden />}
        disabled={rows.length >= mostRows}
        onClick={() => {
          // The next row is most often of the same kind.
          const last = rows.at(-1);
          onChange([
            ...rows,
            last ? { ...last, name: "", address: { ...last.address, address: undefined } } : emptyRow(),
          ]);
        }}
      >
        {t("adddevice:addRow")}
      </Button>
    </div>
  );
}
