// Publishing: first what changed and what stands against it, then a comment, then where it runs.
import type { ApiError, Change, Problem } from "@lineside/client";
import { ExternalLink } from "lucide-react";
import { useEffect, useState } from "react";
import { loadChanges, publish } from "../design/api";
import { useEditor } from "../design/context";
import { useT } from "../i18n";
import { asApiError } from "../shell/resource";
import { Busy, Button, Dialog, ErrorNote, Note, Row, TextArea } from "../ui";
import { ChangeList } from "./ChangeList";
import { ProblemRows } from "./ProblemsList";

export function PublishDialog({ onClose }: { onClose: () => void }) {
  const t = useT();
  const editor = useEditor();
  const [changes, setChanges] = useState<Change[]>();
  const [problems, setProblems] = useState<Problem[]>([]);
  const [comment, setComment] = useState("");
  const [error, setError] = useState<ApiError>();
  const [busy, setBusy] = useState(false);
  const [revision, setRevision] = useState<number>();

  useEffect(() => {
    let alive = true;
    (async () => {
      try {
        await editor.autosave.flush();
        const found = await loadChanges(editor.installation);
        if (!alive) return;
        setChanges(found.changes);
        setProblems(found.problems);
      } catch (e) {
        if (alive) setError(asApiError(e));
      }
    })();
    return () => {
      alive = false;
    };
  }, [editor]);

  const errors = problems.filter((p) => p.severity !== "warning");
  const send = async () => {
    setBusy(true);
    setError(undefined);
    try {
      if (!(await editor.autosave.flush())) return;
      setRevision(await publish(editor.installation, comment.trim(), editor.autosave.etag));
    } catch (e) {
      const failed = asApiError(e);
      setError(failed);
      if (failed.problems.length > 0) setProblems(failed.problems);
    } finally {
      setBusy(false);
    }
  };
  const run = `/run/${encodeURIComponent(editor.installation)}`;
  if (revision !== undefined)
    return (
      <Dialog
        open
        onClose={onClose}
        title={t("design:publish.done", { revision })}
        footer={
          <>
            <Button onClick={onClose}>{t("common:close")}</Button>
            <a className="button primary" href={run} target="_blank" rel="noreferrer">
              <ExternalLink size={14} aria-hidden /> {t("design:publish.open")}
            </a>
          </>
        }
      >
        <Note kind="good" title={t("design:publish.doneText")}>
          <span className="mono">{new URL(run, location.href).href}</span>
        </Note>
      </Dialog>
    );
  return (
    <Dialog
      open
      onClose={onClose}
      size="wide"
      title={t("design:publish.title")}
      text={t("design:publish.text")}
      footer={
        <>
          <Button onClick={onClose}>{t("common:cancel")}</Button>
          <Button look="primary" disabled={busy || !changes || errors.length > 0} onClick={() => void send()}>
            {t("design:top.publish")}
          </Button>
        </>
      }
    >
      <ErrorNote error={error} />
      {!changes && !error && <Busy />}
      {problems.length > 0 && (
        <section>
          <h3>{errors.length > 0 ? t("design:publish.errors") : t("design:publish.warnings")}</h3>
          <ProblemRows problems={problems} onJump={onClose} />
        </section>
      )}
      {changes && (
        <section>
          <h3>{t("design:publish.changes", { count: changes.length })}</h3>
          {changes.length === 0 && <p className="muted">{t("design:publish.nothing")}</p>}
          {changes.length > 0 && <ChangeList changes={changes} />}
        </section>
      )}
      <Row label={t("design:publish.comment")} help={t("design:publish.commentHelp")}>
        {(id) => (
          <TextArea id={id} rows={2} maxLength={500} value={comment} onChange={(e) => setComment(e.target.value)} />
        )}
      </Row>
    </Dialog>
  );
}
