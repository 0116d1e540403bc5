import type { Lang } from "@lineside/widgets";

const texts = {
  unknownWidget: {
    en: "There is no widget of this type here; a newer Lineside may have it: {0}",
    zh: "此处没有该类型的控件，可能需要更新版本的 Lineside：{0}",
  },
  widgetThrew: { en: "This widget failed and was stopped. {0}", zh: "该控件出错，已停止。{0}" },
  widgetOld: {
    en: "The settings of this widget are of version {1} of “{0}” and could not be brought to version {2}. Open the app in the editor to set it anew.",
    zh: "该控件的设置属于“{0}”的版本 {1}，无法转换为版本 {2}。请在编辑器中重新设置。",
  },
  set: { en: "Set {0} to {1}?", zh: "将 {0} 设为 {1}？" },
  toggle: { en: "Switch {0} over?", zh: "切换 {0} 的状态？" },
  setComputed: { en: "Set {0} to its computed value?", zh: "将 {0} 设为计算值？" },
  confirm: { en: "Set", zh: "确定" },
  switchOver: { en: "Switch over", zh: "切换" },
  cancel: { en: "Cancel", zh: "取消" },
  reason: { en: "Reason", zh: "原因" },
  reasonHelp: { en: "Kept in the audit trail.", zh: "将记入审计记录。" },
  present: { en: "Now {0}", zh: "当前 {0}" },
  allowed: { en: "Allowed {0} to {1}", zh: "允许范围 {0} 至 {1}" },
  atLeast: { en: "At least {0}", zh: "不小于 {0}" },
  atMost: { en: "At most {0}", zh: "不大于 {0}" },
  notNumber: { en: "Enter a number.", zh: "请输入数字。" },
  notWhole: { en: "Enter a whole number.", zh: "请输入整数。" },
  newValue: { en: "New value", zh: "新数值" },
  next: { en: "Continue", zh: "继续" },
  erase: { en: "Delete", zh: "退格" },
  keyboard: { en: "Keyboard on the screen", zh: "屏幕键盘" },
  hideKeyboard: { en: "Hide the keyboard", zh: "隐藏键盘" },
  enterKey: { en: "Enter", zh: "回车" },
  shiftKey: { en: "Capitals", zh: "大写" },
  spaceKey: { en: "Space", zh: "空格" },
  done: { en: "{0} is set to {1}.", zh: "{0} 已设为 {1}。" },
  doneMany: { en: "{0} values are set.", zh: "已设定 {0} 个数值。" },
  failedMany: { en: "{0} of {1} values were not set.", zh: "{1} 个数值中有 {0} 个未设定。" },
  andMore: { en: "and {0} more", zh: "另有 {0} 个" },
  running: { en: "{0} is on its way to {1}.", zh: "{0} 正在变到 {1}。" },
  runningBare: { en: "It is on its way.", zh: "正在进行。" },
  pulse: { en: "Set {0} to {1} for {2}?", zh: "将 {0} 设为 {1}，保持 {2}？" },
  ramp: { en: "Bring {0} to {1} in steps ({2})?", zh: "将 {0} 逐步变到 {1}（{2}）？" },
  hold: { en: "Stop the ramp of {0}?", zh: "停止 {0} 的斜坡？" },
  second: { en: "A second person must release it.", zh: "需要第二人放行。" },
  blocked: { en: "All writes are blocked by {0} since {1}: {2}", zh: "{0} 自 {1} 起禁止了所有写入：{2}" },
  askedList: { en: "Waiting for a second person", zh: "等待第二人放行" },
  askedMine: { en: "Waits for a second person: set {0} to {1}.", zh: "等待第二人放行：将 {0} 设为 {1}。" },
  askedOther: { en: "{0} asks you: set {1} to {2}?", zh: "{0} 请您放行：将 {1} 设为 {2}？" },
  askedReason: { en: "Reason: {0}", zh: "原因：{0}" },
  alarms: { en: "Alarms", zh: "报警" },
  alarmCounts: { en: "Alarms by priority: unacknowledged / active", zh: "各优先级报警数：未确认 / 活动" },
  noAlarm: { en: "No alarm", zh: "无报警" },
  showAlarm: { en: "Press to see its screen", zh: "点击查看其画面" },
  silence: { en: "Silence", zh: "消音" },
  silenceHint: {
    en: "Silences what is there now. A new alarm is heard again. Nothing is acknowledged by it.",
    zh: "仅对当前报警消音，新报警会再次发声。消音不等于确认。",
  },
  soundOn: { en: "Switch sound on", zh: "打开声音" },
  soundBlocked: {
    en: "The browser lets a page make a sound only after somebody has pressed something on it.",
    zh: "浏览器只有在有人操作过页面之后才允许发声。",
  },
  alarmSound: { en: "Sound of alarms", zh: "报警声音" },
  soundHeard: { en: "Alarms are heard at this station", zh: "本站播放报警声音" },
  volume: { en: "Volume", zh: "音量" },
  soundHelp: {
    en: "Volume and silence are kept for this browser. It makes a sound only after somebody has pressed something on the page since it was opened; of several pages one is heard.",
    zh: "音量和消音保存在本浏览器中。打开页面后需有人操作一次才能发声；同时打开多个页面时只有一个发声。",
  },
  allAlarms: { en: "All alarms", zh: "全部报警" },
  acknowledge: { en: "Acknowledge", zh: "确认" },
  screenCircle: {
    en: "The screen {0} lies in itself. It is not shown again here.",
    zh: "画面 {0} 嵌套了自身，此处不再显示。",
  },
  screenDepth: { en: "More than {0} screens lie in one another.", zh: "画面嵌套超过 {0} 层。" },
  acknowledgeAsk: { en: "Acknowledge {0}?", zh: "确认报警 {0}？" },
  release: { en: "Release", zh: "放行" },
  refuse: { en: "Refuse", zh: "拒绝" },
  withdraw: { en: "Withdraw", zh: "撤回" },
  releaseAsk: { en: "Release: set {0} to {1}? {2} has asked for it.", zh: "放行：将 {0} 设为 {1}？由 {2} 申请。" },
  released: { en: "{0} is released.", zh: "{0} 已放行。" },
  refused: { en: "{0} is refused.", zh: "{0} 已拒绝。" },
  notDecided: { en: "That did not work.", zh: "操作未成功。" },
  doneBare: { en: "Done.", zh: "已完成。" },
  failed: { en: "{0} was not set.", zh: "{0} 未能设定。" },
  failedBare: { en: "It was not done.", zh: "操作未完成。" },
  unknown: {
    en: "It is not known whether {0} was set. Look at the device before you try again.",
    zh: "无法确定 {0} 是否已设定。请先查看设备再重试。",
  },
  unknownBare: {
    en: "It is not known whether it was done. Look at the device before you try again.",
    zh: "无法确定操作是否完成。请先查看设备再重试。",
  },
  lostMeanwhile: { en: "The connection was lost meanwhile.", zh: "其间连接中断。" },
  units: { en: "Units", zh: "单位" },
  unitSystem: { en: "System of units", zh: "单位制" },
  unitsPlant: { en: "As the plant shows them", zh: "按工厂设定" },
  unitsConfigured: { en: "As configured", zh: "按组态" },
  unitsMetric: { en: "Metric", zh: "公制" },
  unitsUS: { en: "US customary", zh: "美制" },
  unitsSingle: { en: "Single quantities", zh: "单独指定" },
  unitAsSystem: { en: "As the system", zh: "随单位制" },
  unitsHelp: {
    en: "Only what you see changes. Tags, limits and records stay in their own units.",
    zh: "仅改变您看到的显示。变量、限值和记录仍使用各自的单位。",
  },
  save: { en: "Save", zh: "保存" },
  notConnected: { en: "There is no connection to the runtime.", zh: "与运行时无连接。" },
  copy: { en: "Copy", zh: "复制" },
  copied: { en: "Copied", zh: "已复制" },
  close: { en: "Close", zh: "关闭" },
  lostSince: { en: "No connection since {0}", zh: "自 {0} 起无连接" },
  connecting: { en: "Connecting …", zh: "正在连接…" },
  connected: { en: "Connected", zh: "已连接" },
  lost: { en: "No connection", zh: "无连接" },
  updated: { en: "A new revision ({0}) was published and is shown now.", zh: "已发布新修订（{0}），现已显示。" },
  cannotOpen: { en: "This screen cannot be shown.", zh: "无法显示此画面。" },
  home: { en: "All apps", zh: "全部应用" },
  screens: { en: "Screens", zh: "画面" },
  openMenu: { en: "Open the menu", zh: "打开菜单" },
  closeMenu: { en: "Close the menu", zh: "关闭菜单" },
  fold: { en: "Fold the menu", zh: "折叠菜单" },
  unfold: { en: "Unfold the menu", zh: "展开菜单" },
  way: { en: "You are here", zh: "当前位置" },
  dark: { en: "Dark", zh: "深色" },
  light: { en: "Light", zh: "浅色" },
  theme: { en: "Theme", zh: "主题" },
  language: { en: "Language", zh: "语言" },
  tryAgain: { en: "Try again", zh: "重试" },
  draft: { en: "Draft", zh: "草稿" },
  window: { en: "Window", zh: "窗口" },
  drawer: { en: "Drawer", zh: "抽屉" },
  moveWindow: { en: "Drag, or use the arrow keys, to move it", zh: "拖动或使用方向键移动" },
  tooManyWindows: { en: "Too many windows are open. Close one first.", zh: "打开的窗口过多，请先关闭一个。" },
  windowBlocked: { en: "The browser has blocked the new window.", zh: "浏览器阻止了新窗口。" },
  endless: {
    en: "The screens of this app open one another without end.",
    zh: "此应用的画面互相打开，没有尽头，已停止。",
  },
  add: { en: "Add {1} to {0}?", zh: "将 {0} 增加 {1}？" },
  seconds: { en: "{0} s ago", zh: "{0} 秒前" },
} satisfies Record<string, Record<Lang, string>>;

