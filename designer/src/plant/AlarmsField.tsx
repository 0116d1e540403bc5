// The alarms of a tag, a property of a model or an override of it.
import { type AlarmPriority, alarmPriorities, type TagAlarm } from "@lineside/client";
import { Plus, Trash2 } from "lucide-react";
import { useState } from "react";
import { AlarmMark } from "../alarms/AlarmMark";
import { language, useT } from "../i18n";
import { NumberField, SelectField, TextField } from "../shell/form";
import { Button, Check, IconButton } from "../ui";
import { ExpressionField } from "./ExpressionField";
import { clean, isNumeric, parse, type TagLike } from "./TagParts";
import { TemplateField } from "./TemplateField";

type Kind = TagAlarm["kind"];
type Alarms = Record<string, TagAlarm>;

const limits: readonly Kind[] = ["high-high", "high", "low", "low-low", "deviation"];
const limited = (kind: Kind) => limits.includes(kind);

/** The kinds that a type can have. */
function kindsOf(draft: Partial<TagLike>): Kind[] {
  const some: Kind[] = ["equals", "change", "no-change", "bad", "expression"];
  if (isNumeric(draft)) return [...limits, ...some];
  return draft.type === "bool" ? ["on", "off", ...some.slice(1)] : some;
}

/** An alarm as another kind, without what that has no use for. */
function ofKind(alarm: TagAlarm, kind: Kind): TagAlarm {
  const { limit, setpoint, value, when, deadband, onDelay, offDelay, ...rest } = alarm;
  return {
    ...rest,
    kind,
    ...(limited(kind) && { limit, deadband }),
    ...(kind === "deviation" && { setpoint }),
    ...(kind === "equals" && { value }),
    ...(kind === "expression" && { when }),
    ...(kind !== "change" && { onDelay: onDelay ?? (kind === "no-change" ? "10m" : undefined), offDelay }),
  };
}

interface Props {
  draft: Partial<TagLike>;
  set(change: Partial<TagLike>): void;
  /** What the server says of a place ("/alarms/high/limit"). */
  wrong(at: string): string | undefined;
  /** Its expressions hold placeholders, so that they cannot be tried as they stand. */
  template?: boolean;
}

/** The alarms, folded unless there are some. */
export function AlarmsFold({ draft, set, wrong, template }: Props) {
  const t = useT();
  const alarms = draft.alarms ?? {};
  const ids = Object.keys(alarms);
  const [open] = useState(ids.length > 0);
  const kinds = kindsOf(draft);
  const keep = (next: Alarms) => set({ alarms: Object.keys(next).length ? next : undefined });
  const add = () => {
    const kind = kinds.find((k) => !ids.includes(k)) ?? kinds[0] ?? "bad";
    let id: string = kind;
    for (let n = 2; ids.includes(id); n++) id = `${kind}-${n}`;
    keep({ ...alarms, [id]: ofKind({ kind, priority: "medium" } as TagAlarm, kind) });
  };
  return (
    <details className="fold" open={open || undefined}>
      <summary>
        {t("alarms:edit.group")}
        {ids.length > 0 && ` (${ids.length})`}
      </summary>
      <div className="form">
        {ids.map((id, i) => (
          <AlarmForm
            // biome-ignore lint/suspicious/noArrayIndexKey: the id is typed here, the place stays
            key={i}
            id={id}
            alarm={alarms[id] as TagAlarm}
            kinds={kinds}
            draft={draft}
            template={template}
            wrong={(at) => wrong(`/alarms/${id}${at}`)}
            onChange={(alarm) => keep({ ...alarms, [id]: alarm })}
            onRename={(to) =>
              !alarms[to] && keep(Object.fromEntries(Object.entries(alarms).map(([k, v]) => [k === id ? to : k, v])))
            }
            onRemove={() => keep(Object.fromEntries(Object.entries(alarms).filter(([k]) => k !== id)))}
          />
        ))}
        <div>
          <Button icon={<Plus size={16} aria-hidden />} onClick={add}>
            {t("alarms:edit.add")}
          </Button>
        </div>
      </div>
    </details>
  );
}

/** The places whose fields are folded away. */
const hidden = ["/deadband/absolute", "/deadband/percent", "/onDelay", "/offDelay", "/suppressWhen"];

