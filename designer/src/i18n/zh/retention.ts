export default {
  title: "历史记录",
  keep: "保存",
  keeps: {
    plant: "按工厂设置（每次变化）",
    change: "每次变化",
    interval: "按间隔保存当前值",
    both: "变化及间隔",
    none: "不保存",
  },
  interval: "间隔",
  intervalHint: "1s 至 24h",
  deadband: "最小变化",
  deadbandHint: "不超过此值的变化不保存。",
  heartbeat: "至少每隔",
  heartbeatHint: "即使没有变化；0s 表示从不。",
  when: "仅在满足条件时",
  whenHint: '表达式，例如 tag("line1/running") and value > 0。留空则始终保存。',
};
