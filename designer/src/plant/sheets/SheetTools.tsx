import { ChevronDown, Download, Upload } from "lucide-react";
import { useState } from "react";
import { useT } from "../../i18n";
import { Button, Menu } from "../../ui";
import { ImportDialog } from "./ImportDialog";

/** The buttons by which devices, assets and tags come from and go to spreadsheets. */
export function SheetTools({ onSaved }: { onSaved(): Promise<void> }) {
  const t = useT();
  const [importing, setImporting] = useState(false);
  const save = (file: string) => {
    const link = document.createElement("a");
    link.href = `/api/v1/plant/${file}`;
    link.download = file;
    link.click();
  };
  return (
    <>
      <Button icon={<Upload size={16} aria-hidden />} onClick={() => setImporting(true)}>
        {t("sheets:importButton")}
      </Button>
      <Menu
        entries={[
          { id: "xlsx", label: t("sheets:exports.workbook"), run: () => save("plant.xlsx") },
          { kind: "line", id: "line" },
          { id: "tags", label: t("sheets:exports.tags"), run: () => save("tags.csv") },
          { id: "assets", label: t("sheets:exports.assets"), run: () => save("assets.csv") },
          { id: "devices", label: t("sheets:exports.devices"), run: () => save("devices.csv") },
        ]}
      >
        <Button icon={<Download size={16} aria-hidden />}>
          {t("sheets:exportButton")} <ChevronDown size={14} aria-hidden />
        </Button>
      </Menu>
      {importing && <ImportDialog onClose={() => setImporting(false)} onSaved={onSaved} />}
    </>
  );
}
