import type { Holiday, MessageHours, Problem, Roster, RosterShift } from "@lineside/client";
import { CalendarClock, Plus, Trash2 } from "lucide-react";
import { useState } from "react";
import { useLanguage, useT } from "../i18n";
import { ProblemList, problemsOf, TextField } from "../shell/form";
import { ListSection, ListTable, RowActions, useRows } from "../shell/list";
import { asApiError } from "../shell/resource";
import { Button, Dialog, IconButton, Input, Note, Row } from "../ui";
import { HoursFields, PeopleField, useHoursText, wrongAt } from "./fields";
import { below, freeId, put, type Setup } from "./setup";

/** Groups of people and who of them is on duty when. */
export function Rosters({ setup }: { setup: Setup }) {
  const t = useT();
  const lang = useLanguage();
  const hours = useHoursText();
  const rows = useRows<Roster>();
  const [holidays, setHolidays] = useState(false);
  const list = setup.config.rosters ?? [];
  const called = (r: Roster) => r.name || r.id;
  const moment = new Intl.DateTimeFormat(lang, { weekday: "short", hour: "2-digit", minute: "2-digit" });
  const remove = async (r: Roster) => {
    const title = t("notify:removeRoster", { name: called(r) });
    const rosters = list.filter((one) => one.id !== r.id);
    await rows.remove({ title, text: t("notify:removeRosterText") }, () => setup.save({ ...setup.config, rosters }));
  };
  return (
    <ListSection
      label={t("notify:rosters")}
      count={list.length}
      add={{ label: t("notify:addRoster"), onClick: rows.add }}
      empty={{
        icon: <CalendarClock size={32} aria-hidden />,
        title: t("notify:noRosters"),
        text: t("notify:noRostersText"),
      }}
      tools={
        <Button onClick={() => setHolidays(true)}>
          {t("notify:holidaysButton", { count: setup.config.holidays?.length ?? 0 })}
        </Button>
      }
      more={
        <>
          {rows.editing && <RosterDialog setup={setup} present={rows.present} onClose={rows.close} />}
          {holidays && <Holidays setup={setup} onClose={() => setHolidays(false)} />}
          {rows.question}
        </>
      }
    >
      <ListTable columns={[t("notify:roster"), t("notify:shifts"), t("notify:onDuty"), t("notify:nobody")]}>
        {list.map((r) => {
          const now = setup.state?.rosters[r.id];
          return (
            <tr key={r.id}>
              <td>
                <button type="button" className="link" onClick={() => rows.edit(r)}>
                  {called(r)}
                </button>
              </td>
              <td>
                {!!r.members?.length && <div>{t("notify:alwaysThere", { list: r.members.join(", ") })}</div>}
                {r.shifts?.map((s, i) => (
                  // biome-ignore lint/suspicious/noArrayIndexKey: shifts have no identity but their place
                  <div key={i}>
                    {s.name ? `${s.name}: ` : ""}
                    {hours(s)} · {s.people.join(", ")}
                  </div>
                ))}
              </td>
              <td>{now?.onDuty.length ? now.onDuty.join(", ") : <strong>{t("notify:nobodyNow")}</strong>}</td>
              <td>
                {now?.gaps.slice(0, 4).map((g) => (
                  <div key={g.from}>
                    {moment.format(new Date(g.from))} – {moment.format(new Date(g.to))}
                  </div>
                ))}
                {(now?.gaps.length ?? 0) > 4 && (
                  <div className="muted">{t("notify:moreGaps", { count: (now?.gaps.length ?? 0) - 4 })}</div>
                )}
              </td>
              <RowActions
                edit={{ label: t("notify:editRoster", { name: called(r) }), onClick: () => rows.edit(r) }}
                remove={{ label: t("notify:removeRoster", { name: called(r) }), onClick: () => void remove(r) }}
              />
            </tr>
          );
        })}
      </ListTable>
    </ListSection>
  );
}

