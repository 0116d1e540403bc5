// Exports of the history that are made by schedule.
import type {
  ExportJobs,
  ExportQuery,
  ExportRun,
  KnownTarget,
  Problem,
  ScheduledExport,
  StoredFile,
} from "@lineside/client";
import { request } from "@lineside/client";
import { FolderOpen, Play, Table2 } from "lucide-react";
import { useEffect, useState } from "react";
import { useLanguage, useT } from "../i18n";
import { NumberField, ProblemList, problemsOf, SelectField, Status, TextField } from "../shell/form";
import { attempt, DownloadLink, ListSection, ListTable, RowActions, useRows } from "../shell/list";
import { asApiError, useResource } from "../shell/resource";
import { useTime } from "../shell/time";
import { amount } from "../storage/amount";
import { Busy, Button, Dialog, Empty, IconButton, ScheduleField } from "../ui";
import { choices } from "./Backup";
import { AddressField, clean, ExportFields } from "./ExportFields";
import { targetName } from "./Targets";
import "./backup.css";

/** The tab of scheduled exports. */
export function Exports() {
  const t = useT();
  const time = useTime();
  const [busy, setBusy] = useState(false);
  const jobs = useResource<ExportJobs>("/exports", busy ? 1000 : 15_000);
  const targets = useResource<{ targets: KnownTarget[] }>("/targets");
  const rows = useRows<ScheduledExport>();
  const [showing, setShowing] = useState<ScheduledExport>();
  const places = targets.data?.targets ?? [];
  const running = !!jobs.data?.jobs.some((job) => job.last?.state === "running");
  useEffect(() => setBusy(running), [running]);
  const act = async (method: string, job: ScheduledExport, what = "") => {
    await request(method, `/exports/${encodeURIComponent(job.id)}${what}`);
    await jobs.reload();
  };
  const remove = (job: ScheduledExport) =>
    rows.remove({ title: t("export:removeOne", { name: job.title || job.id }), text: t("export:removeText") }, () =>
      act("DELETE", job),
    );
  return (
    <ListSection
      label={t("export:title")}
      count={jobs.data?.jobs.length}
      error={jobs.error}
      add={{ label: t("export:add"), onClick: rows.add }}
      empty={{ icon: <Table2 size={32} aria-hidden />, title: t("export:none"), text: t("export:noneText") }}
      more={
        <>
          {rows.editing && (
            <JobDialog
              job={rows.present}
              places={places}
              onClose={rows.close}
              onSaved={async () => {
                await jobs.reload();
                rows.close();
              }}
            />
          )}
          {showing && <FilesDialog job={showing} onClose={() => setShowing(undefined)} />}
          {rows.question}
        </>
      }
    >
      <ListTable
        label={t("export:title")}
        columns={[t("export:name"), t("export:to"), t("export:next"), t("export:last")]}
      >
        {jobs.data?.jobs.map((job) => {
          const name = job.title || job.id;
          const to = [job.target && targetName(t, places, job.target), ...(job.mailTo ?? [])].filter(Boolean);
          return (
            <tr key={job.id}>
              <td>
                {name}
                <div className="muted">
                  {t(`export:formats.${job.query.format}`)}
                  {job.query.period && ` · ${t(`export:periods.${job.query.period}`)}`}
                </div>
              </td>
              <td className="clip" title={to.join(", ")}>
                {to.join(", ")}
              </td>
              <td>{job.next ? time(job.next) : t("backup:byHand")}</td>
              <td>
                <RunState run={job.last} />
              </td>
              <RowActions
                edit={{ label: t("export:editOne", { name }), onClick: () => rows.edit(job) }}
                remove={{ label: t("export:removeOne", { name }), onClick: () => void remove(job) }}
              >
                <IconButton
                  label={t("export:runOne", { name })}
                  onClick={() => void attempt(() => act("POST", job, "/run"))}
                >
                  <Play size={16} aria-hidden />
                </IconButton>
                {job.target && (
                  <IconButton label={t("export:filesOf", { name })} onClick={() => setShowing(job)}>
                    <FolderOpen size={16} aria-hidden />
                  </IconButton>
                )}
              </RowActions>
            </tr>
          );
        })}
      </ListTable>
    </ListSection>
  );
}

/** What has become of the last run. */
function RunState({ run }: { run?: ExportRun }) {
  const t = useT();
  const lang = useLanguage();
  const time = useTime();
  if (!run) return <span className="muted">{t("export:notYet")}</span>;
  if (run.state === "running")
    return (
      <div className="backup-progress" role="status">
        <progress aria-label={t("export:progress")} max={1} value={run.part} />
        <span className="number">{Math.floor(100 * run.part)} %</span>
      </div>
    );
  const rows = new Intl.NumberFormat(lang).format(run.rows);
  return (
    <>
      <Status state={run.state === "done" ? "connected" : "lost"} label={t(`export:states.${run.state}`)} />{" "}
      {time(run.started)}
      <div className="muted selectable">
        {run.state === "done" ? t("export:made", { rows, size: amount(run.size, lang) }) : run.error}
      </div>
    </>
  );
}

