// Puts samples of a tag right: gives them another value, deletes them, or writes in what was read by hand.
import type { CorrectionOrder, HistoryCorrection, Problem } from "@lineside/client";
import { request } from "@lineside/client";
import { useState } from "react";
import { fieldTime } from "../../../widgets/plot/span";
import { useT } from "../i18n";
import { NumberField, ProblemList, problemsOf, SelectField, TextField } from "../shell/form";
import { asApiError } from "../shell/resource";
import { Button, Dialog, Input, Row, toast } from "../ui";

const kinds = ["replace", "scale", "delete", "insert"] as const;
type Kind = (typeof kinds)[number];

export function CorrectDialog(props: {
  path: string;
  type: string;
  unit: string;
  from: number;
  to: number;
  onClose(): void;
  onDone(): void;
}) {
  const t = useT();
  const numeric = props.type === "float" || props.type === "int";
  const [kind, setKind] = useState<Kind>("replace");
  const [from, setFrom] = useState(fieldTime(props.from));
  const [to, setTo] = useState(fieldTime(Math.ceil(props.to / 1000) * 1000));
  const [text, setText] = useState("");
  const [number, setNumber] = useState<number>();
  const [factor, setFactor] = useState<number | undefined>(1);
  const [offset, setOffset] = useState<number | undefined>(0);
  const [reason, setReason] = useState("");
  const [problems, setProblems] = useState<Problem[]>([]);
  const [busy, setBusy] = useState(false);
  const value = numeric ? number : props.type === "bool" ? text === "true" : text;
  const wrong = (at: string) => problems.find((p) => p.at === at)?.message;
  const ready = reason.trim() !== "" && (kind === "delete" || kind === "scale" || value !== undefined);
  const submit = async () => {
    if (!ready || busy) return;
    const time = (s: string) => String(new Date(s).getTime());
    const order: CorrectionOrder = {
      tag: props.path,
      kind: kind === "scale" ? "replace" : kind,
      reason: reason.trim(),
      ...(kind === "insert"
        ? { samples: [[Number(time(from)), value]] as unknown as NonNullable<CorrectionOrder["samples"]> }
        : { from: time(from), to: time(to) }),
      ...(kind === "replace" && { value }),
      ...(kind === "scale" && { factor: factor ?? 1, offset: offset ?? 0 }),
    } as CorrectionOrder;
    setBusy(true);
    try {
      const { data } = await request<HistoryCorrection>("POST", "/history/corrections", order);
      toast(t("trends:corrected", { count: data.count }), { kind: "good" });
      props.onDone();
      props.onClose();
    } catch (e) {
      setProblems(problemsOf(asApiError(e)));
      setBusy(false);
    }
  };
  const valueField = numeric ? (
    <NumberField
      label={props.unit ? `${t("trends:newValue")} (${props.unit})` : t("trends:newValue")}
      value={number}
      onChange={setNumber}
      integer={props.type === "int"}
      error={wrong("/value")}
    />
  ) : props.type === "bool" ? (
    <SelectField
      label={t("trends:newValue")}
      value={text || "false"}
      onChange={setText}
      options={[
        { value: "false", label: "false" },
        { value: "true", label: "true" },
      ]}
    />
  ) : (
    <TextField label={t("trends:newValue")} value={text} onChange={setText} error={wrong("/value")} />
  );
  return (
    <Dialog
      open
      title={t("trends:correctTitle", { path: props.path })}
      text={t("trends:correctText")}
      onClose={props.onClose}
      footer={
        <>
          <Button onClick={props.onClose}>{t("common:cancel")}</Button>
          <Button
            look={kind === "delete" ? "danger" : "primary"}
            disabled={!ready || busy}
            onClick={() => void submit()}
          >
            {t(`trends:deeds.${kind}`)}
          </Button>
        </>
      }
    >
      <div className="form">
        <SelectField
          label={t("trends:what")}
          value={kind}
          onChange={(k) => setKind(kinds.find((x) => x === k) ?? "replace")}
          options={kinds
            .filter((k) => k !== "scale" || numeric)
            .map((k) => ({ value: k, label: t(`trends:kinds.${k}`) }))}
        />
        <div className="field-row">
          <Row label={t(kind === "insert" ? "trends:at" : "trends:from")} wrong={wrong("/from") ?? wrong("/samples")}>
            {(id) => (
              <Input id={id} type="datetime-local" step={1} value={from} onChange={(e) => setFrom(e.target.value)} />
            )}
          </Row>
          {kind !== "insert" && (
            <Row label={t("trends:to")} wrong={wrong("/to")}>
              {(id) => (
                <Input id={id} type="datetime-local" step={1} value={to} onChange={(e) => setTo(e.target.value)} />
              )}
            </Row>
          )}
        </div>
        {(kind === "replace" || kind === "insert") && valueField}
        {kind === "scale" && (
          <div className="field-row">
            <NumberField label={t("trends:factor")} value={factor} onChange={setFactor} />
            <NumberField label={t("trends:offset")} value={offset} onChange={setOffset} />
          </div>
        )}
        <TextField
          label={t("trends:reason")}
          hint={t("trends:reasonHint")}
          value={reason}
          onChange={setReason}
          onEnter={() => void submit()}
          maxLength={1000}
          required
        />
      </div>
      <ProblemList problems={problems.filter((p) => !["/value", "/from", "/to", "/samples"].includes(p.at ?? ""))} />
    </Dialog>
  );
}
