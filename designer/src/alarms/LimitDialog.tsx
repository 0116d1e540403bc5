// The limits of an alarm while the plant runs: what is in force, who has set it, and setting it.
import { type AlarmLimits, request } from "@lineside/client";
import { useState } from "react";
import { useT } from "../i18n";
import { NumberField, ProblemList, problemsOf, TextField } from "../shell/form";
import { asApiError, useResource } from "../shell/resource";
import { useTime } from "../shell/time";
import { Button, Dialog } from "../ui";
import { useFollow } from "./AlarmList";
import { useAlarms } from "./useAlarms";

const address = (key: string) => `/alarms/limits?alarm=${encodeURIComponent(key)}`;

/** What is said of the limits of an alarm, with the way to set them for who may. Nothing when they are as engineered and fixed. */
export function AlarmLimitLine({ alarm, name }: { alarm: string; name: string }) {
  const t = useT();
  const { seq } = useAlarms();
  const { data, reload } = useResource<AlarmLimits>(address(alarm));
  useFollow(seq, reload);
  const [open, setOpen] = useState(false);
  if (!data || (!data.tune && !data.tuned)) return null;
  return (
    <div className="alarm-tuned">
      <LimitFacts limits={data} />
      {data.mayTune && <Button onClick={() => setOpen(true)}>{t("alarmset:limit.change")}</Button>}
      {open && (
        <LimitDialog
          limits={data}
          name={name}
          onClose={() => setOpen(false)}
          onSaved={() => {
            setOpen(false);
            void reload();
          }}
        />
      )}
    </div>
  );
}

const pair = (lower: number | undefined, limit: number | undefined, unit: string) =>
  `${[lower, limit].filter((v) => v !== undefined).join(" … ")}${unit && ` ${unit}`}`;

/** Who has changed what, and what the limits are as engineered. */
function LimitFacts({ limits: l }: { limits: AlarmLimits }) {
  const t = useT();
  const time = useTime();
  const declared = l.limitFrom || l.lowerFrom || pair(l.declaredLower, l.declaredLimit, l.unit ?? "");
  return (
    <>
      {l.tuned && (
        <p className="selectable">
          {t("alarmset:limit.tuned", {
            by: l.tuned.by,
            time: time(l.tuned.time),
            from: declared,
            to: pair(l.lower, l.limit, l.unit ?? ""),
            text: l.tuned.text ?? "",
          })}
        </p>
      )}
      {!l.tuned && <p className="muted selectable">{t("alarmset:limit.declared", { value: declared })}</p>}
    </>
  );
}

/** Sets the limits of an alarm, with a reason, or goes back to the engineered ones. */
export function LimitDialog(props: { limits: AlarmLimits; name: string; onClose(): void; onSaved(): void }) {
  const { limits: l } = props;
  const t = useT();
  const [limit, setLimit] = useState(l.limit);
  const [lower, setLower] = useState(l.lower);
  const [reason, setReason] = useState("");
  const [failure, setFailure] = useState<ReturnType<typeof asApiError>>();
  const [busy, setBusy] = useState(false);
  const ranged = l.kind === "outside" || l.kind === "inside";
  const unit = l.unit ? ` (${l.unit})` : "";
  const { low, high } = l.tune ?? {};
  const bounds =
    low !== undefined && high !== undefined
      ? t("alarmset:limit.bounds", { low, high })
      : low !== undefined
        ? t("alarmset:limit.above", { low })
        : high !== undefined
          ? t("alarmset:limit.below", { high })
          : undefined;
  const send = async (order: object) => {
    setBusy(true);
    try {
      await request("PUT", "/alarms/limits", { alarm: l.key, reason: reason.trim(), ...order });
      props.onSaved();
    } catch (error) {
      setFailure(asApiError(error));
    } finally {
      setBusy(false);
    }
  };
  const problems = failure ? problemsOf(failure) : [];
  const wrong = (at: string) => problems.find((p) => p.at === at)?.message;
  const elsewhere = problems.filter((p) => p.at !== "/limit" && p.at !== "/lower");
  const type = (put: (v: number | undefined) => void) => (v: number | undefined) => {
    put(v);
    setFailure(undefined);
  };
  const ready = !busy && reason.trim() !== "" && limit !== undefined && (!ranged || lower !== undefined);
  return (
    <Dialog
      open
      title={t("alarmset:limit.title", { alarm: props.name })}
      onClose={props.onClose}
      footer={
        <>
          {l.tuned && (
            <Button disabled={busy || reason.trim() === ""} onClick={() => void send({})}>
              {t("alarmset:limit.reset")}
            </Button>
          )}
          <span className="grow" />
          <Button onClick={props.onClose}>{t("common:cancel")}</Button>
          <Button look="primary" disabled={!ready} onClick={() => void send({ limit, ...(ranged ? { lower } : {}) })}>
            {t("alarmset:limit.set")}
          </Button>
        </>
      }
    >
      <div className="form">
        <p>{t("alarmset:limit.text")}</p>
        <LimitFacts limits={l} />
        {ranged && (
          <NumberField
            label={`${t("alarmset:lower")}${unit}`}
            value={lower}
            onChange={type(setLower)}
            hint={bounds}
            error={wrong("/lower")}
          />
        )}
        <NumberField
          label={`${t(ranged ? "alarmset:upper" : "alarms:edit.limit")}${unit}`}
          value={limit}
          onChange={type(setLimit)}
          hint={bounds}
          error={wrong("/limit")}
        />
        <TextField label={t("alarmset:limit.reason")} value={reason} onChange={setReason} maxLength={1000} required />
        {elsewhere.length > 0 && <ProblemList problems={elsewhere} />}
      </div>
    </Dialog>
  );
}
