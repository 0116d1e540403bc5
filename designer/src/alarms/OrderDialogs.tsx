// The questions before something is done about alarms.
import type { Problem } from "@lineside/client";
import { useState } from "react";
import { useT } from "../i18n";
import { ProblemList, problemsOf, SelectField, TextField } from "../shell/form";
import { asApiError } from "../shell/resource";
import { Button, Check, Dialog } from "../ui";
import { type Deed, order } from "./useAlarms";

interface DialogProps {
  keys: readonly string[];
  onClose(): void;
  onDone?(): void;
}

function useOrder({ keys, onClose, onDone }: DialogProps) {
  const [problems, setProblems] = useState<Problem[]>([]);
  const go = async (deed: Deed, more: Record<string, unknown>) => {
    try {
      await order(deed, keys, more);
      onDone?.();
      onClose();
    } catch (error) {
      setProblems(problemsOf(asApiError(error)));
    }
  };
  return { problems, go };
}

/** Asks why: to acknowledge what wants a comment, or to take out of service. */
export function CommentDialog(props: DialogProps & { deed: "ack" | "out-of-service" }) {
  const t = useT();
  const [text, setText] = useState("");
  const { problems, go } = useOrder(props);
  const ack = props.deed === "ack";
  const submit = () => text.trim() && void go(props.deed, ack ? { comment: text.trim() } : { reason: text.trim() });
  return (
    <Dialog
      open
      title={t(ack ? "alarms:ackTitle" : "alarms:removeTitle", { count: props.keys.length })}
      text={t(ack ? "alarms:ackText" : "alarms:removeText")}
      onClose={props.onClose}
      footer={
        <>
          <Button onClick={props.onClose}>{t("common:cancel")}</Button>
          <Button look="primary" disabled={!text.trim()} onClick={submit}>
            {t(ack ? "alarms:acknowledge" : "alarms:remove")}
          </Button>
        </>
      }
    >
      <TextField
        label={t(ack ? "alarms:comment" : "alarms:reason")}
        value={text}
        onChange={setText}
        onEnter={submit}
        maxLength={1000}
        required
      />
      <ProblemList problems={problems} />
    </Dialog>
  );
}

const times = [10, 30, 60, 120, 240, 480, 720, 1440];

/** Asks for how long to shelve, and why. */
export function ShelveDialog(props: DialogProps) {
  const t = useT();
  const [minutes, setMinutes] = useState("60");
  const [once, setOnce] = useState(false);
  const [reason, setReason] = useState("");
  const { problems, go } = useOrder(props);
  const submit = () => reason.trim() && void go("shelve", { minutes: Number(minutes), once, reason: reason.trim() });
  return (
    <Dialog
      open
      title={t("alarms:shelveTitle", { count: props.keys.length })}
      text={t("alarms:shelveText")}
      onClose={props.onClose}
      footer={
        <>
          <Button onClick={props.onClose}>{t("common:cancel")}</Button>
          <Button look="primary" disabled={!reason.trim()} onClick={submit}>
            {t("alarms:shelve")}
          </Button>
        </>
      }
    >
      <div className="form">
        <TextField
          label={t("alarms:reason")}
          value={reason}
          onChange={setReason}
          onEnter={submit}
          maxLength={1000}
          required
        />
        <SelectField
          label={t("alarms:howLong")}
          value={minutes}
          onChange={setMinutes}
          options={times.map((m) => ({
            value: String(m),
            label: m < 60 ? t("alarms:minutes", { count: m }) : t("alarms:hours", { count: m / 60 }),
          }))}
        />
        <Check label={t("alarms:once")} checked={once} onChange={setOnce} />
      </div>
      <ProblemList problems={problems} />
    </Dialog>
  );
}
