// Completion for scripts, read from the declarations that the server makes of a widget (runtime/script/types.go).

/** One function or method. */
export interface Declared {
  name: string;
  signature: string;
  text: string;
}

/** What the declarations say. */
export interface Types {
  /** Functions that a script may define. */
  functions: Declared[];
  /** Methods of what they are given. */
  methods: Declared[];
  settings: { name: string; type: string }[];
  outputs: string[];
  events: string[];
  writable: string[];
}

const names = (text: string, type: string): string[] => {
  const line = new RegExp(`^type ${type} = (.*);$`, "m").exec(text)?.[1] ?? "";
  return [...line.matchAll(/"((?:[^"\\]|\\.)*)"/g)].map((m) => m[1] as string);
};

const block = (text: string, open: string): string => {
  const from = text.indexOf(open);
  return from < 0 ? "" : text.slice(from + open.length, text.indexOf("\n}", from));
};

/** Reads the declarations; what is not understood is left out. */
export function readTypes(text: string): Types {
  const documented = (part: string, before: RegExp): Declared[] =>
    [...part.matchAll(/\/\*\* (.*?) \*\/\n\s*(.*?);?$/gm)].flatMap(([, doc = "", code = ""]) => {
      const [, name, rest] = before.exec(code) ?? [];
      return name ? [{ name, signature: `${name}${rest}`, text: doc }] : [];
    });
  return {
    functions: documented(text, /^declare function (\w+)(.*)$/),
    methods: documented(block(text, "interface Me {"), /^(\w+)(\(.*)$/),
    settings: [...block(text, "interface Settings {").matchAll(/^\s+(\w+): (.*?);$/gm)].map(
      ([, name = "", type = ""]) => ({ name, type }),
    ),
    outputs: names(text, "Outputs"),
    events: names(text, "Events"),
    writable: names(text, "Writable"),
  };
}

/** What can be written at the end of a piece of a line. */
export interface Completions {
  /** Where in the line what is completed begins. */
  from: number;
  /** False when it is only told to who asks. */
  asked: boolean;
  options: { label: string; detail?: string; info?: string; apply?: string; type?: string }[];
}

/** The completions at the end of `before`, the line up to the cursor; undefined where there are none, as in a comment. */
export function completionsAt(types: Types, before: string): Completions | undefined {
  if (/(^|\s)\/\//.test(before)) return undefined;
  const quoted = /\bme\.(set|emit|write)\(\s*(["'])([^"']*)$/.exec(before);
  if (quoted) {
    const [, method, , word = ""] = quoted;
    const list = method === "set" ? types.outputs : method === "emit" ? types.events : types.writable;
    return { from: before.length - word.length, asked: true, options: list.map((label) => ({ label })) };
  }
  const named = /\bname\s*===?\s*(["'])([^"']*)$/.exec(before);
  if (named) {
    const { length } = named[2] ?? "";
    const list = [...types.settings.map((s) => s.name), ...types.events];
    return { from: before.length - length, asked: true, options: list.map((label) => ({ label })) };
  }
  if ((before.match(/["'`]/g)?.length ?? 0) % 2 === 1) return undefined;
  const setting = /\bsettings\.(\w*)$/.exec(before);
  if (setting)
    return {
      from: before.length - (setting[1]?.length ?? 0),
      asked: true,
      options: types.settings.map(({ name, type }) => ({ label: name, detail: type })),
    };
  const method = /\bme\.(\w*)$/.exec(before);
  if (method)
    return {
      from: before.length - (method[1]?.length ?? 0),
      asked: true,
      options: types.methods.map((m) => ({
        label: m.name,
        detail: m.signature.slice(m.name.length),
        info: m.text,
        apply: `${m.name}(`,
      })),
    };
  const word = /(^|[^\w.])(\w*)$/.exec(before);
  if (!word) return undefined;
  const begun = word[2] ?? "";
  // At the begin of a line a function is defined.
  const outer = /^\w*$/.test(before);
  return {
    from: before.length - begun.length,
    asked: begun.length > 1,
    options: [
      ...(outer
        ? types.functions.map((f) => ({
            label: f.name,
            detail: f.signature.slice(f.name.length),
            info: f.text,
            apply: `function ${f.signature.replace(/: [^,()]+(?=[,)])/g, "").replace(/\): \w+$/, ")")} {\n  \n}`,
          }))
        : []),
      { label: "me", detail: "Me" },
      { label: "settings", detail: "Settings" },
      ...["function", "const", "let", "if", "else", "for", "return", "true", "false", "null"].map((label) => ({
        label,
        type: "keyword",
      })),
      ...["Math", "JSON", "Number", "String", "Array", "Object", "Date"].map((label) => ({ label })),
    ],
  };
}
