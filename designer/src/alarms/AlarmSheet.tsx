import { Download, FileSpreadsheet } from "lucide-react";
import { useState } from "react";
import { useT } from "../i18n";
import { ImportDialog } from "../plant/sheets/ImportDialog";
import { useMay } from "../shell/me";
import { Button } from "../ui";

/** All alarms that are declared as one table: to take along, to compare with the plant, and to take over. */
export function AlarmSheet() {
  const t = useT();
  const may = useMay("design");
  const [open, setOpen] = useState(false);
  return (
    <section className="page-section" aria-label={t("alarmsheet:heading")}>
      <p>{t("alarmsheet:about")}</p>
      <div className="page-tools">
        <a className="button" href="/api/v1/alarms/sheet.xlsx" download>
          <Download size={16} aria-hidden /> {t("alarmsheet:xlsx")}
        </a>
        <a className="button" href="/api/v1/alarms/sheet.csv" download>
          <Download size={16} aria-hidden /> {t("alarmsheet:csv")}
        </a>
        {may && (
          <Button look="primary" icon={<FileSpreadsheet size={16} aria-hidden />} onClick={() => setOpen(true)}>
            {t("alarmsheet:compare")}
          </Button>
        )}
      </div>
      {open && <ImportDialog alarms onClose={() => setOpen(false)} onSaved={async () => {}} />}
    </section>
  );
}
