// One alarm of a tag, a property or an override: what it watches for first, the rest folded by what it is about.
import { type AlarmClass, type AlarmPriority, alarmPriorities, type TagAlarm } from "@lineside/client";
import { Trash2 } from "lucide-react";
import { AlarmMark } from "../../alarms/AlarmMark";
import { language, textIn, useT } from "../../i18n";
import { NumberField, SelectField, TextField } from "../../shell/form";
import { Button, Check, IconButton } from "../../ui";
import { ExpressionField } from "../ExpressionField";
import { clean, parse, type TagLike } from "../TagParts";
import { TemplateField } from "../TemplateField";
import { AlarmPicture } from "./AlarmPicture";
import { PeriodRows, SuppressedByRows, WriteRows } from "./AlarmRows";
import { has, type Kind, kindsOf, ofKind, waits } from "./kinds";

/** The places whose fields are folded away, by the fold. */
const folded = {
  details: /^\/(deadband|direction|offDelay|tune|id|slack|every|clock)/,
  operator: /^\/(message|title|cause|consequence|action)/,
  when: /^\/(suppress|schedule|group)/,
  writes: /^\/writes/,
};

export interface AlarmFormProps {
  id: string;
  alarm: TagAlarm;
  draft: Partial<TagLike>;
  classes: readonly AlarmClass[];
  template?: boolean;
  /** What is wrong at a place of the alarm. */
  wrong(at: string): string | undefined;
  /** All places at which something is wrong. */
  places: readonly string[];
  onChange(alarm: TagAlarm): void;
  onRename(to: string): void;
  onRemove(): void;
}

