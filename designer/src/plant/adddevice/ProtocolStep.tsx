import type { ConnectorType } from "@lineside/client";
import { useState } from "react";
import { textIn, useT } from "../../i18n";
import { Empty, Icon, SearchInput } from "../../ui";

/** What most people look for comes first; what is not listed stands at the end. */
const order = [
  "opcua",
  "modbus",
  "s7",
  "mqtt",
  "sparkplug",
  "http",
  "push",
  "sql",
  "snmp",
  "file",
  "frame",
  "simulator",
  "replay",
];
const rank = (id: string) => (order.includes(id) ? order.indexOf(id) : order.length);

/** The protocols as cards, with a search that knows what people call them. */
export function ProtocolStep({ types, onChoose }: { types: readonly ConnectorType[]; onChoose(id: string): void }) {
  const t = useT();
  const [query, setQuery] = useState("");
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  const sorted = [...types].sort((a, b) => rank(a.id) - rank(b.id));
  const found = sorted.filter((type) => {
    const also = t(`adddevice:also.${type.id}`);
    const text = [type.id, ...Object.values(type.title), ...Object.values(type.summary ?? {}), also]
      .join(" ")
      .toLowerCase();
    return words.every((word) => text.includes(word));
  });
  return (
    <>
      <SearchInput label={t("adddevice:searchProtocol")} value={query} onChange={setQuery} />
      {found.length === 0 ? (
        <Empty title={t("adddevice:noProtocol")} text={t("adddevice:noProtocolText")} />
      ) : (
        <fieldset className="choices">
          <legend className="visually-hidden">{t("plant:chooseConnector")}</legend>
          {found.map((type) => (
            <button key={type.id} type="button" className="choice" onClick={() => onChoose(type.id)}>
              <span className="app-icon">
                <Icon name={type.icon} size={24} />
              </span>
              <strong>{textIn(type.title)}</strong>
              <span className="muted">{textIn(type.summary)}</span>
            </button>
          ))}
        </fieldset>
      )}
    </>
  );
}
