import { Upload } from "lucide-react";
import { useRef, useState } from "react";
import { useT } from "../../i18n";
import { Button, TextArea } from "../../ui";
import { BrowseStep } from "./BrowseStep";
import type { Picked } from "./naming";
import type { Source } from "./source";

const example = `name,address,type,unit,scale,writable
pump/speed,40001,uint16,1/min,,
pump/pressure,30010,float32,bar,,
pump/run,00001,bool,,,yes`;

/** The register map of a Modbus device: pasted or uploaded as CSV, it becomes a tree to browse. */
export function MapStep({
  source,
  map,
  onMap,
  picked,
  onPick,
}: {
  source: Source;
  map: string;
  onMap(map: string): void;
  picked: ReadonlyMap<string, Picked>;
  onPick(next: ReadonlyMap<string, Picked>): void;
}) {
  const t = useT();
  const [text, setText] = useState(map);
  const [editing, setEditing] = useState(!map);
  const file = useRef<HTMLInputElement>(null);
  const use = (csv: string) => {
    setText(csv);
    onMap(csv);
    onPick(new Map());
    setEditing(!csv.trim());
  };
  return (
    <div className="map-step">
      {editing ? (
        <>
          <p className="hint">{t("adddevice:mapText")}</p>
          <TextArea
            rows={8}
            className="mono"
            aria-label={t("adddevice:map")}
            placeholder={example}
            value={text}
            onChange={(event) => setText(event.target.value)}
          />
        </>
      ) : (
        <BrowseStep key={map} source={source} picked={picked} onPick={onPick} />
      )}
      <div className="page-tools">
        {editing ? (
          <>
            <Button disabled={!text.trim()} onClick={() => use(text)}>
              {t("adddevice:useMap")}
            </Button>
            {text.trim() === "" && <Button onClick={() => setText(example)}>{t("adddevice:mapExample")}</Button>}
          </>
        ) : (
          <Button onClick={() => setEditing(true)}>{t("adddevice:editMap")}</Button>
        )}
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
            if (chosen && chosen.size < 4 << 20) use(await chosen.text());
            event.target.value = "";
          }}
        />
      </div>
    </div>
  );
}