export function AlarmForm(props: AlarmFormProps) {
  const { alarm, wrong, draft, classes } = props;
  const t = useT();
  const lang = language();
  const { kind } = alarm;
  const put = (change: Partial<TagAlarm>) => props.onChange(tidy({ ...alarm, ...change }));
  const text = (key: "title" | "message" | "cause" | "consequence" | "action") => ({
    value: alarm[key]?.[lang] ?? "",
    onChange: (s: string) => put({ [key]: clean({ ...alarm[key], [lang]: s }) }),
    error: wrong(`/${key}/en`),
  });
  const length = (key: "onDelay" | "offDelay" | "window" | "total" | "every") => ({
    value: alarm[key] ?? "",
    onChange: (s: string) => put({ [key]: s || undefined }),
    error: wrong(`/${key}`),
  });
  const Expression = props.template ? TemplateField : ExpressionField;
  const kinds = kindsOf(draft);
  const inClass = classes.find((one) => one.id === alarm.class);
  const priority = alarm.priority ?? inClass?.priority;
  const open = (fold: RegExp) => props.places.some((at) => fold.test(at)) || undefined;
  const unit = draft.unit ? ` (${draft.unit}${kind === "rate" ? `/${alarm.per ?? "min"}` : ""})` : "";
  const limitLabel = t(
    kind === "count" ? "alarmset:times" : has(kind, "lower") ? "alarmset:upper" : "alarms:edit.limit",
  );
  return (
    <fieldset className="alarm-edit" aria-label={`${t("alarms:edit.group")}: ${props.id}`}>
      <div className="alarm-edit-main">
        <div className="form grow">
          <div className="field-row">
            <SelectField
              label={t("alarms:edit.kind")}
              value={kind}
              onChange={(next) => props.onChange(ofKind(alarm, next as Kind))}
              options={(kinds.includes(kind) ? kinds : [kind, ...kinds]).map((value) => ({
                value,
                label: t(`alarms:kinds.${value}`),
              }))}
              error={wrong("/kind") ?? wrong("")}
            />
            <SelectField
              label={t("alarms:priority")}
              value={alarm.priority ?? ""}
              onChange={(p) => put({ priority: (p || undefined) as AlarmPriority })}
              options={[
                ...(alarm.class || !alarm.priority
                  ? [
                      {
                        value: "",
                        label: inClass?.priority
                          ? t("alarmset:ofClass", { priority: t(`alarms:priorities.${inClass.priority}`) })
                          : t("alarmset:noPriority"),
                      },
                    ]
                  : []),
                ...alarmPriorities.map((value) => ({ value, label: t(`alarms:priorities.${value}`) })),
              ]}
              error={wrong("/priority")}
            />
            {(classes.length > 0 || alarm.class) && (
              <SelectField
                label={t("alarmset:class")}
                value={alarm.class ?? ""}
                onChange={(id) => {
                  // What the class says stands in, until the alarm is given something else.
                  const next = classes.find((one) => one.id === id);
                  put({ class: id || undefined, priority: next?.priority ? undefined : (priority ?? "medium") });
                }}
                options={[
                  { value: "", label: t("alarmset:noClass") },
                  ...classes.map((one) => ({ value: one.id, label: textIn(one.title) || one.id })),
                ]}
                error={wrong("/class")}
              />
            )}
            <span className="alarm-edit-head">
              {priority && <AlarmMark priority={priority} />}
              <IconButton label={t("alarms:edit.removeOf", { id: props.id })} onClick={props.onRemove}>
                <Trash2 size={16} aria-hidden />
              </IconButton>
            </span>
          </div>
          {has(kind, "setpoint") && (
            <Expression
              label={t(kind === "cusum" ? "alarmset:target" : "alarms:edit.setpoint")}
              value={alarm.setpoint ?? ""}
              onChange={(setpoint) => put({ setpoint: setpoint || undefined })}
              error={wrong("/setpoint")}
              {...(props.template ? { hint: t("alarms:edit.setpointHint") } : {})}
            />
          )}
          {has(kind, "when") && (
            <Expression
              label={t(
                kind === "count" ? "alarmset:counts" : kind === "duration" ? "alarmset:lasts" : "alarms:edit.when",
              )}
              value={alarm.when ?? ""}
              onChange={(when) => put({ when: when || undefined })}
              error={wrong("/when")}
              {...(props.template ? { hint: t("alarms:edit.whenHint") } : {})}
            />
          )}
          {kind === "count" && <p className="hint">{t("alarmset:countsHint")}</p>}
          {has(kind, "lower") && (
            <LimitField
              label={t("alarmset:lower")}
              unit={unit}
              number={alarm.lower}
              from={alarm.lowerFrom}
              onChange={(lower, lowerFrom) => put({ lower, lowerFrom })}
              error={wrong("/lower") ?? wrong("/lowerFrom")}
              template={props.template}
            />
          )}
          {has(kind, "limit") && (
            <LimitField
              label={limitLabel}
              unit={kind === "count" ? "" : unit}
              number={alarm.limit}
              from={alarm.limitFrom}
              onChange={(limit, limitFrom) => put({ limit, limitFrom })}
              error={wrong("/limit") ?? wrong("/limitFrom")}
              template={props.template}
            >
              {has(kind, "per") && (
                <SelectField
                  label={t("alarmset:per")}
                  value={alarm.per ?? "min"}
                  onChange={(per) => put({ per: per as "s" })}
                  options={(["s", "min", "h"] as const).map((value) => ({
                    value,
                    label: t(`alarmset:units.${value}`),
                  }))}
                />
              )}
            </LimitField>
          )}
          {kind === "equals" && (
            <TextField
              label={t("alarms:edit.value")}
              value={
                alarm.value === undefined
                  ? ""
                  : typeof alarm.value === "string"
                    ? alarm.value
                    : JSON.stringify(alarm.value)
              }
              onChange={(s) => put({ value: (draft.type === "string" ? s : parse(s)) as TagAlarm["value"] })}
              error={wrong("/value")}
            />
          )}
          {(has(kind, "total") || has(kind, "window")) && (
            <div className="field-row">
              {has(kind, "total") && <TextField label={t("alarmset:total")} {...length("total")} />}
              <TextField
                label={t(kind === "rate" ? "alarmset:over" : "alarmset:within")}
                {...length("window")}
                hint={kind === "rate" ? t("alarmset:overHint") : undefined}
              />
            </div>
          )}
          {has(kind, "onDelay") && (
            <TextField
              label={t(
                kind === "no-update"
                  ? "alarmset:noUpdateFor"
                  : kind === "no-change"
                    ? "alarms:edit.unchanged"
                    : "alarms:edit.onDelay",
              )}
              {...length("onDelay")}
              hint={waits(kind) ? undefined : t("alarms:edit.delayHint")}
            />
          )}
        </div>
        <AlarmPicture alarm={alarm} draft={draft} />
      </div>
      <details className="fold" open={open(folded.details)}>
        <summary>{t("alarmset:details")}</summary>
        <div className="form">
          {has(kind, "deadband") && (
            <div className="field-row">
              <NumberField
                label={`${t("alarms:edit.deadband")}${unit}`}
                value={alarm.deadband?.absolute}
                onChange={(absolute) => put({ deadband: clean({ ...alarm.deadband, absolute }) })}
                min={0}
                error={wrong("/deadband/absolute")}
              />
              <NumberField
                label={t("alarms:edit.deadbandPercent")}
                value={alarm.deadband?.percent}
                onChange={(percent) => put({ deadband: clean({ ...alarm.deadband, percent }) })}
                min={0}
                max={100}
                error={wrong("/deadband/percent")}
              />
            </div>
          )}
          {kind === "cusum" && (
            <div className="field-row">
              <NumberField
                label={`${t("alarmset:slack")}${unit}`}
                value={alarm.slack}
                onChange={(slack) => put({ slack })}
                min={0}
                hint={t("alarmset:slackHint")}
                error={wrong("/slack")}
              />
              <TextField label={t("alarmset:every")} {...length("every")} />
            </div>
          )}
          {has(kind, "direction") && (
            <SelectField
              label={t("alarmset:direction")}
              value={alarm.direction ?? "both"}
              onChange={(d) => put({ direction: d === "both" ? undefined : (d as "up") })}
              options={(["both", "up", "down"] as const).map((value) => ({
                value,
                label: t(`alarmset:directions.${value}`),
              }))}
            />
          )}
          {kind === "no-update" && (
            <SelectField
              label={t("alarmset:clock")}
              value={alarm.clock ?? "server"}
              onChange={(c) => put({ clock: c === "server" ? undefined : (c as "source") })}
              options={(["server", "source"] as const).map((value) => ({
                value,
                label: t(`alarmset:clocks.${value}`),
              }))}
            />
          )}
          {has(kind, "offDelay") && <TextField label={t("alarms:edit.offDelay")} {...length("offDelay")} />}
          {has(kind, "tune") && (
            <>
              <Check
                label={t("alarmset:tune")}
                checked={!!alarm.tune}
                onChange={(on) => put({ tune: on ? {} : undefined })}
              />
              {alarm.tune && (
                <div className="field-row">
                  <NumberField
                    label={`${t("alarmset:tuneLow")}${unit}`}
                    value={alarm.tune.low}
                    onChange={(low) => put({ tune: tidy({ ...alarm.tune, low }) })}
                    error={wrong("/tune/low") ?? wrong("/tune")}
                  />
                  <NumberField
                    label={`${t("alarmset:tuneHigh")}${unit}`}
                    value={alarm.tune.high}
                    onChange={(high) => put({ tune: tidy({ ...alarm.tune, high }) })}
                    error={wrong("/tune/high")}
                  />
                </div>
              )}
            </>
          )}
          <div className="field-row">
            <TextField label={t("alarms:edit.id")} value={props.id} onChange={props.onRename} />
            <SelectField
              label={t("alarms:edit.acknowledge")}
              value={alarm.acknowledge ?? ""}
              onChange={(a) => put({ acknowledge: (a || undefined) as "none" })}
              options={[
                {
                  value: "",
                  label: inClass
                    ? t("alarmset:ackOfClass", { ack: t(`alarms:edit.acks.${inClass.acknowledge ?? "required"}`) })
                    : t("alarms:edit.acks.required"),
                },
                ...(["required", "comment", "none"] as const)
                  .filter((value) => inClass || value !== "required")
                  .map((value) => ({ value, label: t(`alarms:edit.acks.${value}`) })),
              ]}
            />
          </div>
          <Check
            label={t("alarms:edit.latch")}
            checked={!!alarm.latch}
            onChange={(on) => put({ latch: on || undefined })}
          />
        </div>
      </details>
      <details className="fold" open={open(folded.operator)}>
        <summary>{t("alarmset:operator")}</summary>
        <div className="form">
          <TextField label={t("alarms:edit.title")} {...text("title")} />
          <TextField label={t("alarms:edit.message")} {...text("message")} hint={t("alarmset:messageHint")} />
          <TextField label={t("alarms:cause")} {...text("cause")} placeholder={textIn(inClass?.cause)} />
          <TextField
            label={t("alarms:consequence")}
            {...text("consequence")}
            placeholder={textIn(inClass?.consequence)}
          />
          <TextField label={t("alarms:action")} {...text("action")} placeholder={textIn(inClass?.action)} />
        </div>
      </details>
      <details className="fold" open={open(folded.when)}>
        <summary>
          {t("alarmset:when")}
          {mark(!!alarm.schedule || !!alarm.suppressedBy || !!alarm.suppressWhen || !!alarm.group)}
        </summary>
        <div className="form">
          <PeriodRows rows={alarm.schedule ?? []} onChange={(schedule) => put({ schedule })} wrong={wrong} />
          <Expression
            label={t("alarms:edit.suppressWhen")}
            value={alarm.suppressWhen ?? ""}
            onChange={(suppressWhen) => put({ suppressWhen: suppressWhen || undefined })}
            error={wrong("/suppressWhen")}
            {...(props.template ? { hint: t("alarms:edit.suppressHint") } : {})}
          />
          <SuppressedByRows
            rows={alarm.suppressedBy ?? []}
            onChange={(suppressedBy) => put({ suppressedBy })}
            wrong={wrong}
          />
          <TextField
            label={t("alarmset:group")}
            value={alarm.group ?? ""}
            onChange={(group) => put({ group: group || undefined })}
            hint={t("alarmset:groupHint")}
            error={wrong("/group")}
          />
        </div>
      </details>
      <details className="fold" open={open(folded.writes)}>
        <summary>
          {t("alarmset:writes")}
          {mark(!!alarm.writes)}
        </summary>
        <div className="form">
          <WriteRows rows={alarm.writes ?? []} onChange={(writes) => put({ writes })} wrong={wrong} />
        </div>
      </details>
    </fieldset>
  );
}

