import type { ArchivedReport } from "@lineside/client";
import { Download } from "lucide-react";
import { useT } from "../i18n";

const formats = ["pdf", "xlsx", "csv"];

/** The files of a report that was made. */
export function Files({ run }: { run: ArchivedReport }) {
  const t = useT();
  return (
    <span className="report-files">
      {formats.map((format) => (
        <a
          key={format}
          className="button"
          href={`/api/v1/report-runs/${run.id}/file/${format}`}
          download
          aria-label={t("reports:download", { format: format.toUpperCase() })}
        >
          <Download size={14} aria-hidden /> {format.toUpperCase()}
        </a>
      ))}
    </span>
  );
}