/** A text of the player with {0}, {1} filled in. */
export function say(key: keyof typeof texts, lang: Lang, ...args: (string | number)[]): string {
  return texts[key][lang].replace(/\{(\d)\}/g, (_m, i) => String(args[Number(i)] ?? ""));
}

const alarmStates: Record<string, Record<Lang, string>> = {
  unacknowledged: { en: "Unacknowledged", zh: "未确认" },
  acknowledged: { en: "Acknowledged", zh: "已确认" },
  returned: { en: "Returned, unacknowledged", zh: "已恢复，未确认" },
  "latched-unacknowledged": { en: "Latched, unacknowledged", zh: "已锁存，未确认" },
  "latched-acknowledged": { en: "Latched, waits for reset", zh: "已锁存，待复位" },
};

/** The state of an alarm in words. */
export const alarmState = (state: string, lang: Lang): string => alarmStates[state]?.[lang] ?? state;

const soundNames: Record<string, Record<Lang, string>> = {
  chime: { en: "Chime", zh: "钟声" },
  beep: { en: "Beep", zh: "短鸣" },
  pulse: { en: "Pulse", zh: "脉冲" },
  siren: { en: "Siren", zh: "警笛" },
};

/** The name of a sound. */
export const soundName = (sound: string, lang: Lang): string => soundNames[sound]?.[lang] ?? sound;

const alarmPriorities: Record<string, Record<Lang, string>> = {
  urgent: { en: "Urgent", zh: "紧急" },
  high: { en: "High", zh: "高" },
  medium: { en: "Medium", zh: "中" },
  low: { en: "Low", zh: "低" },
};

/** The priority of an alarm in words. */
export const alarmPriority = (priority: string, lang: Lang): string => alarmPriorities[priority]?.[lang] ?? priority;

/** "12:03:11" in local time. */
export const clock = (ms: number): string => new Date(ms).toLocaleTimeString("en-GB", { hour12: false });