const mark = (used: boolean) => used && " ●";

/** Without what is not there, and without lists of nothing. */
function tidy<T extends object>(value: T): T {
  return Object.fromEntries(
    Object.entries(value).filter(([, v]) => v !== undefined && !(Array.isArray(v) && v.length === 0)),
  ) as T;
}

/** A limit: a number, or an expression that gives it. */
function LimitField(props: {
  label: string;
  unit: string;
  number: number | undefined;
  from: string | undefined;
  onChange(number: number | undefined, from: string | undefined): void;
  error?: string;
  template?: boolean;
  children?: React.ReactNode;
}) {
  const t = useT();
  const Expression = props.template ? TemplateField : ExpressionField;
  const by = props.from !== undefined;
  return (
    <div className="alarm-limit">
      {by ? (
        <Expression
          label={`${props.label}${props.unit}`}
          value={props.from ?? ""}
          onChange={(from) => props.onChange(undefined, from)}
          error={props.error}
          {...(props.template ? { hint: t("alarmset:limitFromHint") } : {})}
        />
      ) : (
        <div className="field-row">
          <NumberField
            label={`${props.label}${props.unit}`}
            value={props.number}
            onChange={(number) => props.onChange(number, undefined)}
            error={props.error}
          />
          {props.children}
        </div>
      )}
      <Button look="quiet" onClick={() => props.onChange(undefined, by ? undefined : "")}>
        {t(by ? "alarmset:fixed" : "alarmset:fromTag")}
      </Button>
    </div>
  );
}
