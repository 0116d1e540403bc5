// Backups: when they are taken, where they go, what there is, and how one is put back.
import type { BackupFiles, BackupSettings, BackupStatus, KnownTarget, ListedBackup, Problem } from "@lineside/client";
import { request } from "@lineside/client";
import { Play, Settings, Square } from "lucide-react";
import { useEffect, useState } from "react";
import { useLanguage, useT } from "../i18n";
import { CopyText, NumberField, ProblemList, problemsOf, SelectField, TextField } from "../shell/form";
import { attempt, DownloadLink, ListSection, ListTable, RowActions, useRows } from "../shell/list";
import { asApiError, useResource } from "../shell/resource";
import { useTime } from "../shell/time";
import { amount } from "../storage/amount";
import { Badge, Busy, Button, Check, Dialog, Note, ScheduleField } from "../ui";
import { Targets, targetName } from "./Targets";
import "./backup.css";

/** The tab of backups and of the places that files can be written to. */
export function Backup() {
  const t = useT();
  const [busy, setBusy] = useState(false);
  const status = useResource<BackupStatus>("/backup", busy ? 700 : 10_000);
  const targets = useResource<{ targets: KnownTarget[] }>("/targets");
  const [editing, setEditing] = useState(false);
  const running = !!status.data?.running;
  useEffect(() => setBusy(running), [running]);
  const places = targets.data?.targets ?? [];
  const act = (path: string, body?: unknown) =>
    attempt(async () => {
      await request("POST", path, body);
      await status.reload();
    });
  return (
    <section className="page-section backup-page" aria-label={t("backup:title")}>
      {status.error && <ProblemList problems={[status.error]} />}
      {!status.data && status.loading && <Busy />}
      {status.data && (
        <>
          <State status={status.data} places={places} />
          <div className="page-tools">
            {status.data.running ? (
              <Button icon={<Square size={16} aria-hidden />} onClick={() => void act("/backup/cancel")}>
                {t("backup:cancel")}
              </Button>
            ) : (
              <Button icon={<Play size={16} aria-hidden />} look="primary" onClick={() => void act("/backup/run", {})}>
                {t("backup:run")}
              </Button>
            )}
            <Button icon={<Settings size={16} aria-hidden />} onClick={() => setEditing(true)}>
              {t("backup:settings")}
            </Button>
          </div>
          <Files status={status.data} places={places} />
          <Targets places={places} error={targets.error} reload={targets.reload} />
        </>
      )}
      {editing && status.data && (
        <SettingsDialog
          status={status.data}
          places={places}
          onClose={() => setEditing(false)}
          onSaved={async () => {
            await status.reload();
            setEditing(false);
          }}
        />
      )}
    </section>
  );
}

/** How backups fare: what is under way, what is wrong, when the next one is due. */
function State({ status, places }: { status: BackupStatus; places: readonly KnownTarget[] }) {
  const t = useT();
  const time = useTime();
  const { running, progress, last } = status;
  const place = targetName(t, places, status.settings.target);
  return (
    <div className="backup-state">
      {status.overdue && (
        <Note kind="warning" title={t("backup:overdue")}>
          {t("backup:overdueText")}
        </Note>
      )}
      {!running && last?.state === "failed" && (
        <Note kind="bad" title={t("backup:failed", { time: time(last.started) })}>
          <span className="selectable">{last.error}</span>
        </Note>
      )}
      {!running && last?.state === "done" && last.error && (
        <Note kind="warning" title={t("backup:partly")}>
          <span className="selectable">{last.error}</span>
        </Note>
      )}
      {running && progress ? (
        <div className="backup-progress" role="status">
          <span>{t(`backup:stages.${progress.stage}`)}</span>
          <progress
            aria-label={t("backup:progress")}
            max={progress.total || undefined}
            value={progress.total ? Math.min(progress.done, progress.total) : undefined}
          />
          {progress.total > 0 && (
            <span className="number">
              {Math.floor((100 * Math.min(progress.done, progress.total)) / progress.total)} %
            </span>
          )}
        </div>
      ) : (
        <dl className="backup-facts">
          <dt>{t("backup:good")}</dt>
          <dd>{status.good ? time(status.good) : t("backup:never")}</dd>
          <dt>{t("backup:next")}</dt>
          <dd>{status.next ? time(status.next) : t("backup:byHand")}</dd>
          <dt>{t("backup:place")}</dt>
          <dd>{place}</dd>
        </dl>
      )}
    </div>
  );
}

