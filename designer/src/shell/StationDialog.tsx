// The name of the station that this browser is: it stands beside what is done here, in the journal and the audit trail.
import { useState } from "react";
import { useT } from "../i18n";
import { Button, Dialog } from "../ui";
import { TextField } from "./form";

const cookie = "lineside-station";

/** The name of this station, "" for none. */
export function station(): string {
  const found = document.cookie.split("; ").find((part) => part.startsWith(`${cookie}=`));
  try {
    return decodeURIComponent(found?.slice(cookie.length + 1) ?? "");
  } catch {
    return "";
  }
}

function keepStation(name: string): void {
  const years = name ? 10 * 365 * 24 * 3600 : 0;
  // biome-ignore lint/suspicious/noDocumentCookie: the other way is not there on pages without TLS
  document.cookie = `${cookie}=${encodeURIComponent(name)}; path=/; max-age=${years}; samesite=strict`;
}

export function StationDialog({ onClose }: { onClose(): void }) {
  const t = useT();
  const [name, setName] = useState(station);
  const save = () => {
    keepStation(name.trim());
    onClose();
  };
  return (
    <Dialog
      open
      title={t("station:title")}
      onClose={onClose}
      footer={
        <>
          <span className="grow" />
          <Button onClick={onClose}>{t("common:cancel")}</Button>
          <Button look="primary" onClick={save}>
            {t("common:save")}
          </Button>
        </>
      }
    >
      <div className="form">
        <p>{t("station:text")}</p>
        <TextField
          label={t("station:name")}
          value={name}
          onChange={setName}
          onEnter={save}
          maxLength={60}
          placeholder={t("station:example")}
          autoFocus
        />
      </div>
    </Dialog>
  );
}
