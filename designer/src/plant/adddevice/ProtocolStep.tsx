import type { ConnectorType } from "@lineside/client";
import { useState } from "react";
import { textIn, useT } from "../../i18n";
import { Empty, Icon, SearchInput } from "../../ui";

/** The protocols as cards, with a search that knows what people call them. */
export function ProtocolStep({ types, onChoose }: { types: readonly ConnectorType[]; onChoose(id: string): void }) {
  const t = useT();
  const [query, setQuery] = useState("");
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  const found = types.filter((type) => {
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
