// What a page needs of the server: types, HTTP, the live connection.
export { type AlarmPriority, alarmMarks, alarmPriorities, alarmWaits } from "./alarms.ts";
export { AlarmSounder, loudest, type SoundName, soundNames } from "./alarmsound.ts";
export { formatted } from "./format.ts";
export { type Answer, ApiError, request } from "./http.ts";
export {
  type EventResult,
  Live,
  LiveError,
  type LiveOptions,
  type ScreenRequest,
  type Status,
  View,
} from "./live.ts";
export * from "./types.gen.ts";
export { type UnitChoices, unitList, unitsOf } from "./units.ts";
export { isBad, isUncertain, type LiveValue, Values } from "./values.ts";
