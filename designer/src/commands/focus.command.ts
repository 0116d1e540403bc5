import { PanelRight, PanelsTopLeft } from "lucide-react";
import type { Editor } from "../design/editor";
import { type Command, needs } from "./command";

/** The parts of the editor in the order in which F6 goes round them. */
const regions = [".editor-left", ".board", ".guide", ".editor-bottom", ".editor-right", ".editor-top"];

/** What takes the focus in a part: itself, the chosen tab, or the first thing that can. */
function target(region: HTMLElement): HTMLElement | undefined {
  if (region.matches("[tabindex]:not(.guide)")) return region;
  return (
    region.querySelector<HTMLElement>("[role=tab][aria-selected=true]") ??
    region.querySelector<HTMLElement>("button:not(:disabled), input, select, textarea, a[href]") ??
    undefined
  );
}

function goRound(_: Editor, by: 1 | -1): void {
  const there = regions.flatMap((s) => document.querySelector<HTMLElement>(s) ?? []);
  const now = there.findIndex((r) => r.contains(document.activeElement));
  const next = there[(now + by + there.length) % there.length];
  if (next) target(next)?.focus();
}

export default [
  {
    id: "view.properties",
    group: "view",
    label: { en: "Edit the properties", zh: "编辑属性" },
    icon: PanelRight,
    keys: ["F2"],
    reason: needs(1),
    run: (e) => e.focusProp(""),
  },
  {
    id: "view.nextPanel",
    group: "view",
    label: { en: "Next panel", zh: "下一个面板" },
    icon: PanelsTopLeft,
    keys: ["F6"],
    typing: true,
    run: (e) => goRound(e, 1),
  },
  {
    id: "view.previousPanel",
    group: "view",
    label: { en: "Previous panel", zh: "上一个面板" },
    keys: ["Shift+F6"],
    typing: true,
    run: (e) => goRound(e, -1),
  },
] satisfies Command[];
