// Fields that the dialogs of messages share: several texts, times of the week, receivers, people.
import type { MessageHours, Problem } from "@lineside/client";
import { Plus, Trash2, X } from "lucide-react";
import { type ReactNode, useId, useState } from "react";
import { useLanguage, useT } from "../i18n";
import { useFound } from "../plant/plantapi";
import { Button, Check, IconButton, Input, Row, Select } from "../ui";

/** What was chosen, each with a button that takes it away. */
export function Chips({
  values,
  show,
  onRemove,
}: {
  values: readonly string[];
  show?(value: string): ReactNode;
  onRemove(value: string): void;
}) {
  const t = useT();
  if (!values.length) return null;
  return (
    <ul className="notify-chips">
      {values.map((value) => (
        <li key={value} className="notify-chip">
          <span>{show ? show(value) : value}</span>
          <IconButton small label={t("notify:take", { name: value })} onClick={() => onRemove(value)}>
            <X size={12} aria-hidden />
          </IconButton>
        </li>
      ))}
    </ul>
  );
}

/** Areas of the plant; none is all. */
export function AreasField({
  label,
  hint,
  value,
  onChange,
}: {
  label: string;
  hint?: string;
  value: readonly string[] | undefined;
  onChange(value: string[] | undefined): void;
}) {
  const t = useT();
  const [text, setText] = useState("");
  const list = useId();
  const { data } = useFound<{ areas: { path: string }[] }>(
    `/plant/areas?${new URLSearchParams({ q: text.trim(), limit: "50" })}`,
    undefined,
  );
  const chosen = value ?? [];
  const add = () => {
    const area = text.trim().replace(/^\/+|\/+$/g, "");
    if (area && !chosen.includes(area)) onChange([...chosen, area]);
    setText("");
  };
  return (
    <Row label={label} help={hint}>
      {(id) => (
        <>
          <Chips
            values={chosen}
            onRemove={(area) => onChange(chosen.length > 1 ? chosen.filter((a) => a !== area) : undefined)}
          />
          <div className="notify-adder">
            <Input
              id={id}
              value={text}
              list={list}
              placeholder={chosen.length ? "" : t("notify:allAreas")}
              onChange={(e) => setText(e.target.value)}
              onKeyDown={(e) => {
                if (e.key !== "Enter") return;
                add();
                e.preventDefault();
              }}
              onBlur={add}
            />
            <datalist id={list}>
              {(data?.areas ?? []).map((a) => (
                <option key={a.path} value={a.path} />
              ))}
            </datalist>
            <Button onClick={add} disabled={!text.trim()}>
              {t("notify:addArea")}
            </Button>
          </div>
        </>
      )}
    </Row>
  );
}

export const days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const;
type Day = NonNullable<MessageHours["days"]>[number];

/** The short name of a day of the week. */
export function useDay(): (day: string) => string {
  const t = useT();
  const lang = useLanguage();
  const format = new Intl.DateTimeFormat(lang, { weekday: "short", timeZone: "UTC" });
  // 1 January 2024 was a Monday.
  return (day) =>
    day === "holiday"
      ? t("notify:holiday")
      : format.format(new Date(Date.UTC(2024, 0, 1 + days.indexOf(day as (typeof days)[number]))));
}

/** Times of the week in one line. */
export function useHoursText(): (hours: MessageHours) => string {
  const t = useT();
  const day = useDay();
  return (hours) => {
    const chosen = hours.days ?? [];
    const inWeek = days.filter((d) => chosen.includes(d));
    const first = days.indexOf(inWeek[0] as (typeof days)[number]);
    const run = inWeek.length > 2 && inWeek.every((d, i) => d === days[first + i]);
    const parts = run ? [`${day(inWeek[0] as string)}–${day(inWeek.at(-1) as string)}`] : inWeek.map(day);
    if (chosen.includes("holiday")) parts.push(t("notify:holidays"));
    const which = chosen.length ? parts.join(", ") : t("notify:everyDay");
    return `${which} ${hours.from ? `${hours.from}–${hours.to}` : t("notify:wholeDay")}`;
  };
}

/** One part of the week: days and the time from … to. */
export function HoursFields({ value, onChange }: { value: MessageHours; onChange(value: MessageHours): void }) {
  const t = useT();
  const day = useDay();
  const chosen = value.days ?? [];
  const set = (d: Day, on: boolean) => {
    const next = [...days, "holiday" as const].filter((x) => (x === d ? on : chosen.includes(x)));
    onChange({ ...value, days: next.length ? next : undefined });
  };
  const time = (key: "from" | "to") => (text: string) => {
    const next = { ...value, [key]: text || undefined };
    onChange(next);
  };
  return (
    <div className="notify-hours">
      <fieldset className="notify-days">
        <legend>{t("notify:days")}</legend>
        {[...days, "holiday" as const].map((d) => (
          <Check key={d} label={day(d)} checked={chosen.includes(d)} onChange={(on) => set(d, on)} />
        ))}
      </fieldset>
      <Row label={t("notify:from")}>
        {(id) => <Input id={id} type="time" value={value.from ?? ""} onChange={(e) => time("from")(e.target.value)} />}
      </Row>
      <Row label={t("notify:to")}>
        {(id) => <Input id={id} type="time" value={value.to ?? ""} onChange={(e) => time("to")(e.target.value)} />}
      </Row>
    </div>
  );
}