const fresh: {
  id: string;
  title: string;
  query: ExportQuery;
  schedule: string;
  target: string;
  mailTo: string[];
  keep: number;
} = {
  id: "",
  title: "",
  query: { tags: [], period: "yesterday", step: "15m", functions: ["avg"], layout: "wide", format: "xlsx" },
  schedule: "15 0 * * *",
  target: "local",
  mailTo: [],
  keep: 31,
};

function JobDialog(props: {
  job?: ScheduledExport;
  places: readonly KnownTarget[];
  onClose(): void;
  onSaved(): Promise<void>;
}) {
  const t = useT();
  const [job, setJob] = useState({ ...fresh, ...props.job });
  const [problems, setProblems] = useState<Problem[]>([]);
  const wrong = (at: string) => problems.find((p) => p.at?.startsWith(at))?.message;
  const save = async () => {
    const { title, query, schedule, target, mailTo, keep } = job;
    const body = { title, query: clean(query), schedule, target, mailTo: mailTo.filter(Boolean), keep };
    try {
      await request("PUT", `/exports/${encodeURIComponent(job.id)}`, body);
      await props.onSaved();
    } catch (error) {
      setProblems(problemsOf(asApiError(error)));
    }
  };
  const placed = ["/id", "/schedule", "/target", "/mailTo", "/query/tags", "/query/period", "/query/step"];
  const elsewhere = problems.filter((p) => !placed.some((at) => p.at?.startsWith(at)));
  return (
    <Dialog
      open
      size="wide"
      title={t(props.job ? "export:change" : "export:add")}
      onClose={props.onClose}
      footer={
        <>
          <Button onClick={props.onClose}>{t("common:cancel")}</Button>
          <Button look="primary" disabled={!job.id} onClick={save}>
            {t("common:save")}
          </Button>
        </>
      }
    >
      <div className="export-fields">
        {!props.job && (
          <TextField
            label={t("backup:id")}
            hint={t("export:idHint")}
            required
            value={job.id}
            onChange={(id) => setJob({ ...job, id })}
            error={wrong("/id")}
          />
        )}
        <TextField label={t("export:name")} value={job.title} onChange={(title) => setJob({ ...job, title })} />
      </div>
      <ExportFields query={job.query} onChange={(query) => setJob({ ...job, query })} problems={problems} at="/query" />
      <ScheduleField
        label={t("backup:when")}
        optional
        value={job.schedule}
        onChange={(schedule) => setJob({ ...job, schedule })}
        error={wrong("/schedule")}
      />
      <div className="export-fields">
        <SelectField
          label={t("backup:place")}
          value={job.target}
          onChange={(target) => setJob({ ...job, target })}
          options={[{ value: "", label: t("export:noTarget") }, ...choices(t, props.places)]}
          error={wrong("/target")}
        />
        <NumberField
          label={t("backup:keep")}
          hint={t("export:keepHint")}
          value={job.keep || undefined}
          onChange={(keep) => setJob({ ...job, keep: keep ?? 0 })}
          min={1}
          max={10000}
          integer
        />
      </div>
      <AddressField
        label={t("export:mailTo")}
        hint={t("export:mailHint")}
        value={job.mailTo}
        onChange={(mailTo) => setJob({ ...job, mailTo })}
        error={wrong("/mailTo")}
      />
      {elsewhere.length > 0 && <ProblemList problems={elsewhere} />}
    </Dialog>
  );
}

/** What an export has made that is still there. */
function FilesDialog({ job, onClose }: { job: ScheduledExport; onClose(): void }) {
  const t = useT();
  const lang = useLanguage();
  const time = useTime();
  const base = `/exports/${encodeURIComponent(job.id)}/files`;
  const files = useResource<{ files: StoredFile[] }>(base);
  return (
    <Dialog
      open
      size="wide"
      title={t("export:filesOf", { name: job.title || job.id })}
      onClose={onClose}
      footer={<Button onClick={onClose}>{t("common:close")}</Button>}
    >
      {files.error && <ProblemList problems={[files.error]} />}
      {files.loading && <Busy />}
      {files.data?.files.length === 0 && <Empty title={t("export:noFiles")} text={t("export:noFilesText")} />}
      {!!files.data?.files.length && (
        <table className="table">
          <tbody>
            {files.data.files.map((file) => (
              <tr key={file.name}>
                <td>{file.name}</td>
                <td className="number">{amount(file.size, lang)}</td>
                <td>{time(file.modified)}</td>
                <td className="row-actions">
                  <DownloadLink
                    label={t("export:download", { name: file.name })}
                    href={`/api/v1${base}/${encodeURIComponent(file.name)}`}
                    name={file.name}
                  />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </Dialog>
  );
}
