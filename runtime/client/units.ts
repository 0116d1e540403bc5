// In which units a person wants to see values.
import { request } from "./http.ts";
import type { UnitList, UnitPreference } from "./types.gen.ts";

/** What a person has chosen, and what the plant shows to who has chosen nothing. */
export interface UnitChoices {
  units?: UnitPreference;
  plantUnits?: UnitPreference;
}

/** In which units a person is shown values: what they chose before what the plant says. */
export function unitsOf({ units, plantUnits }: UnitChoices): UnitPreference | undefined {
  const system = units?.system || plantUnits?.system;
  const single = { ...plantUnits?.units, ...units?.units };
  const chosen = Object.keys(single).length > 0;
  return system || chosen ? { ...(system ? { system } : {}), ...(chosen ? { units: single } : {}) } : undefined;
}

let list: Promise<UnitList> | undefined;

/** The units that plants use, and what they measure; asked for once. */
export function unitList(): Promise<UnitList> {
  list ??= request<UnitList>("GET", "/units").then(({ data }) => data);
  list.catch(() => {
    list = undefined;
  });
  return list;
}
