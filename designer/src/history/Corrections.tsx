// Who has corrected the pens in the time that is looked at, when and why, with what was there before.
import type { CorrectionDetail, CorrectionPage, HistoryCorrection, Problem } from "@lineside/client";
import { request } from "@lineside/client";
import { useState } from "react";
import type { Point } from "../../../widgets/plot/series";
import { useLanguage, useT } from "../i18n";
import { ProblemList, problemsOf, TextField } from "../shell/form";
import { useMay } from "../shell/me";
import { asApiError, useResource } from "../shell/resource";
import { Busy, Button, Dialog, Empty } from "../ui";

export function Corrections(props: {
  paths: readonly string[];
  from: number;
  to: number;
  onClose(): void;
  onDone(): void;
}) {
  const t = useT();
  const lang = useLanguage();
  const may = useMay("tune");
  const [before, setBefore] = useState<number[]>([]);
  const [open, setOpen] = useState<HistoryCorrection>();
  const query = new URLSearchParams({
    from: String(Math.floor(props.from)),
    to: String(Math.ceil(props.to)),
    limit: "50",
  });
  for (const path of props.paths) query.append("tag", path);
  const last = before.at(-1);
  if (last) query.set("before", String(last));
  const { data, error, reload } = useResource<CorrectionPage>(`/history/corrections?${query}`);
  const time = new Intl.DateTimeFormat(lang, { dateStyle: "medium", timeStyle: "medium" });
  const words = (s: string) => time.format(new Date(s));
  return (
    <Dialog
      open
      size="wide"
      title={t("trends:corrections")}
      text={t("trends:correctionsText")}
      onClose={props.onClose}
      footer={<Button onClick={props.onClose}>{t("common:close")}</Button>}
    >
      {error && <ProblemList problems={[error]} />}
      {!data && !error && <Busy />}
      {data?.corrections.length === 0 && (
        <Empty title={t("trends:noCorrections")} text={t("trends:noCorrectionsText")} />
      )}
      {!!data?.corrections.length && (
        <table className="table">
          <thead>
            <tr>
              <th>{t("trends:when")}</th>
              <th>{t("trends:who")}</th>
              <th>{t("trends:pen")}</th>
              <th>{t("trends:change")}</th>
              <th>{t("trends:reason")}</th>
              <th>
                <span className="visually-hidden">{t("trends:actions")}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {data.corrections.map((c) => (
              <tr key={c.id}>
                <td>{words(c.time)}</td>
                <td title={c.origin}>{c.by}</td>
                <td className="selectable">{c.tag}</td>
                <td>
                  {t(`trends:done.${c.kind}`, { count: c.count })}
                  <div className="muted">
                    {words(c.from)}
                    {c.to !== c.from && ` – ${words(c.to)}`}
                  </div>
                </td>
                <td className="selectable">{c.reason}</td>
                <td className="row-actions">
                  <Button onClick={() => setOpen(c)}>{t("trends:details")}</Button>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {(last !== undefined || data?.next) && (
        <div className="trend-actions">
          <Button disabled={last === undefined} onClick={() => setBefore(before.slice(0, -1))}>
            {t("trends:newer")}
          </Button>
          <Button disabled={!data?.next} onClick={() => data?.next && setBefore([...before, data.next])}>
            {t("trends:older")}
          </Button>
        </div>
      )}
      {open && (
        <Detail
          of={open}
          may={may}
          onClose={() => setOpen(undefined)}
          onDone={() => {
            void reload();
            props.onDone();
          }}
        />
      )}
    </Dialog>
  );
}

const most = 200;

/** The samples before and after, and taking it back. */
function Detail(props: { of: HistoryCorrection; may: boolean; onClose(): void; onDone(): void }) {
  const t = useT();
  const lang = useLanguage();
  const [reason, setReason] = useState("");
  const [problems, setProblems] = useState<Problem[]>([]);
  const { data, error } = useResource<CorrectionDetail>(`/history/corrections/${props.of.id}`);
  const time = new Intl.DateTimeFormat(lang, { dateStyle: "medium", timeStyle: "medium", hour12: false });
  const old = new Map(((data?.old ?? []) as Point[]).map((p) => [p[0], p]));
  const now = new Map(((data?.new ?? []) as Point[]).map((p) => [p[0], p]));
  const times = [...new Set([...old.keys(), ...now.keys()])].sort((a, b) => a - b);
  const restore = async () => {
    if (!reason.trim()) return;
    try {
      await request("POST", `/history/corrections/${props.of.id}/restore`, { reason: reason.trim() });
      props.onDone();
      props.onClose();
    } catch (e) {
      setProblems(problemsOf(asApiError(e)));
    }
  };
  const words = (p: Point | undefined) => (p ? (p[1] === null ? "–" : String(p[1])) : t("trends:absent"));
  return (
    <Dialog
      open
      title={t("trends:correctionOf", { path: props.of.tag })}
      text={props.of.reason}
      onClose={props.onClose}
      footer={
        <>
          <Button onClick={props.onClose}>{t("common:close")}</Button>
          {props.may && (
            <Button disabled={!reason.trim()} onClick={() => void restore()}>
              {t("trends:restore")}
            </Button>
          )}
        </>
      }
    >
      {error && <ProblemList problems={[error]} />}
      {!data && !error && <Busy />}
      {data && (
        <div className="preview-rows">
          <table className="table">
            <thead>
              <tr>
                <th>{t("trends:time")}</th>
                <th>{t("trends:was")}</th>
                <th>{t("trends:is")}</th>
              </tr>
            </thead>
            <tbody>
              {times.slice(0, most).map((at) => (
                <tr key={at}>
                  <td>{time.format(new Date(at))}</td>
                  <td className="selectable">{words(old.get(at))}</td>
                  <td className="selectable">{words(now.get(at))}</td>
                </tr>
              ))}
            </tbody>
          </table>
          {times.length > most && <p className="muted">{t("trends:andMore", { count: times.length - most })}</p>}
        </div>
      )}
      {props.may && (
        <TextField
          label={t("trends:restoreReason")}
          value={reason}
          onChange={setReason}
          onEnter={() => void restore()}
          maxLength={1000}
        />
      )}
      <ProblemList problems={problems} />
    </Dialog>
  );
}
