// A text editor for a script or an SVG, with marks where something is wrong.
import type { Problem } from "@lineside/client";
import { useEffect, useRef } from "react";
import type { TextEditor } from "./code";
import "./own.css";

export function CodeField(props: {
  value: string;
  onChange: (text: string) => void;
  language: "javascript" | "svg";
  label: string;
  placeholder?: string;
  problems: readonly Problem[];
  /** Declarations for completion. */
  types?: string;
  /** Where the cursor is to go; a new object goes there again. */
  goTo?: { line: number; column?: number };
}) {
  const host = useRef<HTMLDivElement>(null);
  const editor = useRef<TextEditor | undefined>(undefined);
  const marks = useRef<typeof import("./code").marksOf>(undefined);
  const latest = useRef(props);
  latest.current = props;
  // What was typed comes back as the value, late when the machine is busy; it must not overwrite what was typed since.
  const typed = useRef(new Set<string>());
  const { value, language, label, placeholder, problems, goTo } = props;
  const completes = props.types !== undefined;

  useEffect(() => {
    let alive = true;
    let made: TextEditor | undefined;
    void import("./code").then(({ createCode, marksOf }) => {
      if (!alive || !host.current) return;
      made = createCode(host.current, {
        text: latest.current.value,
        language,
        label,
        placeholder,
        ...(completes ? { types: () => latest.current.types ?? "" } : {}),
        onChange: (text) => {
          typed.current.add(text);
          latest.current.onChange(text);
        },
      });
      editor.current = made;
      marks.current = marksOf;
      made.setProblems(marksOf(latest.current.value, latest.current.problems));
    });
    return () => {
      alive = false;
      editor.current = undefined;
      made?.destroy();
    };
  }, [language, label, placeholder, completes]);

  useEffect(() => {
    if (typed.current.has(value)) return;
    typed.current.clear();
    editor.current?.setText(value);
  }, [value]);

  useEffect(() => {
    const now = editor.current;
    if (now) now.setProblems(marks.current?.(now.text(), problems) ?? []);
  }, [problems]);

  useEffect(() => {
    const now = editor.current;
    if (!goTo || !now) return;
    const before = now
      .text()
      .split("\n")
      .slice(0, goTo.line - 1);
    now.goTo(before.reduce((n, l) => n + l.length + 1, 0) + Math.max(0, (goTo.column ?? 1) - 1));
  }, [goTo]);

  return <div ref={host} className="cm-host input own-code" />;
}
