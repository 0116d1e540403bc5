// The classes of alarms: what alarms have in common.
import type { AlarmClass, Plant } from "@lineside/client";
import { alarmPriorities, request } from "@lineside/client";
import { BellRing } from "lucide-react";
import { useState } from "react";
import { AlarmMark } from "../../alarms/AlarmMark";
import { language, textIn, useT } from "../../i18n";
import { ProblemList, problemsOf, SelectField, TextField } from "../../shell/form";
import { ListSection, ListTable, RowActions, useRows } from "../../shell/list";
import { asApiError, useResource } from "../../shell/resource";
import { Button, Dialog } from "../../ui";
import { idFrom } from "../DeviceDialog";
import { clean } from "../TagParts";

/** How many alarms are of each class, those of assets one by one. */
interface Used {
  used: Record<string, number>;
}

const nameOf = (one: AlarmClass) => textIn(one.title) || one.id;

export function AlarmClasses({ plant, reload }: { plant: Plant; reload(): Promise<void> }) {
  const t = useT();
  const list = plant.alarmClasses ?? [];
  const { data, reload: count } = useResource<Used>("/plant/alarm-classes/used");
  const rows = useRows<AlarmClass>();
  const remove = async (one: AlarmClass) => {
    const used = data?.used[one.id] ?? 0;
    const title = t("alarmset:classes.remove", { name: nameOf(one) });
    const text = used ? t("alarmset:classes.usedText", { count: used }) : t("alarmset:classes.removeText");
    await rows.remove({ title, text }, async () => {
      await request("PATCH", "/plant", { remove: { alarmClasses: [one.id] } });
      await Promise.all([reload(), count()]);
    });
  };
  return (
    <ListSection
      label={t("alarmset:classes.title")}
      count={list.length}
      add={{ label: t("alarmset:classes.add"), onClick: rows.add }}
      empty={{
        icon: <BellRing size={32} aria-hidden />,
        title: t("alarmset:classes.none"),
        text: t("alarmset:classes.noneText"),
      }}
      more={
        <>
          {rows.editing && (
            <AlarmClassDialog
              present={rows.present}
              taken={new Set(list.map((one) => one.id))}
              onClose={rows.close}
              onSaved={async () => {
                await reload();
                rows.close();
              }}
            />
          )}
          {rows.question}
        </>
      }
    >
      <ListTable
        columns={[
          t("alarmset:classes.name"),
          t("alarmset:classes.priority"),
          t("alarms:edit.acknowledge"),
          t("alarmset:classes.sound"),
          t("alarmset:classes.shelveMax"),
          t("alarmset:classes.routes"),
          { label: t("alarmset:classes.used"), number: true },
        ]}
      >
        {list.map((one) => (
          <tr key={one.id}>
            <td>
              <button type="button" className="link" onClick={() => rows.edit(one)}>
                {nameOf(one)}
              </button>
              {one.title && <span className="muted"> {one.id}</span>}
            </td>
            <td>
              {one.priority ? (
                <span className="with-icon">
                  <AlarmMark priority={one.priority} /> {t(`alarms:priorities.${one.priority}`)}
                </span>
              ) : (
                <span className="muted">{t("alarmset:classes.noPriority")}</span>
              )}
            </td>
            <td>{t(`alarms:edit.acks.${one.acknowledge ?? "required"}`)}</td>
            <td>{t(`alarmset:classes.sounds.${one.sound ?? ""}`)}</td>
            <td>{one.shelveMax ?? "24h"}</td>
            <td>{one.routes?.join(", ") || t("alarmset:classes.allRoutes")}</td>
            <td className="number">{data?.used[one.id] ?? 0}</td>
            <RowActions
              edit={{ label: t("alarmset:classes.edit", { name: nameOf(one) }), onClick: () => rows.edit(one) }}
              remove={{
                label: t("alarmset:classes.remove", { name: nameOf(one) }),
                onClick: () => void remove(one),
              }}
            />
          </tr>
        ))}
      </ListTable>
    </ListSection>
  );
}

const sounds = ["", "none", "chime", "beep", "pulse", "siren"] as const;

