import type { Problem, SheetImport } from "@lineside/client";
import { request } from "@lineside/client";
import { useState } from "react";
import { useT } from "../i18n";
import { ProblemList, problemsOf } from "../shell/form";
import { asApiError } from "../shell/resource";
import { Button, Dialog } from "../ui";

/** Imports tags from CSV: nothing is changed until the preview was seen and agreed to. */
export function ImportDialog({ onClose, onSaved }: { onClose(): void; onSaved(): Promise<void> }) {
  const t = useT();
  const [file, setFile] = useState<File>();
  const [preview, setPreview] = useState<SheetImport>();
  const [problems, setProblems] = useState<Problem[]>([]);
  const [busy, setBusy] = useState(false);

  const send = async (chosen: File, dry: boolean) => {
    setBusy(true);
    setProblems([]);
    try {
      const { data } = await request<SheetImport>("POST", `/plant/import?dry=${dry}&policy=overwrite`, chosen);
      if (dry) return setPreview(data);
      await onSaved();
      onClose();
    } catch (error) {
      const failure = asApiError(error);
      setProblems(problemsOf(failure));
    } finally {
      setBusy(false);
    }
  };

  const faults = preview?.problems?.length ?? 0;
  return (
    <Dialog
      open
      title={t("plant:importCsv")}
      size="wide"
      onClose={onClose}
      footer={
        <Button
          look="primary"
          disabled={!file || !preview || busy || faults > 0 || preview.added + preview.changed === 0}
          onClick={() => file && send(file, false)}
        >
          {t("plant:importNow")}
        </Button>
      }
    >
      <p className="muted">{t("plant:importText")}</p>
      <input
        type="file"
        accept=".csv,text/csv"
        aria-label={t("plant:csvFile")}
        onChange={(event) => {
          const chosen = event.target.files?.[0];
          setFile(chosen);
          setPreview(undefined);
          if (chosen) void send(chosen, true);
        }}
      />
      {busy && <p className="muted">{t("common:loading")}</p>}
      {preview && (
        <dl className="figures">
          <div>
            <dt>{t("plant:added")}</dt>
            <dd>{preview.added}</dd>
          </div>
          <div>
            <dt>{t("plant:changed")}</dt>
            <dd>{preview.changed}</dd>
          </div>
          <div>
            <dt>{t("plant:unchanged")}</dt>
            <dd>{preview.unchanged}</dd>
          </div>
          <div>
            <dt>{t("plant:faults")}</dt>
            <dd>{faults}</dd>
          </div>
        </dl>
      )}
      {preview && preview.rows.length > 0 && (
        <div className="preview-rows">
          <table className="table">
            <thead>
              <tr>
                <th className="number">{t("plant:rowNumber")}</th>
                <th>{t("plant:path")}</th>
                <th>{t("plant:change")}</th>
              </tr>
            </thead>
            <tbody>
              {preview.rows.map((row) => (
                <tr key={row.row}>
                  <td className="number">{row.row}</td>
                  <td>{row.path}</td>
                  <td>
                    {row.action === "added"
                      ? t("plant:addedRow")
                      : row.cells?.map((cell) => (
                          <div key={cell.name}>
                            <code>{cell.name}</code> <del>{cell.old}</del> → <ins>{cell.new || t("plant:emptied")}</ins>
                          </div>
                        ))}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
          {preview.added + preview.changed > preview.rows.length && (
            <p className="muted">
              {t("plant:moreRows", { count: preview.added + preview.changed - preview.rows.length })}
            </p>
          )}
        </div>
      )}
      {faults > 0 && (
        <ProblemList
          problems={(preview?.problems ?? []).map((p) =>
            p.row ? { ...p, message: `${t("plant:row", { row: p.row })} ${p.message}` } : p,
          )}
        />
      )}
      {problems.length > 0 && <ProblemList problems={problems} />}
    </Dialog>
  );
}
