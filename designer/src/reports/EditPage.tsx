import { type Problem, type Report, type ReportList, request } from "@lineside/client";
import { ArrowLeft, Play, Redo2, Save, Undo2 } from "lucide-react";
import { useCallback, useEffect, useRef, useState } from "react";
import { textIn, useLanguage, useT } from "../i18n";
import { Link, type PageProps } from "../router";
import { ProblemList, problemsOf } from "../shell/form";
import { Page } from "../shell/Page";
import { asApiError, useResource } from "../shell/resource";
import { Busy, Button, Empty, IconButton, Note, toast, useConfirm } from "../ui";
import { BlockForm } from "./BlockForm";
import { BlockList } from "./BlockList";
import { MakeDialog } from "./MakeDialog";
import { begin, edit, type PeriodKind, problemsAt, redo, type Timeline, undo } from "./model";
import { Preview } from "./Preview";
import { ReportForm } from "./ReportForm";
import "./reports.css";

/** The editor of a report: its blocks, how they look with the values of a period, and the settings of the chosen one. */
export default function EditPage({ params }: PageProps) {
  const t = useT();
  const id = params.id ?? "";
  const loaded = useResource<Report>(`/reports/${encodeURIComponent(id)}`);
  return (
    <Page title={loaded.data ? textIn(loaded.data.title) : t("reports:report")}>
      <Link to="/reports" className="link report-back">
        <ArrowLeft size={14} aria-hidden /> {t("reports:all")}
      </Link>
      {loaded.error && <ProblemList problems={[loaded.error]} />}
      {!loaded.data && !loaded.error && <Busy />}
      {loaded.data && loaded.etag && <Editor id={id} first={loaded.data} etag={loaded.etag} />}
    </Page>
  );
}

function Editor(props: { id: string; first: Report; etag: string }) {
  const t = useT();
  useLanguage();
  const [line, setLine] = useState<Timeline>(() => begin(props.first));
  const [saved, setSaved] = useState(props.first);
  const [etag, setEtag] = useState(props.etag);
  // The place of the chosen block, -1 for the settings of the report.
  const [at, setAt] = useState(props.first.blocks.length > 0 ? 0 : -1);
  const [found, setFound] = useState<Problem[]>([]);
  const [refused, setRefused] = useState<Problem[]>([]);
  const [making, setMaking] = useState(false);
  const [ask, confirm] = useConfirm();
  const { data: list } = useResource<ReportList>("/reports");
  const report = line.present;
  const dirty = report !== saved;
  const present = useRef(line);
  present.current = line;

  const change = useCallback((next: Report, field: string) => {
    setLine((now) => edit(now, next, field));
    setRefused([]);
  }, []);
  const set = useCallback(
    (part: Partial<Report>, field: string) => change({ ...present.current.present, ...part }, field),
    [change],
  );

  const save = useCallback(
    async (over = false): Promise<boolean> => {
      const now = present.current.present;
      try {
        const answer = await request<{ etag: string }>("PUT", `/reports/${props.id}`, now, {
          etag: over ? "*" : etag,
        });
        setEtag(answer.etag ?? answer.data.etag);
        setSaved(now);
        setRefused([]);
        toast(t("reports:saved"));
        return true;
      } catch (error) {
        const failure = asApiError(error);
        if (failure.code === "changed" && !over) {
          const yes = await ask({
            title: t("reports:conflict"),
            text: t("reports:conflictText"),
            action: t("reports:overwrite"),
            danger: true,
          });
          return yes ? save(true) : false;
        }
        setRefused(problemsOf(failure));
        return false;
      }
    },
    [etag, props.id, t, ask],
  );

  useEffect(() => {
    const keys = (e: KeyboardEvent) => {
      if (!(e.ctrlKey || e.metaKey) || document.querySelector("[role=dialog]")) return;
      const key = e.key.toLowerCase();
      if (key === "s") void save();
      else if (key === "z" && !e.shiftKey) setLine(undo);
      else if (key === "y" || key === "z") setLine(redo);
      else return;
      e.preventDefault();
    };
    window.addEventListener("keydown", keys);
    return () => window.removeEventListener("keydown", keys);
  }, [save]);
  useEffect(() => {
    if (!dirty) return;
    const leaving = (e: BeforeUnloadEvent) => e.preventDefault();
    window.addEventListener("beforeunload", leaving);
    return () => window.removeEventListener("beforeunload", leaving);
  }, [dirty]);

  const block = report.blocks[at];
  const place = block ? at : -1;
  const problems = [...refused, ...found.filter((p) => !refused.some((r) => r.at === p.at && r.message === p.message))];
  const choose = useCallback((id: string) => {
    const i = present.current.present.blocks.findIndex((b) => b.id === id);
    if (i >= 0) setAt(i);
  }, []);
  return (
    <>
      <div className="page-tools report-tools" role="toolbar" aria-label={t("reports:actions")}>
        <IconButton
          label={t("reports:undo")}
          keys="Ctrl+Z"
          reason={line.past.length === 0 ? t("reports:nothing") : undefined}
          onClick={() => setLine(undo)}
        >
          <Undo2 size={16} aria-hidden />
        </IconButton>
        <IconButton
          label={t("reports:redo")}
          keys="Ctrl+Shift+Z"
          reason={line.future.length === 0 ? t("reports:nothing") : undefined}
          onClick={() => setLine(redo)}
        >
          <Redo2 size={16} aria-hidden />
        </IconButton>
        <span className="muted" role="status">
          {dirty ? t("reports:unsaved") : t("reports:allSaved")}
        </span>
        <span className="grow" />
        <Button
          icon={<Play size={16} aria-hidden />}
          onClick={async () => {
            if (!dirty || (await save())) setMaking(true);
          }}
        >
          {t("reports:make")}
        </Button>
        <Button look="primary" icon={<Save size={16} aria-hidden />} disabled={!dirty} onClick={() => void save()}>
          {t("reports:save")}
        </Button>
      </div>
      {refused.length > 0 && (
        <Note kind="bad" title={t("reports:notSaved")}>
          {t("reports:notSavedText", { count: refused.length })}
        </Note>
      )}
      <div className="report-editor">
        <BlockList
          report={report}
          at={place}
          problems={problems}
          onChoose={setAt}
          onChange={(blocks, to, field) => {
            set({ blocks }, field);
            setAt(to);
          }}
        />
        <Preview
          report={report}
          chosen={block?.id}
          onChoose={choose}
          onProblems={setFound}
          kind={report.period.kind as PeriodKind}
        />
        <div className="report-side">
          {block ? (
            <BlockForm
              key={block.id}
              block={block}
              at={`/blocks/${place}`}
              problems={problemsAt(problems, `/blocks/${place}`)}
              onChange={(next, field) =>
                set({ blocks: report.blocks.map((b, i) => (i === place ? next : b)) }, `/blocks/${block.id}/${field}`)
              }
            />
          ) : report.blocks.length === 0 && at >= 0 ? (
            <Empty title={t("reports:noBlocks")} text={t("reports:noBlocksText")} />
          ) : (
            <ReportForm report={report} list={list} problems={problems} onChange={set} />
          )}
        </div>
      </div>
      {making && (
        <MakeDialog
          report={{ id: props.id, title: report.title, period: report.period.kind, language: report.language }}
          maySend={!!report.schedule}
          onClose={() => setMaking(false)}
        />
      )}
      {confirm}
    </>
  );
}