/** Several parts of the week. */
export function HoursList({
  label,
  hint,
  value,
  onChange,
  fresh,
}: {
  label: string;
  hint?: string;
  value: MessageHours[] | undefined;
  onChange(value: MessageHours[] | undefined): void;
  /** What a new one begins with. */
  fresh: MessageHours;
}) {
  const t = useT();
  const list = value ?? [];
  return (
    <fieldset className="fieldset">
      <legend>{label}</legend>
      {hint && <p className="hint">{hint}</p>}
      {list.map((hours, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: times have no identity but their place
        <div key={i} className="notify-row">
          <HoursFields value={hours} onChange={(next) => onChange(list.with(i, next))} />
          <IconButton
            label={t("notify:removeTime", { n: i + 1 })}
            onClick={() => onChange(list.length > 1 ? list.toSpliced(i, 1) : undefined)}
          >
            <Trash2 size={16} aria-hidden />
          </IconButton>
        </div>
      ))}
      <div>
        <Button icon={<Plus size={16} aria-hidden />} onClick={() => onChange([...list, fresh])}>
          {t("notify:addTime")}
        </Button>
      </div>
    </fieldset>
  );
}

/** Users, each once. */
export function PeopleField({
  label,
  hint,
  users,
  value,
  onChange,
  wrong,
}: {
  label: string;
  hint?: string;
  users: readonly string[];
  value: readonly string[];
  onChange(value: string[]): void;
  wrong?: string;
}) {
  const t = useT();
  const left = users.filter((u) => !value.includes(u));
  return (
    <Row label={label} help={hint} wrong={wrong}>
      {(id) => (
        <>
          <Chips values={value} onRemove={(name) => onChange(value.filter((v) => v !== name))} />
          <Select
            id={id}
            value=""
            disabled={!left.length}
            onChange={(name) => name && onChange([...value, name])}
            options={[{ value: "", label: t("notify:addPerson") }, ...left.map((u) => ({ value: u, label: u }))]}
          />
        </>
      )}
    </Row>
  );
}

/** Who receives a step: people, rosters, addresses. */
export function ReceiversField({
  users,
  rosters,
  value,
  onChange,
  wrong,
}: {
  users: readonly string[];
  rosters: readonly { id: string; name?: string }[];
  value: readonly string[];
  onChange(value: string[]): void;
  wrong?: string;
}) {
  const t = useT();
  const [kind, setKind] = useState<"mail:" | "phone:">();
  const [text, setText] = useState("");
  const show = useReceiver(rosters);
  const choices = [...rosters.map((r) => `roster:${r.id}`), ...users.map((u) => `user:${u}`)].filter(
    (c) => !value.includes(c),
  );
  const add = () => {
    if (kind && text.trim() && !value.includes(kind + text.trim())) onChange([...value, kind + text.trim()]);
    setKind(undefined);
    setText("");
  };
  return (
    <Row label={t("notify:receivers")} wrong={wrong}>
      {(id) => (
        <>
          <Chips values={value} show={show} onRemove={(one) => onChange(value.filter((v) => v !== one))} />
          {kind ? (
            <div className="notify-adder">
              <Input
                id={id}
                autoFocus
                type={kind === "mail:" ? "email" : "tel"}
                value={text}
                placeholder={kind === "mail:" ? "office@example.com" : "+49 170 1234567"}
                onChange={(e) => setText(e.target.value)}
                onKeyDown={(e) => {
                  if (e.key !== "Enter") return;
                  add();
                  e.preventDefault();
                }}
                onBlur={add}
              />
              <Button onClick={add}>{t("common:add")}</Button>
            </div>
          ) : (
            <Select
              id={id}
              value=""
              onChange={(choice) => {
                if (choice === "mail:" || choice === "phone:") setKind(choice);
                else if (choice) onChange([...value, choice]);
              }}
              options={[
                { value: "", label: t("notify:addReceiver") },
                ...choices.map((c) => ({ value: c, label: show(c) })),
                { value: "mail:", label: t("notify:anAddress") },
                { value: "phone:", label: t("notify:aNumber") },
              ]}
            />
          )}
        </>
      )}
    </Row>
  );
}

/** A receiver for people to read. */
export function useReceiver(rosters: readonly { id: string; name?: string }[]): (receiver: string) => string {
  const t = useT();
  return (receiver) => {
    const [kind, who = ""] = [receiver.slice(0, receiver.indexOf(":")), receiver.slice(receiver.indexOf(":") + 1)];
    if (kind !== "roster") return who;
    return t("notify:rosterOf", { name: rosters.find((r) => r.id === who)?.name || who });
  };
}

/** The first problem at a place, as a text for a field. */
export const wrongAt = (problems: readonly Problem[], at: string) =>
  problems.find((p) => p.at === at || p.at?.startsWith(`${at}/`))?.message;
