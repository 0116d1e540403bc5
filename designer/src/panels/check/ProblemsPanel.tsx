// What the check finds: by screen, with a jump to each place and a fix where there is one.
import type { Problem } from "@lineside/client";
import { CircleAlert, CircleCheck, TriangleAlert, Wand, WandSparkles } from "lucide-react";
import { useEffect, useRef } from "react";
import { useDoc, useEditor, useUi } from "../../design/context";
import { canFix, chooseProblem, fixProblems, type ProblemFilter, problemGroups, sameRule } from "../../design/problems";
import { type AppState, fixChanges, placeOfPointer } from "../../document";
import { textIn, useLanguage, useT } from "../../i18n";
import { Button, Empty, Select } from "../../ui";
import { propertyWords, recordWords, valueWords } from "../words";
import "./problems.css";

export function ProblemsPanel() {
  const t = useT();
  const lang = useLanguage();
  const editor = useEditor();
  const problems = useUi((s) => s.problems);
  const checked = useUi((s) => s.checked);
  const filter = useUi((s) => s.problemFilter);
  // Whether a fix can still be done follows the document.
  useDoc((d) => d);
  if (problems.length === 0)
    return (
      <Empty
        icon={<CircleCheck size={24} aria-hidden />}
        title={t("design:problems.none")}
        text={t("design:problems.noneText")}
      />
    );
  const groups = problemGroups(editor);
  return (
    <div className="problems">
      <ProblemBar problems={problems} filter={filter} />
      <div className="problems-scroll">
        {groups.length === 0 && <p className="muted problems-nothing">{t("check:filtered")}</p>}
        {groups.map((g) => (
          <section key={g.screen}>
            <h2>
              {g.screen ? recordWords([checked], { screen: g.screen }, editor, lang) : t("design:problems.app")}
              <span className="muted">{g.problems.length}</span>
            </h2>
            <ul>
              {keyed(g.problems).map(([key, p]) => (
                <Row key={key} problem={p} checked={checked} />
              ))}
            </ul>
          </section>
        ))}
      </div>
    </div>
  );
}

/** Problems with a name each that stays when others go: the rows keep their focus. */
function keyed(problems: readonly Problem[]): [string, Problem][] {
  const seen = new Map<string, number>();
  return problems.map((p) => {
    const key = `${p.code} ${p.at ?? ""}`;
    const count = (seen.get(key) ?? 0) + 1;
    seen.set(key, count);
    return [count > 1 ? `${key} ${count}` : key, p];
  });
}

/** Severity, rule, and the fix of all that one rule has found. */
function ProblemBar({ problems, filter }: { problems: readonly Problem[]; filter: ProblemFilter }) {
  const t = useT();
  const lang = useLanguage();
  const editor = useEditor();
  const set = (change: Partial<ProblemFilter>) => editor.ui.setState({ problemFilter: { ...filter, ...change } });
  const rules = new Map(editor.catalogue.rules.map((r) => [r.code, r]));
  const counts = new Map<string, number>();
  for (const p of problems) counts.set(p.code, (counts.get(p.code) ?? 0) + 1);
  if (filter.rule && !counts.has(filter.rule)) counts.set(filter.rule, 0);
  const title = (code: string) => textIn(rules.get(code)?.title, lang) || t("check:other", { code });
  const errors = problems.filter((p) => p.severity !== "warning").length;
  const able = filter.rule ? sameRule(editor, filter.rule) : [];
  const why = textIn(rules.get(filter.rule)?.why, lang);
  return (
    <div className="problems-bar">
      <Select
        aria-label={t("check:severity")}
        value={filter.severity}
        onChange={(severity) => set({ severity: severity as ProblemFilter["severity"] })}
        options={[
          { value: "all", label: t("check:all", { count: problems.length }) },
          { value: "error", label: t("design:problems.errors", { count: errors }) },
          { value: "warning", label: t("design:problems.warnings", { count: problems.length - errors }) },
        ]}
      />
      <Select
        aria-label={t("check:rule")}
        value={filter.rule}
        onChange={(rule) => set({ rule })}
        options={[
          { value: "", label: t("check:allRules") },
          ...[...counts]
            .map(([code, count]) => ({ value: code, label: `${title(code)} (${count})` }))
            .sort((a, b) => a.label.localeCompare(b.label)),
        ]}
      />
      <Button
        icon={<WandSparkles size={14} aria-hidden />}
        disabled={able.length === 0}
        title={filter.rule ? (able.length === 0 ? t("check:noFix") : undefined) : t("check:ruleFirst")}
        onClick={() => fixProblems(editor, able)}
      >
        {t("check:fixAll", { count: able.length })}
      </Button>
      {why && <p className="muted problems-why">{why}</p>}
    </div>
  );
}

function Row({ problem, checked }: { problem: Problem; checked: AppState }) {
  const t = useT();
  const lang = useLanguage();
  const editor = useEditor();
  const current = useUi((s) => s.problem) === problem;
  const row = useRef<HTMLLIElement>(null);
  useEffect(() => {
    if (current) row.current?.scrollIntoView({ block: "nearest" });
  }, [current]);
  const place = placeOfPointer(checked, problem.at ?? "");
  const where = place
    ? [
        place.widget && recordWords([checked], place, editor, lang),
        place.path.length > 0 && propertyWords([checked], place, editor, lang, t),
      ]
        .filter(Boolean)
        .join(" › ")
    : problem.at;
  const able = canFix(editor, problem);
  const changes = able ? fixChanges(checked, problem.fix?.patch ?? []) : [];
  const words = changes.map((c) =>
    c.order
      ? t("check:toFront")
      : t("check:change", {
          what: propertyWords([checked], c, editor, lang, t),
          before: valueWords(c.before, t, lang),
          after: valueWords(c.after, t, lang),
        }),
  );
  const fix = () => {
    const next = (row.current?.nextElementSibling ?? row.current?.previousElementSibling) as HTMLElement | null;
    fixProblems(editor, [problem]);
    // The row is gone in a moment: go on with its neighbour.
    next?.querySelector<HTMLElement>(".problem")?.focus();
  };
  return (
    <li ref={row} className={current ? "problem-row current" : "problem-row"} aria-current={current || undefined}>
      <button
        type="button"
        className="problem"
        onFocus={() => chooseProblem(editor, problem)}
        onClick={() => editor.jump(problem)}
      >
        {problem.severity === "warning" ? (
          <TriangleAlert size={14} className="warn" aria-label={t("design:problems.warning")} />
        ) : (
          <CircleAlert size={14} className="wrong" aria-label={t("design:problems.error")} />
        )}
        <span>
          {problem.message}
          {problem.hint && <span className="muted"> {problem.hint}</span>}
        </span>
        <span className="muted problem-place">{where}</span>
      </button>
      {able && (
        <button
          type="button"
          className="button problem-fix"
          title={words.join("\n")}
          aria-keyshortcuts="Alt+Enter"
          onFocus={() => chooseProblem(editor, problem)}
          onClick={fix}
        >
          <Wand size={14} aria-hidden />
          <span>
            {textIn(problem.fix?.title, lang)}
            <span className="muted problem-change">{words.join(" · ")}</span>
          </span>
        </button>
      )}
    </li>
  );
}
