import { Search, X } from "lucide-react";
import { Switch as RadixSwitch } from "radix-ui";
import {
  type ComponentProps,
  type KeyboardEvent,
  type PointerEvent,
  type ReactNode,
  useEffect,
  useId,
  useRef,
  useState,
} from "react";
import { useT } from "../i18n";
import { IconButton } from "./button";

/** A label over a field, with help under it and, when something is wrong, what. `children` gets the id of the field. */
export function Row(props: {
  label: ReactNode;
  help?: ReactNode;
  wrong?: ReactNode;
  required?: boolean;
  children: (id: string) => ReactNode;
}) {
  const id = useId();
  const t = useT();
  return (
    <div className="form-row">
      <label className="label" htmlFor={id}>
        {props.label}
        {props.required && <span title={t("common:required")}>*</span>}
      </label>
      {props.children(id)}
      {props.wrong ? (
        <span className="wrong" role="alert">
          {props.wrong}
        </span>
      ) : (
        props.help && <span className="hint">{props.help}</span>
      )}
    </div>
  );
}

/** A one-line text field. */
export function Input({ className, ...rest }: ComponentProps<"input">) {
  return (
    <input
      type="text"
      autoComplete="off"
      spellCheck={false}
      {...rest}
      className={["input", className].filter(Boolean).join(" ")}
    />
  );
}

/** A field of several lines. */
export function TextArea({ className, ...rest }: ComponentProps<"textarea">) {
  return <textarea spellCheck={false} {...rest} className={["input", className].filter(Boolean).join(" ")} />;
}

/** A choice from a list. */
export function Select(
  props: Omit<ComponentProps<"select">, "onChange"> & {
    options: { value: string; label: string }[];
    onChange: (value: string) => void;
  },
) {
  const { options, onChange, className, ...rest } = props;
  return (
    <select
      {...rest}
      className={["input", className].filter(Boolean).join(" ")}
      onChange={(e) => onChange(e.target.value)}
    >
      {options.map((o) => (
        <option key={o.value} value={o.value}>
          {o.label}
        </option>
      ))}
    </select>
  );
}

/** A field to search by, with a button that clears it. */
export function SearchInput(props: {
  value: string;
  onChange: (value: string) => void;
  label?: string;
  autoFocus?: boolean;
  onKeyDown?: (e: KeyboardEvent<HTMLInputElement>) => void;
}) {
  const t = useT();
  const label = props.label ?? t("common:search");
  return (
    <div className="input-group">
      <span className="lead">
        <Search size={14} aria-hidden />
      </span>
      <input
        className="input"
        type="search"
        aria-label={label}
        placeholder={label}
        spellCheck={false}
        value={props.value}
        // biome-ignore lint/a11y/noAutofocus: asked for by a palette that opens to be typed into
        autoFocus={props.autoFocus}
        onChange={(e) => props.onChange(e.target.value)}
        onKeyDown={(e) => {
          if (e.key === "Escape" && props.value) {
            props.onChange("");
            e.stopPropagation();
          }
          props.onKeyDown?.(e);
        }}
      />
      {props.value && (
        <span className="trail">
          <IconButton small label={t("common:clear")} onClick={() => props.onChange("")}>
            <X size={14} aria-hidden />
          </IconButton>
        </span>
      )}
    </div>
  );
}

/** A box to tick, with words. */
export function Check(props: {
  label: ReactNode;
  checked: boolean;
  onChange: (checked: boolean) => void;
  disabled?: boolean;
  id?: string;
}) {
  return (
    <label className="check">
      <input
        type="checkbox"
        id={props.id}
        checked={props.checked}
        disabled={props.disabled}
        onChange={(e) => props.onChange(e.target.checked)}
      />
      <span>{props.label}</span>
    </label>
  );
}

/** On or off, or mixed when several things differ. */
export function Switch(props: {
  checked: boolean;
  mixed?: boolean;
  onChange: (checked: boolean) => void;
  id?: string;
  label?: string;
  disabled?: boolean;
}) {
  return (
    <RadixSwitch.Root
      id={props.id}
      className="switch"
      data-mixed={props.mixed}
      aria-label={props.label}
      disabled={props.disabled}
      checked={!props.mixed && props.checked}
      onCheckedChange={props.onChange}
    >
      <RadixSwitch.Thumb />
    </RadixSwitch.Root>
  );
}

/**
 * A number. Enter and leaving commit, Escape takes back, the arrow keys step (Shift by ten),
 * and a `lead` letter can be dragged sideways. Simple sums ("100/3", "8*4+2") are worked out.
 */