function AlarmClassDialog(props: {
  present?: AlarmClass;
  taken: Set<string>;
  onClose(): void;
  onSaved(): Promise<void>;
}) {
  const t = useT();
  const lang = language();
  const { present } = props;
  const [draft, setDraft] = useState<AlarmClass>(present ?? { id: "", title: {}, priority: "high" });
  const [routes, setRoutes] = useState(present?.routes?.join(", ") ?? "");
  const [problems, setProblems] = useState<ReturnType<typeof problemsOf>>([]);
  const [saving, setSaving] = useState(false);
  const put = (change: Partial<AlarmClass>) => setDraft({ ...draft, ...change });
  const wrong = (at: string) => problems.find((p) => p.at?.replace(/^\/alarmClasses\/\d+/, "") === at)?.message;
  const text = (key: "title" | "cause" | "consequence" | "action") => ({
    value: draft[key]?.[lang] ?? "",
    onChange: (s: string) => put({ [key]: clean({ ...draft[key], [lang]: s }) }),
    error: wrong(`/${key}/en`),
  });
  const id = present?.id ?? idFrom(draft.title?.[lang] ?? "", props.taken, "class");
  const known = /^\/alarmClasses\/\d+\/((title|cause|consequence|action)\/en|shelveMax|routes(\/\d+)?)$/;
  const elsewhere = problems.filter((p) => !known.test(p.at ?? ""));
  const save = async () => {
    setSaving(true);
    const names = routes
      .split(",")
      .map((s) => s.trim())
      .filter(Boolean);
    const next: AlarmClass = { ...draft, id, routes: names.length ? names : undefined };
    try {
      await request("PATCH", "/plant", { put: { alarmClasses: [next] } });
      await props.onSaved();
    } catch (error) {
      setProblems(problemsOf(asApiError(error)));
    } finally {
      setSaving(false);
    }
  };
  return (
    <Dialog
      open
      title={present ? t("alarmset:classes.edit", { name: nameOf(present) }) : t("alarmset:classes.add")}
      onClose={props.onClose}
      footer={
        <>
          <span className="grow" />
          <Button onClick={props.onClose}>{t("common:cancel")}</Button>
          <Button look="primary" onClick={() => void save()} disabled={saving}>
            {present ? t("common:save") : t("common:add")}
          </Button>
        </>
      }
    >
      <div className="form">
        {elsewhere.length > 0 && <ProblemList problems={elsewhere} />}
        <TextField label={t("alarmset:classes.name")} {...text("title")} autoFocus />
        <div className="field-row">
          <SelectField
            label={t("alarmset:classes.priority")}
            value={draft.priority ?? ""}
            onChange={(p) => put({ priority: (p || undefined) as AlarmClass["priority"] })}
            options={[
              { value: "", label: t("alarmset:classes.noPriority") },
              ...alarmPriorities.map((value) => ({ value, label: t(`alarms:priorities.${value}`) })),
            ]}
          />
          <SelectField
            label={t("alarms:edit.acknowledge")}
            value={draft.acknowledge ?? "required"}
            onChange={(a) => put({ acknowledge: a === "required" ? undefined : (a as "none") })}
            options={(["required", "comment", "none"] as const).map((value) => ({
              value,
              label: t(`alarms:edit.acks.${value}`),
            }))}
          />
        </div>
        <div className="field-row">
          <SelectField
            label={t("alarmset:classes.sound")}
            value={draft.sound ?? ""}
            onChange={(s) => put({ sound: (s || undefined) as AlarmClass["sound"] })}
            options={sounds.map((value) => ({ value, label: t(`alarmset:classes.sounds.${value}`) }))}
          />
          <TextField
            label={t("alarmset:classes.shelveMax")}
            value={draft.shelveMax ?? ""}
            onChange={(s) => put({ shelveMax: s || undefined })}
            hint={t("alarmset:classes.shelveHint")}
            error={wrong("/shelveMax")}
          />
        </div>
        <TextField
          label={t("alarmset:classes.routes")}
          value={routes}
          onChange={setRoutes}
          hint={t("alarmset:classes.routesHint")}
          error={wrong("/routes") ?? wrong("/routes/0")}
        />
        <TextField label={t("alarms:cause")} {...text("cause")} />
        <TextField label={t("alarms:consequence")} {...text("consequence")} />
        <TextField label={t("alarms:action")} {...text("action")} />
      </div>
    </Dialog>
  );
}
