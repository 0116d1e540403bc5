// CodeMirror, loaded when a text is edited. It lives in a shadow root: there its styles are constructed
// style sheets, which the content security policy allows.
import {
  autocompletion,
  type Completion,
  type CompletionContext,
  type CompletionResult,
  type CompletionSource,
  completionKeymap,
} from "@codemirror/autocomplete";
import { bracketMatching, HighlightStyle, StreamLanguage, syntaxHighlighting } from "@codemirror/language";
import { type Diagnostic, lintGutter, setDiagnostics } from "@codemirror/lint";
import { Compartment, EditorState, type Extension } from "@codemirror/state";
import { drawSelection, EditorView, keymap, lineNumbers } from "@codemirror/view";
import { tags } from "@lezer/highlight";
import { minimalSetup } from "codemirror";

export type { Completion, Diagnostic };

/** A text editor in a host element. */
export interface TextEditor {
  text(): string;
  setText(text: string): void;
  setProblems(problems: Diagnostic[]): void;
  setReadOnly(on: boolean): void;
  /** Puts the cursor to an offset and shows it. */
  goTo(offset: number): void;
  insert(text: string): void;
  focus(): void;
  destroy(): void;
}

/** How an editor is made. */
export interface TextOptions {
  text: string;
  language: "expression" | "json" | Extension;
  label: string;
  placeholder?: string;
  readOnly?: boolean;
  lineNumbers?: boolean;
  complete?: (word: string, inTag: boolean) => Promise<Completion[]>;
  /** Completion in place of that of expressions. */
  source?: CompletionSource;
  onChange?: (text: string) => void;
  onSubmit?: () => void;
  onBlur?: () => void;
}

