import type { AlarmPriority, MessagePerson, Problem } from "@lineside/client";
import { request } from "@lineside/client";
import { BellRing, Send, Trash2 } from "lucide-react";
import { useEffect, useState } from "react";
import { PriorityFilter } from "../alarms/PriorityFilter";
import { useT } from "../i18n";
import { ProblemList, problemsOf, SelectField, sayFailure, TextField } from "../shell/form";
import { useMe } from "../shell/me";
import { asApiError, useResource } from "../shell/resource";
import { useTime } from "../shell/time";
import { Busy, Button, Check, IconButton, Note, toast } from "../ui";
import { LogTable } from "./DeliveryLog";
import { AreasField, HoursList, wrongAt } from "./fields";
import { browserName, deviceId, pushMissing, subscribe, subscription, unsubscribe } from "./push";
import "./notify.css";

interface NotifyMe extends MessagePerson {
  devices: { id: string; name: string; created: string }[];
  reaches: ("mail" | "phone" | "device")[];
  key?: string;
}

/** How one is told of alarms oneself: where, in which language, when not, of what. */
export function Mine() {
  const t = useT();
  const me = useMe();
  const mine = useResource<NotifyMe>("/notify/me");
  const [person, setPerson] = useState<MessagePerson>();
  const [problems, setProblems] = useState<Problem[]>([]);
  const [tried, setTried] = useState<{ name: string; channel: string; answer?: string; error?: string }[]>();
  const [busy, setBusy] = useState(false);
  const data = mine.data;
  const shown = person ?? data;
  if (mine.error) return <ProblemList problems={[mine.error]} />;
  if (!data || !shown) return <Busy />;
  const set = (change: Partial<MessagePerson>) => {
    const { devices: _d, reaches: _r, key: _k, ...rest } = shown as NotifyMe;
    setPerson({ ...rest, ...change });
    setProblems([]);
    setTried(undefined);
  };
  const save = async () => {
    setBusy(true);
    try {
      await request("PUT", "/notify/me", person);
      await mine.reload();
      setPerson(undefined);
      toast(t("notify:saved"), { kind: "good" });
    } catch (error) {
      setProblems(problemsOf(asApiError(error)));
    } finally {
      setBusy(false);
    }
  };
  const tryAll = async () => {
    setBusy(true);
    try {
      const answer = await request<{ results: typeof tried }>("POST", "/notify/me/try");
      setTried(answer.data.results);
    } catch (error) {
      sayFailure(asApiError(error));
    } finally {
      setBusy(false);
    }
  };
  return (
    <section className="page-section notify-mine" aria-label={t("notify:mine")}>
      <p className="muted">{t("notify:mineText", { name: me.name })}</p>
      {data.reaches.length === 0 && <Note>{t("notify:nothingReaches")}</Note>}
      <div className="notify-columns">
        <div className="notify-form">
          <TextField
            label={t("notify:myMail")}
            type="email"
            autoComplete="email"
            value={shown.mail ?? ""}
            onChange={(mail) => set({ mail: mail.trim() || undefined })}
            error={wrongAt(problems, "/mail")}
          />
          <TextField
            label={t("notify:myPhone")}
            type="tel"
            autoComplete="tel"
            value={shown.phone ?? ""}
            onChange={(phone) => set({ phone: phone || undefined })}
            error={wrongAt(problems, "/phone")}
            hint={t("notify:myPhoneHint")}
          />
          <SelectField
            label={t("notify:myLanguage")}
            value={shown.language ?? ""}
            onChange={(language) => set({ language: (language || undefined) as MessagePerson["language"] })}
            options={[
              { value: "", label: t("notify:asPages") },
              { value: "en", label: "English" },
              { value: "zh", label: "中文" },
            ]}
          />
          <fieldset className="fieldset">
            <legend>{t("notify:myFilter")}</legend>
            <p className="hint">{t("notify:myFilterHint")}</p>
            <PriorityFilter
              chosen={(shown.priorities ?? []) as AlarmPriority[]}
              onChange={(list) => set({ priorities: list.length ? list : undefined })}
            />
            <AreasField label={t("notify:areas")} value={shown.areas} onChange={(areas) => set({ areas })} />
          </fieldset>
          <HoursList
            label={t("notify:quiet")}
            hint={t("notify:quietHint")}
            value={shown.quiet}
            onChange={(quiet) => set(quiet && !shown.quiet ? { quiet, urgent: true } : { quiet })}
            fresh={{ from: "22:00", to: "06:00" }}
          />
          {shown.quiet && (
            <Check
              label={t("notify:urgentAnyway")}
              checked={shown.urgent ?? false}
              onChange={(urgent) => set({ urgent: urgent || undefined })}
            />
          )}
          {problems.length > 0 && <ProblemList problems={problems} />}
          <div className="page-tools">
            <Button look="primary" disabled={!person || busy} onClick={() => void save()}>
              {t("common:save")}
            </Button>
            {person && <Button onClick={() => setPerson(undefined)}>{t("common:cancel")}</Button>}
            <Button
              icon={<Send size={16} aria-hidden />}
              disabled={!!person || busy || data.reaches.length === 0}
              onClick={() => void tryAll()}
            >
              {t("notify:tryMine")}
            </Button>
          </div>
          {tried?.length === 0 && <Note kind="warning">{t("notify:nothingTried")}</Note>}
          {tried?.map((r) => (
            <Note
              key={r.channel + r.answer + r.error}
              kind={r.error ? "bad" : "good"}
              title={r.error ? t("notify:triedBad", { name: r.name }) : t("notify:triedGood", { name: r.name })}
            >
              <code className="selectable notify-answer">{r.error ?? r.answer}</code>
            </Note>
          ))}
        </div>
        <Devices mine={data} reload={mine.reload} />
      </div>
      <h2>{t("notify:myLog")}</h2>
      <LogTable path="/notify/me/log" personal />
    </section>
  );
}

