import { type Plant, type Problem, request, type Shift } from "@lineside/client";
import { Plus, Trash2 } from "lucide-react";
import { useEffect, useState } from "react";
import { useT } from "../i18n";
import { ProblemList, problemsOf } from "../shell/form";
import { asApiError, useResource } from "../shell/resource";
import { Busy, Button, Empty, IconButton, Input, toast } from "../ui";
import { Wrong } from "./fields";
import { problemsAt, withText } from "./model";

const days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
const three: Shift[] = [
  { id: "early", title: { en: "Early", zh: "早班" }, begin: "06:00", end: "14:00" },
  { id: "late", title: { en: "Late", zh: "中班" }, begin: "14:00", end: "22:00" },
  { id: "night", title: { en: "Night", zh: "夜班" }, begin: "22:00", end: "06:00" },
];

/** What a list of shifts says, in whatever order its keys are. */
const facts = (list: readonly Shift[]) =>
  JSON.stringify(list.map((s) => [s.id, s.title?.en, s.title?.zh, s.begin, s.end, s.days]));

/** The shifts of the plant: reports go by them. */
export function Shifts() {
  const t = useT();
  const plant = useResource<Plant>("/plant?without=tags,assets,devices,models,areas");
  const [list, setList] = useState<Shift[]>();
  const [problems, setProblems] = useState<Problem[]>([]);
  useEffect(() => {
    if (plant.data) setList((now) => now ?? plant.data?.shifts ?? []);
  }, [plant.data]);
  if (plant.error) return <ProblemList problems={[plant.error]} />;
  if (!list) return <Busy />;
  const changed = facts(list) !== facts(plant.data?.shifts ?? []);
  const set = (at: number, part: Partial<Shift>) =>
    setList(list.map((s, i) => (i === at ? ({ ...s, ...part } as Shift) : s)));
  const add = () => {
    const taken = (id: string) => list.some((s) => s.id === id);
    let n = list.length + 1;
    while (taken(`shift${n}`)) n++;
    const last = list.at(-1);
    setList([...list, { id: `shift${n}`, begin: last?.end ?? "06:00", end: "14:00" }]);
  };
  const save = async () => {
    setProblems([]);
    try {
      await request("PATCH", "/plant", { put: { shifts: list } }, { etag: plant.etag });
      await plant.reload();
      toast(t("reports:shiftsSaved"));
    } catch (error) {
      setProblems(problemsOf(asApiError(error)));
    }
  };
  const toggle = (at: number, day: string) => {
    const now = list[at]?.days ?? days;
    const next = days.filter((d) => (d === day ? !now.includes(d) : now.includes(d)));
    set(at, { days: next.length === 7 ? undefined : next });
  };
  return (
    <section className="page-section report-shifts" aria-label={t("reports:tabs.shifts")}>
      <p className="muted">{t("reports:shiftsText")}</p>
      {list.length === 0 && (
        <Empty title={t("reports:noShifts")} text={t("reports:noShiftsText")}>
          <Button look="primary" onClick={() => setList(three)}>
            {t("reports:threeShifts")}
          </Button>
        </Empty>
      )}
      {list.length > 0 && (
        <table className="table">
          <thead>
            <tr>
              <th>{t("reports:shiftName", { language: t("reports:languages.en") })}</th>
              <th>{t("reports:shiftName", { language: t("reports:languages.zh") })}</th>
              <th>{t("reports:begins")}</th>
              <th>{t("reports:ends")}</th>
              <th>{t("reports:onDays")}</th>
              <th>
                <span className="visually-hidden">{t("reports:actions")}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {list.map((s, i) => {
              const name = s.title?.en || s.id;
              const wrong = problemsAt(problems, `/shifts/${i}`);
              return (
                <tr key={s.id}>
                  {(["en", "zh"] as const).map((lang) => (
                    <td key={lang}>
                      <Input
                        aria-label={`${name}: ${t("reports:shiftName", { language: t(`reports:languages.${lang}`) })}`}
                        value={s.title?.[lang] ?? ""}
                        placeholder={lang === "en" ? s.id : ""}
                        maxLength={100}
                        onChange={(e) => set(i, { title: withText(s.title, lang, e.target.value) })}
                      />
                      {lang === "en" && <Wrong problems={wrong} />}
                    </td>
                  ))}
                  <td>
                    <Input
                      type="time"
                      aria-label={`${name}: ${t("reports:begins")}`}
                      value={s.begin}
                      onChange={(e) => set(i, { begin: e.target.value })}
                    />
                  </td>
                  <td>
                    <Input
                      type="time"
                      aria-label={`${name}: ${t("reports:ends")}`}
                      value={s.end}
                      onChange={(e) => set(i, { end: e.target.value })}
                    />
                  </td>
                  <td>
                    <fieldset className="report-days">
                      <legend className="visually-hidden">{`${name}: ${t("reports:onDays")}`}</legend>
                      {days.map((d) => (
                        <label key={d} className="check">
                          <input type="checkbox" checked={(s.days ?? days).includes(d)} onChange={() => toggle(i, d)} />
                          <span>{t(`reports:days.${d}`)}</span>
                        </label>
                      ))}
                    </fieldset>
                  </td>
                  <td className="row-actions">
                    <IconButton
                      label={t("reports:removeShift", { name })}
                      onClick={() => setList(list.filter((_, k) => k !== i))}
                    >
                      <Trash2 size={16} aria-hidden />
                    </IconButton>
                  </td>
                </tr>
              );
            })}
          </tbody>
        </table>
      )}
      <ProblemList problems={problems.filter((p) => !p.at?.startsWith("/shifts/"))} />
      <div className="page-tools report-foot">
        {list.length > 0 && (
          <Button icon={<Plus size={16} aria-hidden />} onClick={add}>
            {t("reports:addShift")}
          </Button>
        )}
        <span className="grow" />
        {changed && (
          <>
            <Button onClick={() => setList(plant.data?.shifts ?? [])}>{t("reports:discard")}</Button>
            <Button look="primary" onClick={() => void save()}>
              {t("reports:save")}
            </Button>
          </>
        )}
      </div>
    </section>
  );
}