function AlarmForm(props: {
  id: string;
  alarm: TagAlarm;
  kinds: Kind[];
  draft: Partial<TagLike>;
  template?: boolean;
  wrong(at: string): string | undefined;
  onChange(alarm: TagAlarm): void;
  onRename(to: string): void;
  onRemove(): void;
}) {
  const { alarm, wrong, draft } = props;
  const t = useT();
  const lang = language();
  const put = (change: Partial<TagAlarm>) => props.onChange({ ...alarm, ...change });
  const text = (key: "title" | "message" | "cause" | "consequence" | "action") => ({
    value: alarm[key]?.[lang] ?? "",
    onChange: (s: string) => put({ [key]: clean({ ...alarm[key], [lang]: s }) }),
    error: wrong(`/${key}/en`),
  });
  const Expression = props.template ? TemplateField : ExpressionField;
  const kinds = props.kinds.includes(alarm.kind) ? props.kinds : [alarm.kind, ...props.kinds];
  return (
    <fieldset className="alarm-edit" aria-label={`${t("alarms:edit.group")}: ${props.id}`}>
      <div className="field-row">
        <SelectField
          label={t("alarms:edit.kind")}
          value={alarm.kind}
          onChange={(kind) => props.onChange(ofKind(alarm, kind as Kind))}
          options={kinds.map((value) => ({ value, label: t(`alarms:kinds.${value}`) }))}
          error={wrong("/kind") ?? wrong("")}
        />
        {limited(alarm.kind) && (
          <NumberField
            label={t("alarms:edit.limit")}
            value={alarm.limit}
            onChange={(limit) => put({ limit })}
            error={wrong("/limit")}
          />
        )}
        {alarm.kind === "equals" && (
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
        {alarm.kind === "no-change" && (
          <TextField
            label={t("alarms:edit.unchanged")}
            value={alarm.onDelay ?? ""}
            onChange={(onDelay) => put({ onDelay: onDelay || undefined })}
            error={wrong("/onDelay")}
          />
        )}
        <SelectField
          label={t("alarms:priority")}
          value={alarm.priority ?? ""}
          onChange={(priority) => put({ priority: priority as AlarmPriority })}
          options={alarmPriorities.map((value) => ({ value, label: t(`alarms:priorities.${value}`) }))}
          error={wrong("/priority")}
        />
        <span className="alarm-edit-head">
          {alarm.priority && <AlarmMark priority={alarm.priority} />}
          <IconButton label={t("alarms:edit.removeOf", { id: props.id })} onClick={props.onRemove}>
            <Trash2 size={16} aria-hidden />
          </IconButton>
        </span>
      </div>
      {alarm.kind === "deviation" && (
        <Expression
          label={t("alarms:edit.setpoint")}
          value={alarm.setpoint ?? ""}
          onChange={(setpoint) => put({ setpoint })}
          error={wrong("/setpoint")}
          {...(props.template ? { hint: t("alarms:edit.setpointHint") } : {})}
        />
      )}
      {alarm.kind === "expression" && (
        <TextField
          label={t("alarms:edit.when")}
          value={alarm.when ?? ""}
          onChange={(when) => put({ when })}
          hint={t("alarms:edit.whenHint")}
          error={wrong("/when")}
        />
      )}
      <details className="fold" open={hidden.some(wrong) || undefined}>
        <summary>{t("common:advanced")}</summary>
        <div className="form">
          <div className="field-row">
            <TextField label={t("alarms:edit.title")} {...text("title")} />
            <TextField label={t("alarms:edit.id")} value={props.id} onChange={props.onRename} />
            <SelectField
              label={t("alarms:edit.acknowledge")}
              value={alarm.acknowledge ?? "required"}
              onChange={(a) => put({ acknowledge: a === "required" ? undefined : (a as "none") })}
              options={(["required", "comment", "none"] as const).map((value) => ({
                value,
                label: t(`alarms:edit.acks.${value}`),
              }))}
            />
          </div>
          {limited(alarm.kind) && (
            <div className="field-row">
              <NumberField
                label={t("alarms:edit.deadband")}
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
          {alarm.kind !== "change" && (
            <div className="field-row">
              {alarm.kind !== "no-change" && (
                <TextField
                  label={t("alarms:edit.onDelay")}
                  value={alarm.onDelay ?? ""}
                  onChange={(onDelay) => put({ onDelay: onDelay || undefined })}
                  hint={t("alarms:edit.delayHint")}
                  error={wrong("/onDelay")}
                />
              )}
              <TextField
                label={t("alarms:edit.offDelay")}
                value={alarm.offDelay ?? ""}
                onChange={(offDelay) => put({ offDelay: offDelay || undefined })}
                error={wrong("/offDelay")}
              />
            </div>
          )}
          <TextField label={t("alarms:edit.message")} {...text("message")} hint={t("alarms:edit.messageHint")} />
          <TextField label={t("alarms:cause")} {...text("cause")} />
          <TextField label={t("alarms:consequence")} {...text("consequence")} />
          <TextField label={t("alarms:action")} {...text("action")} />
          <TextField
            label={t("alarms:edit.suppressWhen")}
            value={alarm.suppressWhen ?? ""}
            onChange={(suppressWhen) => put({ suppressWhen: suppressWhen || undefined })}
            hint={t("alarms:edit.suppressHint")}
            error={wrong("/suppressWhen")}
          />
          <Check
            label={t("alarms:edit.latch")}
            checked={!!alarm.latch}
            onChange={(on) => put({ latch: on || undefined })}
          />
        </div>
      </details>
    </fieldset>
  );
}
