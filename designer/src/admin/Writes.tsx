import { request } from "@lineside/client";
import { OctagonMinus, Play, Square } from "lucide-react";
import { useState } from "react";
import { useT } from "../i18n";
import { ProblemList, problemsOf, sayFailure, TextField } from "../shell/form";
import { asApiError } from "../shell/resource";
import { useTime } from "../shell/time";
import { Button, Dialog, Empty, IconButton, Note } from "../ui";
import { Asked } from "../writes/Asked";
import { useWrites } from "../writes/useWrites";
import "../writes/writes.css";

/** The master switch, what waits for a second person, and the ramps that run. */
export function Writes() {
  const t = useT();
  const time = useTime();
  const { blocked, asked = [], ramps = [] } = useWrites();
  const [switching, setSwitching] = useState(false);
  const stop = async (tag: string) => {
    const path = tag.split("/").map(encodeURIComponent).join("/");
    try {
      await request("PUT", `/tags/${path}`, { mode: "hold", reason: t("writes:stop", { tag }) });
    } catch (error) {
      sayFailure(asApiError(error));
    }
  };
  return (
    <section className="page-section" aria-label={t("writes:title")}>
      <div className="writes-switch">
        <p>{t("writes:intro")}</p>
        <Note kind={blocked ? "warning" : "good"}>
          {blocked ? t("writes:blocked", { ...blocked, since: time(blocked.since) }) : t("writes:allowed")}
        </Note>
        <Button
          icon={blocked ? <Play size={16} aria-hidden /> : <OctagonMinus size={16} aria-hidden />}
          look={blocked ? "primary" : "danger"}
          onClick={() => setSwitching(true)}
        >
          {t(blocked ? "writes:allow" : "writes:block")}
        </Button>
      </div>
      <h2>{t("writes:asked")}</h2>
      {asked.length > 0 ? (
        <Asked list={asked} />
      ) : (
        <Empty title={t("writes:nothingAsked")} text={t("writes:nothingAskedText")} />
      )}
      <h2>{t("writes:ramps")}</h2>
      {ramps.length === 0 && <Empty title={t("writes:noRamps")} text={t("writes:noRampsText")} />}
      {ramps.length > 0 && (
        <table className="table">
          <thead>
            <tr>
              <th>{t("writes:tag")}</th>
              <th>{t("writes:target")}</th>
              <th>{t("writes:reached")}</th>
              <th>{t("writes:by")}</th>
              <th>
                <span className="visually-hidden">{t("plant:actions")}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {ramps.map((ramp) => (
              <tr key={ramp.tag}>
                <td className="selectable">{ramp.tag}</td>
                <td>{String(ramp.target)}</td>
                <td>{time(ramp.until)}</td>
                <td>{ramp.by}</td>
                <td className="row-actions">
                  <IconButton label={t("writes:stop", { tag: ramp.tag })} onClick={() => void stop(ramp.tag)}>
                    <Square size={16} aria-hidden />
                  </IconButton>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {switching && <SwitchDialog block={!blocked} onClose={() => setSwitching(false)} />}
    </section>
  );
}

function SwitchDialog({ block, onClose }: { block: boolean; onClose(): void }) {
  const t = useT();
  const [reason, setReason] = useState("");
  const [problems, setProblems] = useState<ReturnType<typeof problemsOf>>([]);
  const act = async () => {
    if (!reason.trim()) return;
    try {
      await request("PUT", "/writes", { blocked: block, reason: reason.trim() });
      onClose();
    } catch (error) {
      setProblems(problemsOf(asApiError(error)));
    }
  };
  const name = t(block ? "writes:block" : "writes:allow");
  return (
    <Dialog
      open
      title={name}
      onClose={onClose}
      footer={
        <Button look={block ? "danger" : "primary"} disabled={!reason.trim()} onClick={act}>
          {name}
        </Button>
      }
    >
      <p>{t(block ? "writes:blockText" : "writes:allowText")}</p>
      <TextField
        label={t("writes:reason")}
        value={reason}
        onChange={setReason}
        onEnter={act}
        hint={t("writes:reasonHint")}
      />
      {problems.length > 0 && <ProblemList problems={problems} />}
    </Dialog>
  );
}