const expression = StreamLanguage.define<{ quote: string }>({
  name: "expression",
  startState: () => ({ quote: "" }),
  token: (stream) => {
    if (stream.eatSpace()) return null;
    if (stream.match(/^("(?:[^"\\]|\\.)*"?|'(?:[^'\\]|\\.)*'?|`[^`]*`?)/)) return "string";
    if (stream.match(/^\/\/.*/)) return "comment";
    if (stream.match(/^\d[\d_]*(?:\.\d+)?(?:[eE][-+]?\d+)?/)) return "number";
    if (stream.match(/^(?:true|false|nil|and|or|not|in|matches|contains|startsWith|endsWith|let|if|else)\b/))
      return "keyword";
    if (stream.match(/^[A-Za-z_]\w*(?=\s*\()/)) return "variableName.function";
    if (stream.match(/^[A-Za-z_]\w*/)) return "variableName";
    stream.next();
    return "operator";
  },
  tokenTable: {},
});

const json = StreamLanguage.define<object>({
  name: "json",
  token: (stream) => {
    if (stream.eatSpace()) return null;
    if (stream.match(/^"(?:[^"\\]|\\.)*"(?=\s*:)/)) return "propertyName";
    if (stream.match(/^"(?:[^"\\]|\\.)*"?/)) return "string";
    if (stream.match(/^-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?/)) return "number";
    if (stream.match(/^(?:true|false|null)\b/)) return "keyword";
    stream.next();
    return null;
  },
});

function styles(): Extension {
  return [
    syntaxHighlighting(
      HighlightStyle.define([
        { tag: tags.string, color: "var(--code-string)" },
        { tag: tags.number, color: "var(--code-number)" },
        { tag: tags.keyword, color: "var(--code-keyword)" },
        { tag: tags.comment, color: "var(--muted)", fontStyle: "italic" },
        { tag: tags.propertyName, color: "var(--code-name)" },
        { tag: tags.function(tags.variableName), color: "var(--code-name)" },
      ]),
    ),
    EditorView.theme({
      "&": { height: "100%", color: "var(--text)", backgroundColor: "transparent", fontSize: "13px" },
      "&.cm-focused": { outline: "none" },
      ".cm-scroller": { fontFamily: "var(--mono)", lineHeight: "1.5", overflow: "auto" },
      ".cm-content": { caretColor: "var(--text)", padding: "6px 0" },
      ".cm-cursor": { borderLeftColor: "var(--text)" },
      ".cm-gutters": { backgroundColor: "transparent", color: "var(--muted)", border: "none" },
      ".cm-selectionBackground, &.cm-focused .cm-selectionBackground": { background: "var(--selected) !important" },
      "&.cm-empty .cm-content::before": {
        content: "attr(aria-placeholder)",
        position: "absolute",
        padding: "0 2px 0 6px",
        color: "var(--muted)",
        pointerEvents: "none",
      },
      ".cm-tooltip": {
        backgroundColor: "var(--raised)",
        color: "var(--text)",
        border: "1px solid var(--border-strong)",
        borderRadius: "6px",
        boxShadow: "var(--shadow)",
        overflow: "hidden",
        maxWidth: "420px",
      },
      ".cm-tooltip-autocomplete > ul": { fontFamily: "var(--mono)", maxHeight: "220px" },
      ".cm-tooltip-autocomplete > ul > li": { padding: "3px 8px" },
      ".cm-tooltip-autocomplete > ul > li[aria-selected]": { backgroundColor: "var(--selected)", color: "var(--text)" },
      ".cm-completionDetail": { color: "var(--muted)", fontStyle: "normal", marginLeft: "8px" },
      ".cm-completionInfo": { padding: "6px 8px", fontFamily: "var(--font)" },
      ".cm-diagnostic": { padding: "4px 8px", fontFamily: "var(--font)" },
      ".cm-diagnostic-error": { borderLeft: "3px solid var(--danger)" },
      ".cm-diagnostic-warning": { borderLeft: "3px solid var(--warning)" },
      ".cm-matchingBracket": { outline: "1px solid var(--border-strong)", backgroundColor: "transparent !important" },
    }),
  ];
}

/**
 * What may be written here, while nothing is. CodeMirror's own placeholder is an element with a style attribute, which the
 * browser copies when the first letter is typed, and which the content security policy then refuses aloud.
 */
function hint(text: string): Extension {
  return [
    EditorView.contentAttributes.of({ "aria-placeholder": text }),
    EditorView.editorAttributes.of((view) => ({ class: view.state.doc.length === 0 ? "cm-empty" : "" })),
  ];
}

const languageOf = (language: TextOptions["language"]): Extension =>
  language === "expression" ? expression : [language === "json" ? json : language, lintGutter()];

/** Makes an editor. */
export function createEditor(host: HTMLElement, options: TextOptions): TextEditor {
  const look = styles();
  const root = host.shadowRoot ?? host.attachShadow({ mode: "open" });
  root.replaceChildren();
  const readOnly = new Compartment();
  const lock = (on: boolean) => [EditorState.readOnly.of(on), EditorView.editable.of(!on)];
  const complete = async (context: CompletionContext): Promise<CompletionResult | null> => {
    const quoted = context.matchBefore(/tag\(\s*["'][^"']*/);
    if (quoted) {
      const start = quoted.from + quoted.text.search(/["']/) + 1;
      return {
        from: start,
        options: (await options.complete?.(context.state.sliceDoc(start, context.pos), true)) ?? [],
        filter: false,
      };
    }
    const word = context.matchBefore(/[A-Za-z_][\w/]*/);
    if (!word && !context.explicit) return null;
    return {
      from: word?.from ?? context.pos,
      options: (await options.complete?.(word?.text ?? "", false)) ?? [],
      filter: false,
    };
  };
  const completion = options.source ?? (options.complete && complete);
  const view = new EditorView({
    root,
    parent: root,
    state: EditorState.create({
      doc: options.text,
      extensions: [
        keymap.of([
          {
            key: "Mod-Enter",
            run: () => {
              options.onSubmit?.();
              return true;
            },
          },
          ...(completion ? completionKeymap : []),
        ]),
        minimalSetup,
        drawSelection(),
        bracketMatching(),
        EditorView.lineWrapping,
        languageOf(options.language),
        options.lineNumbers ? lineNumbers() : [],
        options.placeholder ? hint(options.placeholder) : [],
        completion ? autocompletion({ override: [completion], icons: false }) : [],
        readOnly.of(lock(!!options.readOnly)),
        EditorView.contentAttributes.of({ "aria-label": options.label, tabindex: "0" }),
        EditorView.updateListener.of((u) => u.docChanged && options.onChange?.(u.state.doc.toString())),
        EditorView.domEventHandlers({
          blur: () => options.onBlur?.(),
          // Typing over coloured text would make the browser write its colour into a style attribute, which the
          // content security policy forbids.
          beforeinput: (event, view) => {
            if (
              event.inputType !== "insertText" ||
              !event.data ||
              view.state.selection.main.empty ||
              view.state.readOnly
            )
              return false;
            view.dispatch(view.state.replaceSelection(event.data), { userEvent: "input.type", scrollIntoView: true });
            return true;
          },
        }),
        look,
      ],
    }),
  });
  return {
    text: () => view.state.doc.toString(),
    setText: (text) => {
      if (text !== view.state.doc.toString())
        view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text } });
    },
    setProblems: (problems) => {
      const max = view.state.doc.length;
      const within = problems.map((p) => ({
        ...p,
        from: Math.min(p.from, max),
        to: Math.min(Math.max(p.to, p.from), max),
      }));
      view.dispatch(setDiagnostics(view.state, within));
    },
    setReadOnly: (on) => view.dispatch({ effects: readOnly.reconfigure(lock(on)) }),
    goTo: (offset) => {
      const at = Math.min(offset, view.state.doc.length);
      view.dispatch({ selection: { anchor: at }, effects: EditorView.scrollIntoView(at, { y: "center" }) });
      view.focus();
    },
    insert: (text) => {
      view.dispatch(view.state.replaceSelection(text));
      view.focus();
    },
    focus: () => view.focus(),
    destroy: () => view.destroy(),
  };
}
