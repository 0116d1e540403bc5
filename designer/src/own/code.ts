// The text editor for scripts and SVG: CodeMirror with JavaScript, and completion by the declarations of the widget.
import type { CompletionContext, CompletionResult } from "@codemirror/autocomplete";
import { javascriptLanguage } from "@codemirror/lang-javascript";
import { LanguageSupport, StreamLanguage } from "@codemirror/language";
import type { Problem } from "@lineside/client";
import { createEditor, type Diagnostic, type TextEditor } from "../panels/codemirror";
import { completionsAt, readTypes } from "./types";

export type { TextEditor };

/** Enough of XML to read an SVG by. */
const svg = StreamLanguage.define<{ tag: boolean }>({
  name: "svg",
  startState: () => ({ tag: false }),
  token: (stream, state) => {
    if (stream.eatSpace()) return null;
    if (stream.match(/^<!--/)) {
      while (!stream.match(/^-->/) && stream.next());
      return "comment";
    }
    if (!state.tag) {
      if (stream.match(/^<\/?[\w:-]+/)) {
        state.tag = true;
        return "keyword";
      }
      stream.match(/^[^<]+/) || stream.next();
      return null;
    }
    if (stream.match(/^\/?>/)) {
      state.tag = false;
      return "keyword";
    }
    if (stream.match(/^[\w:-]+(?=\s*=)/)) return "propertyName";
    if (stream.match(/^"[^"]*"?|^'[^']*'?/)) return "string";
    stream.next();
    return null;
  },
});

/** Makes an editor. `types` gives the declarations of now. */
export function createCode(
  host: HTMLElement,
  options: {
    text: string;
    language: "javascript" | "svg";
    label: string;
    placeholder?: string;
    types?: () => string;
    onChange: (text: string) => void;
    onBlur?: () => void;
  },
): TextEditor {
  const { types, language, ...rest } = options;
  const source = (context: CompletionContext): CompletionResult | null => {
    const line = context.state.doc.lineAt(context.pos);
    const found = completionsAt(readTypes(types?.() ?? ""), line.text.slice(0, context.pos - line.from));
    if (!found || (!found.asked && !context.explicit)) return null;
    return { from: line.from + found.from, options: found.options };
  };
  return createEditor(host, {
    ...rest,
    language: language === "svg" ? svg : new LanguageSupport(javascriptLanguage),
    lineNumbers: true,
    ...(types ? { source } : {}),
  });
}

/** Problems as marks in a text: those that have a line. */
export function marksOf(text: string, problems: readonly Problem[]): Diagnostic[] {
  const lines = text.split("\n");
  return problems.flatMap((p) => {
    if (!p.line || p.line > lines.length) return [];
    const start = lines.slice(0, p.line - 1).reduce((n, l) => n + l.length + 1, 0);
    const length = lines[p.line - 1]?.length ?? 0;
    const column = Math.min(Math.max(0, (p.column ?? 1) - 1), length);
    const word = /^[\w$]+|^./.exec((lines[p.line - 1] ?? "").slice(column))?.[0].length ?? 0;
    return [
      {
        from: start + column,
        to: start + column + word,
        severity: p.severity === "warning" ? ("warning" as const) : ("error" as const),
        message: [p.message, p.hint].filter(Boolean).join(" "),
      },
    ];
  });
}
