import { CircleArrowDown, CircleArrowUp, Wand, WandSparkles } from "lucide-react";
import { canFix, fixProblems, sameRule, stepProblem } from "../design/problems";
import type { Command, Label } from "./command";

const none: Label = { en: "there are no problems", zh: "没有问题" };
const noFix: Label = { en: "choose a problem with a fix first", zh: "请先选择可修复的问题" };

export default [
  {
    id: "check.next",
    group: "view",
    label: { en: "Next problem", zh: "下一个问题" },
    icon: CircleArrowDown,
    keys: ["F8"],
    typing: true,
    reason: (e) => (e.ui.getState().problems.length > 0 ? undefined : none),
    run: (e) => stepProblem(e, 1),
  },
  {
    id: "check.previous",
    group: "view",
    label: { en: "Previous problem", zh: "上一个问题" },
    icon: CircleArrowUp,
    keys: ["Shift+F8"],
    typing: true,
    reason: (e) => (e.ui.getState().problems.length > 0 ? undefined : none),
    run: (e) => stepProblem(e, -1),
  },
  {
    id: "check.fix",
    group: "edit",
    label: { en: "Fix the problem", zh: "修复此问题" },
    icon: Wand,
    keys: ["Alt+Enter"],
    typing: true,
    reason: (e) => {
      const { problem, problems } = e.ui.getState();
      return problem && problems.includes(problem) && canFix(e, problem) ? undefined : noFix;
    },
    run: (e) => {
      const { problem } = e.ui.getState();
      if (problem) fixProblems(e, [problem]);
    },
  },
  {
    id: "check.fixRule",
    group: "edit",
    label: { en: "Fix all problems of this kind", zh: "修复所有同类问题" },
    icon: WandSparkles,
    keys: ["Alt+Shift+Enter"],
    typing: true,
    reason: (e) => {
      const { problem } = e.ui.getState();
      return problem && sameRule(e, problem.code).length > 0 ? undefined : noFix;
    },
    run: (e) => {
      const { problem } = e.ui.getState();
      if (problem) fixProblems(e, sameRule(e, problem.code));
    },
  },
] satisfies Command[];
