export default {
  title: "History",
  keep: "Keep",
  keeps: {
    plant: "As the plant says (every change)",
    change: "Every change",
    interval: "The value at an interval",
    both: "Changes and the interval",
    none: "Nothing",
  },
  interval: "Interval",
  intervalHint: "1s to 24h",
  deadband: "Smallest change",
  deadbandHint: "Changes up to this size are not kept.",
  heartbeat: "At least every",
  heartbeatHint: "Though nothing changes; 0s for never.",
  when: "Only while",
  whenHint: 'An expression such as tag("line1/running") and value > 0. Empty: always.',
};