function RosterDialog({ setup, present, onClose }: { setup: Setup; present?: Roster; onClose(): void }) {
  const t = useT();
  const all = setup.config.rosters ?? [];
  const [roster, setRoster] = useState<Roster>(present ?? { id: "", name: "" });
  const [problems, setProblems] = useState<Problem[]>([]);
  const set = (change: Partial<Roster>) => {
    setRoster({ ...roster, ...change });
    setProblems([]);
  };
  const shifts = roster.shifts ?? [];
  const setShift = (i: number, change: Partial<RosterShift>) =>
    set({ shifts: shifts.with(i, { ...(shifts[i] as RosterShift), ...change }) });
  const save = async () => {
    const one = {
      ...roster,
      id:
        present?.id ??
        freeId(
          roster.name ?? "",
          all.map((r) => r.id),
          "roster",
        ),
      name: roster.name || undefined,
    };
    const rosters = put(all, one);
    try {
      await setup.save({ ...setup.config, rosters });
      onClose();
    } catch (error) {
      const found = problemsOf(asApiError(error));
      const mine = below(found, `/rosters/${rosters.findIndex((r) => r.id === one.id)}`);
      setProblems(mine.length ? mine : found);
    }
  };
  const nobody = !roster.members?.length && !shifts.length && !roster.otherwise?.length;
  return (
    <Dialog
      open
      size="wide"
      title={present ? t("notify:editRoster", { name: present.name || present.id }) : t("notify:addRoster")}
      text={t("notify:rosterText")}
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{t("common:cancel")}</Button>
          <Button look="primary" disabled={nobody} onClick={() => void save()}>
            {present ? t("common:save") : t("common:add")}
          </Button>
        </>
      }
    >
      <div className="notify-form">
        <TextField label={t("notify:name")} value={roster.name ?? ""} onChange={(name) => set({ name })} autoFocus />
        <PeopleField
          label={t("notify:members")}
          hint={t("notify:membersHint")}
          users={setup.users}
          value={roster.members ?? []}
          onChange={(list) => set({ members: list.length ? list : undefined })}
          wrong={wrongAt(problems, "/members")}
        />
        {shifts.map((shift, i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: shifts have no identity but their place
          <fieldset key={i} className="fieldset">
            <legend>{shift.name || t("notify:shift", { n: i + 1 })}</legend>
            <div className="notify-row">
              <TextField
                label={t("notify:shiftName")}
                value={shift.name ?? ""}
                onChange={(name) => setShift(i, { name: name || undefined })}
              />
              <IconButton
                label={t("notify:removeShift", { n: i + 1 })}
                onClick={() => set({ shifts: shifts.length > 1 ? shifts.toSpliced(i, 1) : undefined })}
              >
                <Trash2 size={16} aria-hidden />
              </IconButton>
            </div>
            <HoursFields value={shift} onChange={(next: MessageHours) => setShift(i, next)} />
            <PeopleField
              label={t("notify:people")}
              users={setup.users}
              value={shift.people}
              onChange={(people) => setShift(i, { people })}
              wrong={wrongAt(problems, `/shifts/${i}/people`)}
            />
          </fieldset>
        ))}
        <div>
          <Button
            icon={<Plus size={16} aria-hidden />}
            onClick={() => set({ shifts: [...shifts, { from: "06:00", to: "14:00", people: [] }] })}
          >
            {t("notify:addShift")}
          </Button>
        </div>
        <PeopleField
          label={t("notify:otherwise")}
          hint={t("notify:otherwiseHint")}
          users={setup.users}
          value={roster.otherwise ?? []}
          onChange={(list) => set({ otherwise: list.length ? list : undefined })}
          wrong={wrongAt(problems, "/otherwise")}
        />
        {problems.length > 0 && <ProblemList problems={problems} />}
      </div>
    </Dialog>
  );
}

/** The days that are not like others. */
function Holidays({ setup, onClose }: { setup: Setup; onClose(): void }) {
  const t = useT();
  const [list, setList] = useState<Holiday[]>(setup.config.holidays ?? []);
  const [date, setDate] = useState("");
  const [name, setName] = useState("");
  const [problems, setProblems] = useState<Problem[]>([]);
  const add = () => {
    if (!date || list.some((h) => h.date === date)) return;
    setList([...list, { date, name: name.trim() || undefined }].sort((a, b) => a.date.localeCompare(b.date)));
    setDate("");
    setName("");
  };
  const save = async () => {
    try {
      await setup.save({ ...setup.config, holidays: list.length ? list : undefined });
      onClose();
    } catch (error) {
      setProblems(problemsOf(asApiError(error)));
    }
  };
  return (
    <Dialog
      open
      title={t("notify:holidays")}
      text={t("notify:holidaysText")}
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{t("common:cancel")}</Button>
          <Button look="primary" onClick={() => void save()}>
            {t("common:save")}
          </Button>
        </>
      }
    >
      <div className="notify-row">
        <Row label={t("notify:date")}>
          {(id) => <Input id={id} type="date" value={date} onChange={(e) => setDate(e.target.value)} />}
        </Row>
        <TextField label={t("notify:name")} value={name} onChange={setName} onEnter={add} />
        <Button onClick={add} disabled={!date}>
          {t("common:add")}
        </Button>
      </div>
      {list.length === 0 && <Note>{t("notify:noHolidays")}</Note>}
      {list.length > 0 && (
        <table className="table">
          <tbody>
            {list.map((h) => (
              <tr key={h.date}>
                <td>{h.date}</td>
                <td>{h.name}</td>
                <td className="row-actions">
                  <IconButton
                    label={t("notify:take", { name: h.name || h.date })}
                    onClick={() => setList(list.filter((x) => x !== h))}
                  >
                    <Trash2 size={16} aria-hidden />
                  </IconButton>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {problems.length > 0 && <ProblemList problems={problems} />}
    </Dialog>
  );
}
