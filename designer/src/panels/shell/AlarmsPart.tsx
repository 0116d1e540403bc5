// The alarms of the app itself: conditions over its inputs and computed tags, watched for as long as it is installed.
import { type AlarmPriority, type AppAlarm, alarmPriorities } from "@lineside/client";
import { BellRing, Plus, Trash2 } from "lucide-react";
import { AlarmMark } from "../../alarms/AlarmMark";
import { useDoc, useEditor } from "../../design/context";
import { freshId, setApp } from "../../document";
import { language, useT } from "../../i18n";
import { PeriodRows } from "../../plant/alarms/AlarmRows";
import { clean } from "../../plant/TagParts";
import { SelectField, TextField } from "../../shell/form";
import { Button, Check, Empty, IconButton } from "../../ui";
import { ExpressionEditor } from "../ExpressionEditor";
import { CommitInput } from "./CommitInput";
import "../../plant/alarms/alarmset.css";

export function AlarmsPart() {
  const t = useT();
  const editor = useEditor();
  const alarms = useDoc((d) => d.app.alarms) ?? [];
  const set = (list: AppAlarm[]) => setApp(editor.doc, { alarms: list.length > 0 ? list : undefined });
  const taken = new Set(alarms.map((a) => a.id));
  const add = () => {
    const fresh: AppAlarm = { id: freshId("alarm", (id) => taken.has(id)), when: "false", priority: "medium" };
    set([...alarms, fresh]);
  };
  return (
    <div className="named-things">
      <p className="muted">{t("alarmset:app.help")}</p>
      {alarms.length === 0 && <Empty icon={<BellRing size={32} aria-hidden />} title={t("alarmset:app.none")} />}
      {alarms.map((alarm, i) => (
        <OneAlarm
          // biome-ignore lint/suspicious/noArrayIndexKey: the id is typed here, the place stays
          key={i}
          alarm={alarm}
          taken={taken}
          onChange={(next) => set(alarms.map((a, j) => (i === j ? tidy(next) : a)))}
          onRemove={() => set(alarms.toSpliced(i, 1))}
        />
      ))}
      <Button icon={<Plus size={14} aria-hidden />} onClick={add}>
        {t("alarms:edit.add")}
      </Button>
    </div>
  );
}

/** Without what is not there, empty texts and lists of nothing. */
function tidy(alarm: AppAlarm): AppAlarm {
  return Object.fromEntries(
    Object.entries(alarm).filter(
      ([, v]) =>
        v !== undefined && !(Array.isArray(v) && v.length === 0) && !(isTexts(v) && !Object.values(v).some(Boolean)),
    ),
  ) as unknown as AppAlarm;
}

const isTexts = (v: unknown): v is Record<string, string> => typeof v === "object" && v !== null && !Array.isArray(v);

function OneAlarm(props: {
  alarm: AppAlarm;
  taken: ReadonlySet<string>;
  onChange(alarm: AppAlarm): void;
  onRemove(): void;
}) {
  const t = useT();
  const lang = language();
  const editor = useEditor();
  const inputs = useDoc((d) => d.app.inputs);
  const { alarm } = props;
  const put = (change: Partial<AppAlarm>) => props.onChange({ ...alarm, ...change });
  const text = (key: "title" | "message" | "cause" | "consequence" | "action") => ({
    value: alarm[key]?.[lang] ?? "",
    onChange: (s: string) => put({ [key]: clean({ ...alarm[key], [lang]: s }) }),
  });
  const expression = (key: "when" | "suppressWhen", label: string) => (
    // biome-ignore lint/a11y/useSemanticElements: one field, of which the editor names itself
    <div className="form-row" role="group" aria-label={label}>
      <span className="label">{label}</span>
      <ExpressionEditor
        label={`${label} ${alarm.id}`}
        value={alarm[key] ?? ""}
        onChange={(s) => put({ [key]: s || (key === "when" ? "" : undefined) })}
        installation={editor.installation}
        functions={editor.functions}
        inputs={inputs}
      />
    </div>
  );
  return (
    <fieldset className="alarm-edit" aria-label={`${t("alarms:edit.group")}: ${alarm.id}`}>
      <div className="form">
        <div className="field-row">
          <div className="form-row">
            <span className="label">{t("alarms:edit.id")}</span>
            <CommitInput
              className="mono"
              aria-label={t("alarmset:app.idOf", { id: alarm.id })}
              value={alarm.id}
              onCommit={(id) => id.trim() && !props.taken.has(id.trim()) && put({ id: id.trim() })}
            />
          </div>
          <TextField label={t("alarms:edit.title")} {...text("title")} />
          <SelectField
            label={t("alarms:priority")}
            value={alarm.priority}
            onChange={(priority) => put({ priority: priority as AlarmPriority })}
            options={alarmPriorities.map((value) => ({ value, label: t(`alarms:priorities.${value}`) }))}
          />
          <span className="alarm-edit-head">
            <AlarmMark priority={alarm.priority} />
            <IconButton label={t("alarms:edit.removeOf", { id: alarm.id })} onClick={props.onRemove}>
              <Trash2 size={16} aria-hidden />
            </IconButton>
          </span>
        </div>
        {expression("when", t("alarms:edit.when"))}
        <TextField label={t("alarms:edit.message")} {...text("message")} hint={t("alarmset:app.messageHint")} />
        <details className="fold">
          <summary>{t("common:advanced")}</summary>
          <div className="form">
            <div className="field-row">
              <TextField
                label={t("alarms:edit.onDelay")}
                value={alarm.onDelay ?? ""}
                onChange={(s) => put({ onDelay: s || undefined })}
                hint={t("alarms:edit.delayHint")}
              />
              <TextField
                label={t("alarms:edit.offDelay")}
                value={alarm.offDelay ?? ""}
                onChange={(s) => put({ offDelay: s || undefined })}
              />
              <SelectField
                label={t("alarms:edit.acknowledge")}
                value={alarm.acknowledge ?? "required"}
                onChange={(a) => put({ acknowledge: a === "required" ? undefined : (a as "none") })}
                options={(["required", "comment", "none"] as const).map((value) => ({
                  value,
                  label: t(`alarms:edit.acks.${value}`),
                }))}
              />
              <TextField
                label={t("alarmset:class")}
                value={alarm.class ?? ""}
                onChange={(s) => put({ class: s.trim() || undefined })}
                hint={t("alarmset:app.classHint")}
              />
            </div>
            {expression("suppressWhen", t("alarms:edit.suppressWhen"))}
            <PeriodRows
              rows={alarm.schedule ?? []}
              onChange={(schedule) => put({ schedule })}
              wrong={() => undefined}
            />
            <TextField label={t("alarms:cause")} {...text("cause")} />
            <TextField label={t("alarms:consequence")} {...text("consequence")} />
            <TextField label={t("alarms:action")} {...text("action")} />
            <Check
              label={t("alarms:edit.latch")}
              checked={!!alarm.latch}
              onChange={(on) => put({ latch: on || undefined })}
            />
          </div>
        </details>
      </div>
    </fieldset>
  );
}