/** The backups at the target of the settings. */
function Files({ status, places }: { status: BackupStatus; places: readonly KnownTarget[] }) {
  const t = useT();
  const lang = useLanguage();
  const time = useTime();
  const rows = useRows<ListedBackup>();
  const [target, setTarget] = useState("");
  const at = target || status.settings.target;
  const files = useResource<BackupFiles>(`/backup/files?target=${encodeURIComponent(at)}`);
  const ended = `${status.last?.name} ${status.last?.state} ${!!status.running}`;
  const { reload } = files;
  // biome-ignore lint/correctness/useExhaustiveDependencies: there is another file when a backup has ended
  useEffect(() => void reload(), [ended, reload]);
  const path = (file: ListedBackup) =>
    `/backup/files/${encodeURIComponent(file.name)}?target=${encodeURIComponent(at)}`;
  const remove = (file: ListedBackup) => {
    const text = t("backup:removeText", { time: time(file.created) });
    return rows.remove({ title: t("backup:remove"), text, action: t("common:delete") }, async () => {
      await request("DELETE", path(file));
      await reload();
    });
  };
  const count = new Intl.NumberFormat(lang);
  const folder = at === "local" ? status.folder : places.find((place) => place.id === at)?.path;
  return (
    <ListSection
      label={t("backup:files")}
      headed
      intro={
        places.length > 0 && (
          <div className="page-tools">
            <SelectField label={t("backup:place")} value={at} onChange={setTarget} options={choices(t, places)} />
          </div>
        )
      }
      count={files.data?.files.length}
      error={files.error}
      empty={{ title: t("backup:none"), text: t("backup:noneText") }}
      more={
        <>
          {rows.question}
          <HowToRestore status={status} folder={folder} newest={files.data?.files[0]?.name} />
        </>
      }
    >
      <ListTable
        label={t("backup:files")}
        columns={[t("backup:taken"), t("backup:size"), t("backup:holds"), t("backup:tried")]}
      >
        {files.data?.files.map((file) => (
          <tr key={file.name}>
            <td title={file.name}>{time(file.created)}</td>
            <td className="number">{amount(file.size, lang)}</td>
            <td>
              {file.run ? (
                t("backup:counts", {
                  documents: count.format(file.run.counts.documents),
                  tags: count.format(file.run.counts.series),
                  samples: count.format(file.run.counts.samples),
                })
              ) : (
                <span className="muted">{t("backup:elsewhere")}</span>
              )}
            </td>
            <td>
              {file.run?.verified && <Badge title={t("backup:verifiedText")}>✓ {t("backup:verified")}</Badge>}{" "}
              {file.run?.hasKey && <Badge title={t("backup:withKeyText")}>{t("backup:withKey")}</Badge>}
            </td>
            <RowActions
              remove={{
                label: t("backup:removeOne", { time: time(file.created) }),
                onClick: () => void remove(file),
              }}
            >
              <DownloadLink
                label={t("backup:download", { time: time(file.created) })}
                href={`/api/v1${path(file)}`}
                name={file.name}
              />
            </RowActions>
          </tr>
        ))}
      </ListTable>
    </ListSection>
  );
}

