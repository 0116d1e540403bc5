// An app that has one of everything that the designer and the player show: pages, panes, events, variables, animations, texts.
import type { App, Widget } from "@lineside/client";

const box = (id: string, type: string, at: [number, number, number, number], more: Partial<Widget> = {}): Widget => ({
  id,
  type,
  name: id,
  x: at[0],
  y: at[1],
  w: at[2],
  h: at[3],
  ...more,
});

const shows = (tag: string): Partial<Widget> => ({ props: { value: { tag } } });

/** It reads the tags of the demonstration plant. */
export const specimen: App = {
  format: 2,
  id: "local.specimen",
  version: "1.0.0",
  name: { en: "Boiler house", zh: "锅炉房" },
  inputs: [{ id: "machine", kind: "tag", type: "float", default: "north/pump1/speed" }],
  tags: [{ id: "over", expr: 'tag("north/main/pressure") > 5' }],
  texts: { "start.pump": { en: "Start pump", zh: "启动水泵" }, unused: { en: "Unused" } },
  navigation: { style: "menu", breadcrumbs: true },
  screens: [
    {
      id: "main",
      name: { en: "Overview", zh: "总览" },
      width: 1280,
      height: 800,
      level: 2,
      variables: [{ id: "shown", type: "bool" }],
      on: { "key:F2": [{ do: "set", variable: "shown", value: true }] },
      widgets: [
        box("title", "text", [40, 24, 400, 48], { props: { text: { text: "start.pump" }, size: 28 } }),
        box("start", "button", [40, 96, 160, 56], {
          props: { label: "Start boiler 1" },
          on: {
            click: [
              { do: "write", tag: "north/pump3/command", value: true, confirm: "Start the boiler?" },
              { do: "notice", text: { en: "Started", zh: "已启动" }, if: "shown" },
            ],
            long: [{ do: "toggle", tag: "north/pump3/command" }],
          },
        }),
        box("side", "button", [1100, 96, 140, 56], {
          props: { label: "Drawer" },
          on: { click: [{ do: "open", screen: "face", as: "drawer" }] },
        }),
        box("face", "button", [1100, 200, 140, 56], {
          props: { label: "Popup" },
          on: { click: [{ do: "open", screen: "face", as: "popup" }] },
        }),
        box("level", "bar", [240, 96, 160, 220], {
          ...shows("north/well/level"),
          animate: [
            { what: "opacity", by: { tag: "north/well/level" }, in: [0, 100], out: [0.4, 1] },
            {
              what: "label",
              by: { tag: "north/well/level" },
              steps: [
                { from: 0, below: 50, set: "Low" },
                { mask: 5, set: "Bits" },
              ],
              else: "High",
            },
          ],
        }),
        box("pressure", "gauge", [440, 96, 220, 220], shows("north/main/pressure")),
        box("unknown", "value", [700, 96, 160, 72], shows("north/nothing")),
        box("setpoint", "setpoint", [880, 96, 200, 72], shows("north/main/setpoint")),
        box("card", "card", [40, 360, 400, 240], { props: { title: "Boiler 1", fold: true } }),
        box("power", "value", [20, 60, 160, 72], { ...shows("north/main/power"), parent: "card" }),
        box("tabs", "tabs", [480, 360, 500, 300], { props: { titles: ["North", "South"] } }),
        box("trend", "trend", [1000, 360, 260, 240], shows("north/well/level")),
      ],
    },
    {
      id: "page",
      name: { en: "Page", zh: "页面" },
      width: 1280,
      height: 800,
      layout: "page",
      widgets: [
        box("flow", "gauge", [16, 16, 616, 192], {
          ...shows("north/main/flow"),
          cells: { large: { column: 0, span: 6, row: 0, rows: 24 } },
        }),
      ],
    },
    {
      id: "face",
      name: { en: "Faceplate", zh: "操作面板" },
      width: 400,
      height: 360,
      level: 3,
      widgets: [box("speed", "analog", [24, 72, 352, 200], { props: { value: { expr: "machine" } } })],
    },
    { id: "empty", name: { en: "Empty", zh: "空画面" }, width: 1280, height: 800, widgets: [] },
  ],
};
