// What is kept of a tag over time.
import { useState } from "react";
import { useT } from "../i18n";
import { NumberField, SelectField, TextField } from "../shell/form";
import type { ExpressionField } from "./ExpressionField";
import { isNumeric, type TagLike } from "./TagParts";

const keeps = ["change", "interval", "both", "none"] as const;

/** The fields of the history, folded unless something is said. */
export function HistoryFold(props: {
  draft: Partial<TagLike>;
  set(change: Partial<TagLike>): void;
  /** What the server says of a place ("/history/interval"). */
  wrong(at: string): string | undefined;
  /** How an expression is edited: in a model it may have parameters. */
  Expression: typeof ExpressionField;
}) {
  const t = useT();
  const { history } = props.draft;
  const [open] = useState(history !== undefined);
  const set = (change: Partial<NonNullable<TagLike["history"]>>) =>
    history && props.set({ history: { ...history, ...change } });
  return (
    <details className="fold" open={open || undefined}>
      <summary>{t("retention:title")}</summary>
      <div className="form">
        <div className="field-row">
          <SelectField
            label={t("retention:keep")}
            value={history?.keep ?? "plant"}
            onChange={(chosen) => {
              const keep = keeps.find((k) => k === chosen);
              if (!keep) return props.set({ history: undefined });
              const { interval, ...rest } = history ?? {};
              const timed = keep === "interval" || keep === "both";
              props.set({
                history: keep === "none" ? { keep } : { ...rest, keep, ...(timed && { interval: interval ?? "10s" }) },
              });
            }}
            options={["plant", ...keeps].map((value) => ({ value, label: t(`retention:keeps.${value}`) }))}
            error={props.wrong("/history/keep")}
          />
          {history?.interval !== undefined && (
            <TextField
              label={t("retention:interval")}
              value={history.interval}
              onChange={(interval) => set({ interval })}
              hint={t("retention:intervalHint")}
              error={props.wrong("/history/interval")}
            />
          )}
        </div>
        {history && (history.keep === "change" || history.keep === "both") && (
          <div className="field-row">
            {isNumeric(props.draft) && (
              <NumberField
                label={t("retention:deadband")}
                value={history.deadband}
                onChange={(deadband) => set({ deadband })}
                hint={t("retention:deadbandHint")}
                error={props.wrong("/history/deadband")}
              />
            )}
            <TextField
              label={t("retention:heartbeat")}
              value={history.heartbeat ?? ""}
              onChange={(heartbeat) => set({ heartbeat: heartbeat || undefined })}
              hint={t("retention:heartbeatHint")}
              error={props.wrong("/history/heartbeat")}
            />
          </div>
        )}
        {history && history.keep !== "none" && (
          <>
            <props.Expression
              label={t("retention:when")}
              value={history.when ?? ""}
              onChange={(when) => set({ when: when || undefined })}
              error={props.wrong("/history/when")}
            />
            <span className="hint">{t("retention:whenHint")}</span>
          </>
        )}
      </div>
    </details>
  );
}