/** What to do on the day that it is needed. */
function HowToRestore({ status, folder, newest }: { status: BackupStatus; folder?: string; newest?: string }) {
  const t = useT();
  const file = folder && newest ? `${folder}/${newest}` : "FILE";
  return (
    <>
      <h2>{t("backup:restore")}</h2>
      <ol className="backup-steps">
        <li>{t("backup:restoreStop")}</li>
        <li>
          {t("backup:restoreRun")}
          <CopyText text={`lineside restore "${file}" --data DIR`} />
        </li>
        <li>{t("backup:restoreStart")}</li>
      </ol>
      <p className="muted">{t(status.hasPassphrase ? "backup:restoreKey" : "backup:restoreNoKey")}</p>
    </>
  );
}

/** The places as a list to choose from. */
export function choices(t: ReturnType<typeof useT>, places: readonly KnownTarget[]) {
  return [
    { value: "local", label: t("backup:local") },
    ...places.map((place) => ({ value: place.id, label: targetName(t, places, place.id) })),
  ];
}

function SettingsDialog(props: {
  status: BackupStatus;
  places: readonly KnownTarget[];
  onClose(): void;
  onSaved(): Promise<void>;
}) {
  const t = useT();
  const old = props.status.settings;
  const [set, setSet] = useState<BackupSettings>(old);
  const [seal, setSeal] = useState(props.status.hasPassphrase);
  const [passphrase, setPassphrase] = useState("");
  const [problems, setProblems] = useState<Problem[]>([]);
  const wrong = (at: string) => problems.find((p) => p.at === at)?.message;
  const save = async () => {
    const { schedule, target, keep, keepDays } = set;
    const body = {
      ...{ schedule, target, keep, keepDays },
      ...(seal ? passphrase && { passphrase } : props.status.hasPassphrase && { passphrase: "" }),
    };
    try {
      await request("PUT", "/backup", body);
      await props.onSaved();
    } catch (error) {
      setProblems(problemsOf(asApiError(error)));
    }
  };
  const placed = ["/schedule", "/passphrase", "/target"];
  const elsewhere = problems.filter((p) => !placed.includes(p.at ?? ""));
  return (
    <Dialog
      open
      title={t("backup:settings")}
      onClose={props.onClose}
      footer={
        <>
          <Button onClick={props.onClose}>{t("common:cancel")}</Button>
          <Button look="primary" disabled={seal && !props.status.hasPassphrase && !passphrase} onClick={save}>
            {t("common:save")}
          </Button>
        </>
      }
    >
      <ScheduleField
        label={t("backup:when")}
        optional
        value={set.schedule}
        onChange={(schedule) => setSet({ ...set, schedule })}
        error={wrong("/schedule")}
      />
      <SelectField
        label={t("backup:place")}
        hint={t(set.target === "local" ? "backup:localHint" : "backup:placeHint")}
        value={set.target}
        onChange={(target) => setSet({ ...set, target })}
        options={choices(t, props.places)}
        error={wrong("/target")}
      />
      <NumberField
        label={t("backup:keep")}
        hint={t("backup:keepHint")}
        value={set.keep || undefined}
        onChange={(keep) => setSet({ ...set, keep: keep ?? 0 })}
        min={1}
        max={1000}
        integer
      />
      <NumberField
        label={t("backup:keepDays")}
        hint={t("backup:keepHint")}
        value={set.keepDays || undefined}
        onChange={(keepDays) => setSet({ ...set, keepDays: keepDays ?? 0 })}
        min={1}
        max={36500}
        integer
      />
      <Check label={t("backup:seal")} checked={seal} onChange={setSeal} />
      {seal ? (
        <TextField
          label={t("backup:passphrase")}
          hint={t(props.status.hasPassphrase ? "backup:passphraseKept" : "backup:passphraseHint")}
          type="password"
          autoComplete="new-password"
          value={passphrase}
          onChange={setPassphrase}
          error={wrong("/passphrase")}
        />
      ) : (
        <p className="hint">{t("backup:noSeal")}</p>
      )}
      {elsewhere.length > 0 && <ProblemList problems={elsewhere} />}
    </Dialog>
  );
}
