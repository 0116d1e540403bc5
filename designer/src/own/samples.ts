// What a new widget begins as: something small that works, to be changed.
import type { ScriptedWidget } from "@lineside/client";

export type Sample = "picture" | "dial" | "counter";

export const samples: readonly Sample[] = ["picture", "dial", "counter"];

const lines = (...text: string[]) => `${text.join("\n")}\n`;

const titles: Record<Sample, Record<string, string>> = {
  picture: { en: "Picture", zh: "图形" },
  dial: { en: "Dial", zh: "指针表" },
  counter: { en: "Counter", zh: "计数器" },
};

/** A widget to begin with. */
export function sampleOf(sample: Sample): Omit<ScriptedWidget, "id"> {
  const common = { version: 1, title: titles[sample] };
  if (sample === "dial")
    return {
      ...common,
      icon: "gauge",
      size: { width: 160, height: 120, minWidth: 60, minHeight: 45 },
      settings: [
        { name: "value", kind: "float", title: { en: "Value", zh: "数值" }, group: "data", bind: true, default: 0 },
        {
          name: "high",
          kind: "float",
          title: { en: "Full scale", zh: "满量程" },
          group: "data",
          bind: true,
          default: 100,
        },
      ],
      svg: lines(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 160 120">',
        '  <path d="M20 100 A60 60 0 0 1 140 100" fill="none" stroke="var(--line)" stroke-width="8"/>',
        '  <path id="needle" d="M80 100 L80 46" stroke="var(--text)" stroke-width="4"',
        '    data-ls-pivot="80 100" data-ls-rotate="value / high * 180 - 90"/>',
        '  <circle cx="80" cy="100" r="7" fill="var(--text)"/>',
        '  <text x="80" y="88" font-size="16" text-anchor="middle" fill="var(--text)" data-ls-text="string(round(value))">0</text>',
        "</svg>",
      ),
    };
  if (sample === "counter")
    return {
      ...common,
      icon: "hash",
      size: { width: 160, height: 80, minWidth: 60, minHeight: 30 },
      settings: [
        { name: "pulse", kind: "bool", title: { en: "Pulse", zh: "脉冲" }, group: "data", bind: true, default: false },
        { name: "target", kind: "int", title: { en: "Target", zh: "目标" }, group: "data", bind: true, default: 10 },
      ],
      events: [
        { name: "reset", title: { en: "Reset", zh: "复位" } },
        { name: "reached", title: { en: "Target reached", zh: "达到目标" } },
      ],
      svg: lines(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 160 80">',
        '  <rect width="160" height="80" rx="6" fill="var(--surface)" stroke="var(--line)" data-ls-click="reset"/>',
        '  <text x="80" y="46" font-size="34" text-anchor="middle" fill="var(--text)" data-ls-set-text="count">0</text>',
        '  <rect x="16" y="60" width="128" height="6" rx="3" fill="var(--line)"/>',
        '  <path d="M19 63 L141 63" stroke="var(--interactive)" stroke-width="6" data-ls-set-progress="done"/>',
        "</svg>",
      ),
      script: lines(
        "// Counts pulses; a click begins again.",
        "function init(me, settings) {",
        "  me.count = 0;",
        "  me.target = settings.target;",
        "  show(me);",
        "}",
        "",
        "function data(me, name, value, good) {",
        '  if (name === "target") me.target = value;',
        '  if (name === "pulse" && good) {',
        "    if (value && me.before === false) me.count++;",
        "    me.before = value;",
        '    if (me.count === me.target) me.emit("reached", me.count);',
        "  }",
        "  show(me);",
        "}",
        "",
        "function event(me, name) {",
        '  if (name === "reset") me.count = 0;',
        "  show(me);",
        "}",
        "",
        "function show(me) {",
        '  me.set("count", me.count);',
        '  me.set("done", me.target > 0 ? Math.min(1, me.count / me.target) : 0);',
        "}",
      ),
    };
  return {
    ...common,
    icon: "shapes",
    size: { width: 120, height: 120, minWidth: 24, minHeight: 24 },
    svg: lines(
      '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 120 120" data-ls-var="on:bool=false">',
      '  <circle cx="60" cy="60" r="44" fill="var(--unlit)" stroke="var(--text)" data-ls-fill="on ? \'lit\' : \'unlit\'"/>',
      "</svg>",
    ),
  };
}
