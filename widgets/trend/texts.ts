// The words of the trend.
import type { Lang } from "../view";

const words = {
  trend: { en: "Trend", zh: "趋势" },
  plot: { en: "Plot of the values over time", zh: "数值随时间变化的曲线" },
  keys: {
    en: "Arrow keys move the cursor, with Shift the time. Home and End go to the beginning and end. Plus and minus zoom. Escape leaves the cursor.",
    zh: "方向键移动光标，按住 Shift 移动时间；Home 和 End 到首尾；加减号缩放；Esc 取消光标。",
  },
  live: { en: "Live", zh: "实时" },
  backToLive: { en: "Back to live", zh: "回到实时" },
  earlier: { en: "Earlier", zh: "更早" },
  later: { en: "Later", zh: "更晚" },
  zoomIn: { en: "Zoom in", zh: "放大" },
  zoomOut: { en: "Zoom out", zh: "缩小" },
  large: { en: "Open large", zh: "放大查看" },
  close: { en: "Close", zh: "关闭" },
  span: { en: "Time", zh: "时间范围" },
  own: { en: "Chosen time", zh: "所选时间" },
  compare: { en: "Compare", zh: "对比" },
  pens: { en: "Pens", zh: "曲线" },
  csv: { en: "CSV", zh: "CSV" },
  csvHelp: { en: "Save what is shown as CSV", zh: "将所示数据保存为 CSV" },
  now: { en: "Now", zh: "当前" },
  before: { en: "Before", zh: "对比期" },
  pen: { en: "Pen", zh: "曲线" },
  bad: { en: "no value", zh: "无数据" },
  hide: { en: "Hide {0}", zh: "隐藏{0}" },
  show: { en: "Show {0}", zh: "显示{0}" },
  remove: { en: "Take {0} away", zh: "移除{0}" },
  add: { en: "Add {0}", zh: "添加{0}" },
  search: { en: "Search tags", zh: "搜索变量" },
  noneFound: { en: "No tag matches.", zh: "没有匹配的变量。" },
  full: { en: "There are as many pens as can be told apart.", zh: "曲线数量已达上限。" },
  sets: { en: "Saved sets", zh: "已存方案" },
  noSets: { en: "No set was saved yet.", zh: "尚未保存方案。" },
  save: { en: "Save these pens as", zh: "将这些曲线保存为" },
  saveIt: { en: "Save", zh: "保存" },
  removeSet: { en: "Remove the set {0}", zh: "删除方案{0}" },
  failed: { en: "The history cannot be read: {0}", zh: "无法读取历史数据：{0}" },
  nothing: { en: "Nothing was kept in this time.", zh: "该时间段内没有数据。" },
} as const;

export type Word = keyof typeof words;

/** A text of the trend; what is given stands in place of {0}. */
export const word = (key: Word, lang: Lang, given = ""): string => words[key][lang].replace("{0}", () => given);

/** The times to look at, and those to compare with. */
export const spans: readonly { last: number; en: string; zh: string }[] = [
  { last: 5 * 60_000, en: "5 min", zh: "5 分钟" },
  { last: 30 * 60_000, en: "30 min", zh: "30 分钟" },
  { last: 3_600_000, en: "1 h", zh: "1 小时" },
  { last: 8 * 3_600_000, en: "8 h", zh: "8 小时" },
  { last: 86_400_000, en: "1 day", zh: "1 天" },
  { last: 7 * 86_400_000, en: "7 days", zh: "7 天" },
  { last: 30 * 86_400_000, en: "30 days", zh: "30 天" },
  { last: 365 * 86_400_000, en: "1 year", zh: "1 年" },
];

export const shifts: readonly { shift: string; en: string; zh: string }[] = [
  { shift: "", en: "Compare with …", zh: "对比……" },
  { shift: "1d", en: "the day before", zh: "前一天" },
  { shift: "1w", en: "the week before", zh: "前一周" },
  { shift: "1mo", en: "the month before", zh: "前一月" },
  { shift: "1y", en: "the year before", zh: "前一年" },
];
