import { type UnitList, type UnitPreference, unitList } from "@lineside/client";
import type { Lang } from "@lineside/widgets";
import { ask, button, el } from "./dialogs";
import { textIn } from "./language";
import { say } from "./texts";

/** The systems of units, "" for what the plant shows. */
const systems = ["", "configured", "metric", "us"] as const;

const systemWord = {
  "": "unitsPlant",
  configured: "unitsConfigured",
  metric: "unitsMetric",
  us: "unitsUS",
} as const;

/** What a list of choices holds. */
function choice(label: string, value: string, options: readonly (readonly [string, string])[]): HTMLSelectElement {
  const s = el("select");
  s.setAttribute("aria-label", label);
  s.append(...options.map(([v, text]) => new Option(text, v, v === value, v === value)));
  return s;
}

/** Asks a person in which units they want to see values; undefined when cancelled. */
export async function chooseUnits(
  host: HTMLElement,
  lang: Lang,
  present: UnitPreference | undefined,
): Promise<UnitPreference | undefined> {
  const list: UnitList = await unitList();
  const symbols = new Map(list.units.map((u) => [u.code, u.symbol]));
  return ask<UnitPreference>(host, say("units", lang), (d, done) => {
    d.classList.add("ls-units");
    const system = choice(
      say("unitSystem", lang),
      present?.system ?? "",
      systems.map((s) => [s, say(systemWord[s], lang)] as const),
    );
    system.autofocus = true;
    const single = list.quantities
      .filter((q) => q.units.length > 1)
      .map((q) => {
        const title = textIn(q.title, lang);
        const chosen = choice(title, present?.units?.[q.id] ?? "", [
          ["", say("unitAsSystem", lang)] as const,
          ...q.units.map((u) => [u, symbols.get(u) ?? u] as const),
        ]);
        return { id: q.id, title, chosen };
      });
    const save = () => {
      const units = Object.fromEntries(single.filter((q) => q.chosen.value).map((q) => [q.id, q.chosen.value]));
      done({
        ...(system.value ? { system: system.value as UnitPreference["system"] } : {}),
        ...(Object.keys(units).length > 0 ? { units } : {}),
      });
    };
    const rows = el("div", "ls-units-list", ...single.map((q) => el("label", "", el("span", "", q.title), q.chosen)));
    rows.tabIndex = 0;
    rows.setAttribute("role", "group");
    rows.setAttribute("aria-label", say("unitsSingle", lang));
    d.append(
      el("h2", "", say("units", lang)),
      el("label", "ls-units-system", el("span", "", say("unitSystem", lang)), system),
      el("h3", "", say("unitsSingle", lang)),
      rows,
      el("small", "", say("unitsHelp", lang)),
      el(
        "div",
        "ls-actions",
        button("", say("cancel", lang), () => done(undefined)),
        button("ls-primary", say("save", lang), save),
      ),
    );
  });
}
