// What is looked at, as a file.
import { type ReactNode, useState } from "react";
import { bounds, type Span } from "../../../widgets/plot/span";
import { useT } from "../i18n";
import { Button, Menu } from "../ui";
import { ExportDialog } from "./ExportDialog";

const formats = ["csv", "xlsx"] as const;

export function ExportLink({ paths, span, icon }: { paths: readonly string[]; span: Span; icon: ReactNode }) {
  const t = useT();
  const load = (format: string) => {
    const { from, to } = bounds(span, Date.now());
    const query = new URLSearchParams({ from: String(Math.floor(from)), to: String(Math.ceil(to)) });
    for (const path of paths) query.append("tag", path);
    const link = document.createElement("a");
    link.href = `/api/v1/history.${format}?${query}`;
    link.download = `history.${format}`;
    link.click();
  };
  const [asking, setAsking] = useState<{ from: number; to: number }>();
  if (paths.length === 0) return null;
  return (
    <>
      <Menu
        align="end"
        entries={[
          ...formats.map((format) => ({
            id: format,
            label: t(`trends:formats.${format}`),
            run: () => load(format),
          })),
          { id: "more", label: t("export:more"), run: () => setAsking(bounds(span, Date.now())) },
        ]}
      >
        <Button icon={icon}>{t("trends:export")}</Button>
      </Menu>
      {asking && <ExportDialog paths={paths} {...asking} onClose={() => setAsking(undefined)} />}
    </>
  );
}
