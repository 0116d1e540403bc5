// The problems of the draft in the order of the list, the way from one to the next, and their fixes.
import type { Problem } from "@lineside/client";
import { applyFixes, fixable, placeOfPointer } from "../document";
import { t } from "../i18n";
import { toast } from "../ui/toast";
import type { Editor } from "./editor";

/** Which problems are shown. */
export interface ProblemFilter {
  severity: "all" | "error" | "warning";
  /** The code of a rule; "" is all. */
  rule: string;
}

/** The problems of a screen, or with "" of the app itself. */
export interface ProblemGroup {
  screen: string;
  problems: Problem[];
}

const severe = (p: Problem) => p.severity !== "warning";

/** The problems that are shown, by screen in the order of the screens; on each the errors first. */
export function problemGroups(editor: Editor): ProblemGroup[] {
  const { problems, checked, problemFilter: filter } = editor.ui.getState();
  const by = new Map<string, Problem[]>([["", []], ...checked.order.map((id): [string, Problem[]] => [id, []])]);
  for (const p of problems) {
    if (filter.severity !== "all" && severe(p) !== (filter.severity === "error")) continue;
    if (filter.rule && p.code !== filter.rule) continue;
    by.get(placeOfPointer(checked, p.at ?? "")?.screen ?? "")?.push(p);
  }
  return [...by].flatMap(([screen, list]) =>
    list.length > 0 ? [{ screen, problems: list.toSorted((a, b) => Number(severe(b)) - Number(severe(a))) }] : [],
  );
}

const places = new WeakMap<Editor, number>();

/** Goes to the next problem of the list, or the one before. */
export function stepProblem(editor: Editor, by: 1 | -1): void {
  const list = problemGroups(editor).flatMap((g) => g.problems);
  if (list.length === 0) {
    editor.say("check:none");
    return;
  }
  const { problem } = editor.ui.getState();
  const at = problem ? list.findIndex((p) => p === problem || (p.code === problem.code && p.at === problem.at)) : -1;
  // A problem that was mended has left its place to the one after it.
  const next = at >= 0 ? at + by : problem ? (places.get(editor) ?? 0) + (by > 0 ? 0 : -1) : by > 0 ? 0 : -1;
  const found = list[(next + list.length) % list.length] as Problem;
  places.set(editor, list.indexOf(found));
  editor.ui.setState({ problem: found, bottom: "problems" });
  editor.jump(found);
  editor.say("check:at", { text: found.message, number: list.indexOf(found) + 1, count: list.length });
}

/** Remembers which problem is meant, for the keys. */
export function chooseProblem(editor: Editor, problem: Problem): void {
  places.set(
    editor,
    problemGroups(editor)
      .flatMap((g) => g.problems)
      .indexOf(problem),
  );
  editor.ui.setState({ problem });
}

/** Whether the fix of a problem can still be done: what it is about was not changed since. */
export function canFix(editor: Editor, problem: Problem): boolean {
  return !!problem.fix && fixable(editor.ui.getState().checked, editor.doc.state, problem.fix.patch);
}

/** Does the fixes of problems as one step of undo. */
export function fixProblems(editor: Editor, problems: readonly Problem[]): void {
  const { checked } = editor.ui.getState();
  const able = problems.filter((p) => canFix(editor, p));
  const done = applyFixes(
    editor.doc,
    checked,
    able.map((p) => p.fix?.patch ?? []),
  );
  editor.doc.settle();
  if (done === 0) {
    toast(t("check:changedSince"));
    return;
  }
  // The check tells anew in a moment; what was mended leaves the list at once.
  if (done === able.length) editor.ui.setState((s) => ({ problems: s.problems.filter((p) => !able.includes(p)) }));
  editor.say("check:fixed", { count: done });
  if (problems.length > 1) toast(t("check:fixed", { count: done }), { kind: "good", text: t("check:undoHelp") });
  void editor.autosave.flush();
}

/** The problems of the same rule that can be mended. */
export function sameRule(editor: Editor, code: string): Problem[] {
  return editor.ui.getState().problems.filter((p) => p.code === code && canFix(editor, p));
}