export function NumberInput(props: {
  value: number | undefined;
  onChange: (value: number | undefined) => void;
  id?: string;
  label?: string;
  min?: number;
  max?: number;
  step?: number;
  integer?: boolean;
  unit?: string;
  lead?: string;
  placeholder?: string;
  disabled?: boolean;
  /** An empty field is a value too: undefined. */
  optional?: boolean;
  invalid?: boolean;
  /** While dragging the lead letter: true at its begin, false at its end. */
  onDrag?: (active: boolean) => void;
}) {
  const t = useT();
  const { value } = props;
  const [text, setText] = useState<string>();
  const [wrong, setWrong] = useState("");
  const drag = useRef<{ x: number; from: number } | undefined>(undefined);
  const field = useRef<HTMLInputElement>(null);
  // A value that comes from elsewhere (undo, a drag on the canvas) replaces what was half typed.
  // biome-ignore lint/correctness/useExhaustiveDependencies: only a new value resets the text
  useEffect(() => setText(undefined), [value]);

  const limit = (n: number) => {
    const whole = props.integer ? Math.round(n) : Math.round(n * 1e6) / 1e6;
    return Math.min(props.max ?? Number.POSITIVE_INFINITY, Math.max(props.min ?? Number.NEGATIVE_INFINITY, whole));
  };
  const commit = () => {
    if (text === undefined) return;
    if (text.trim() === "") {
      setText(undefined);
      setWrong("");
      if (props.optional && value !== undefined) props.onChange(undefined);
      return;
    }
    const n = sum(text);
    if (n === undefined) return setWrong(t("common:field.number"));
    if (props.min !== undefined && n < props.min) return setWrong(t("common:field.least", { min: props.min }));
    if (props.max !== undefined && n > props.max) return setWrong(t("common:field.most", { max: props.max }));
    setWrong("");
    setText(undefined);
    if (limit(n) !== value) props.onChange(limit(n));
  };
  const step = (by: number) => {
    setText(undefined);
    setWrong("");
    props.onChange(limit((value ?? 0) + by * (props.step ?? 1)));
  };
  const keys = (e: KeyboardEvent) => {
    if (e.key === "Enter") {
      commit();
      field.current?.select();
    } else if (e.key === "Escape" && text !== undefined) {
      setText(undefined);
      setWrong("");
      e.stopPropagation();
    } else if (e.key === "ArrowUp" || e.key === "ArrowDown") {
      e.preventDefault();
      step((e.key === "ArrowUp" ? 1 : -1) * (e.shiftKey ? 10 : 1));
    }
  };
  const scrub = {
    onPointerDown: (e: PointerEvent) => {
      if (props.disabled) return;
      e.currentTarget.setPointerCapture(e.pointerId);
      drag.current = { x: e.clientX, from: value ?? 0 };
      props.onDrag?.(true);
    },
    onPointerMove: (e: PointerEvent) => {
      if (!drag.current) return;
      const n = limit(
        drag.current.from + Math.round((e.clientX - drag.current.x) / 2) * (props.step ?? 1) * (e.shiftKey ? 10 : 1),
      );
      if (n !== value) props.onChange(n);
    },
    onPointerUp: () => {
      drag.current = undefined;
      props.onDrag?.(false);
    },
    onPointerCancel: () => {
      drag.current = undefined;
      props.onDrag?.(false);
    },
  };
  return (
    <div className="input-group" title={wrong || undefined}>
      {props.lead && (
        <span className="lead scrub" aria-hidden {...scrub}>
          {props.lead}
        </span>
      )}
      <input
        ref={field}
        id={props.id}
        className={props.unit ? "input with-unit" : "input"}
        style={props.unit ? ({ "--unit-width": `${props.unit.length * 8 + 14}px` } as never) : undefined}
        type="text"
        inputMode="decimal"
        aria-label={props.label}
        aria-invalid={props.invalid || wrong ? true : undefined}
        disabled={props.disabled}
        placeholder={props.placeholder}
        value={text ?? (value === undefined ? "" : String(Math.round(value * 1e6) / 1e6))}
        onChange={(e) => setText(e.target.value)}
        onFocus={(e) => e.target.select()}
        onBlur={commit}
        onKeyDown={keys}
      />
      {props.unit && <span className="unit">{props.unit}</span>}
    </div>
  );
}

/** Works out a sum of numbers with + - * / and brackets; undefined when it is none. */
export function sum(text: string): number | undefined {
  const s = text.replace(/,(?=\d+$)/, ".").replace(/\s+/g, "");
  let i = 0;
  const factor = (): number => {
    if (s[i] === "-") {
      i++;
      return -factor();
    }
    if (s[i] === "+") {
      i++;
      return factor();
    }
    if (s[i] === "(") {
      i++;
      const v = terms();
      return s[i++] === ")" ? v : Number.NaN;
    }
    const m = /^\d*\.?\d+(?:[eE][-+]?\d+)?|^\d+\./.exec(s.slice(i));
    if (!m) return Number.NaN;
    i += m[0].length;
    return Number(m[0]);
  };
  const product = (): number => {
    let v = factor();
    while (s[i] === "*" || s[i] === "/") v = s[i++] === "*" ? v * factor() : v / factor();
    return v;
  };
  const terms = (): number => {
    let v = product();
    while (s[i] === "+" || s[i] === "-") v = s[i++] === "+" ? v + product() : v - product();
    return v;
  };
  const v = terms();
  return i === s.length && s !== "" && Number.isFinite(v) ? v : undefined;
}