/** The phones and browsers on which one is told. */
function Devices({ mine, reload }: { mine: NotifyMe; reload(): Promise<void> }) {
  const t = useT();
  const time = useTime();
  const [here, setHere] = useState<string>();
  const [busy, setBusy] = useState(false);
  const missing = pushMissing();
  useEffect(() => {
    void subscription()
      .then((endpoint) => (endpoint ? deviceId(endpoint) : undefined))
      .then(setHere, () => {});
  }, []);
  const registered = mine.devices.some((d) => d.id === here);
  const add = async () => {
    setBusy(true);
    try {
      const made = await subscribe(mine.key ?? "");
      const { data } = await request<{ id: string }>("POST", "/notify/me/devices", {
        name: browserName(),
        subscription: made,
      });
      setHere(data.id);
      await reload();
      toast(t("notify:registered"), { kind: "good" });
    } catch (error) {
      const denied = error instanceof Error && error.message === "denied";
      sayFailure(denied ? { message: t("notify:push.denied") } : asApiError(error));
    } finally {
      setBusy(false);
    }
  };
  const remove = async (id: string) => {
    try {
      await request("DELETE", `/notify/me/devices/${id}`);
      if (id === here) await unsubscribe();
      await reload();
    } catch (error) {
      sayFailure(asApiError(error));
    }
  };
  return (
    <section className="notify-devices" aria-labelledby="notify-devices">
      <h2 id="notify-devices">{t("notify:devices")}</h2>
      <p className="muted">{t("notify:devicesText")}</p>
      {mine.devices.length > 0 && (
        <ul className="plain-list">
          {mine.devices.map((d) => (
            <li key={d.id} className="notify-row">
              <span className="grow">
                {d.name} {d.id === here && <strong>· {t("notify:thisDevice")}</strong>}
                <br />
                <span className="muted">{time(d.created)}</span>
              </span>
              <IconButton label={t("notify:removeDevice", { name: d.name })} onClick={() => void remove(d.id)}>
                <Trash2 size={16} aria-hidden />
              </IconButton>
            </li>
          ))}
        </ul>
      )}
      {!mine.reaches.includes("device") ? (
        <Note>{t("notify:push.none")}</Note>
      ) : missing ? (
        <Note kind="warning">{t(`notify:push.${missing}`)}</Note>
      ) : (
        !registered && (
          <Button icon={<BellRing size={16} aria-hidden />} disabled={busy} onClick={() => void add()}>
            {t("notify:register")}
          </Button>
        )
      )}
    </section>
  );
}
