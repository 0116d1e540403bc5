// The unit of a value: a text that is completed from the units that plants use, with what it means under it.
import type { CommonUnit, UnitAnswer } from "@lineside/client";
import { request } from "@lineside/client";
import { useEffect, useId, useState } from "react";
import { textIn, useLanguage, useT } from "../i18n";
import { Input, Row } from "../ui";
import { commonOf, searchUnits } from "./search";
import { useUnitList } from "./shown";
import "./units.css";

/** What a text means as a unit; undefined while it is not known yet. */
function useMeaning(text: string): UnitAnswer | undefined {
  const list = useUnitList();
  const [answers, setAnswers] = useState<Record<string, UnitAnswer>>({});
  const common = commonOf(list, text);
  const asked = answers[text];
  useEffect(() => {
    if (!text || !list || common || asked) return;
    const stop = new AbortController();
    const timer = setTimeout(
      () =>
        request<UnitAnswer>("POST", "/units/find", { text }, { signal: stop.signal }).then(
          ({ data }) => setAnswers((old) => ({ ...old, [text]: data })),
          () => {}, // what it means stays unsaid
        ),
      250,
    );
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }, [text, list, common, asked]);
  if (!text) return undefined;
  if (common)
    return {
      known: true,
      exact: common.code === text,
      code: common.code,
      symbol: common.symbol,
      quantity: common.quantity,
    };
  return asked;
}

/** A unit under its label. Any text may stand in it; of one that is no unit it is said so. */
export function UnitField(props: { label: string; value: string; onChange(unit: string): void; error?: string }) {
  const { value } = props;
  const meaning = useMeaning(value.trim());
  const t = useT();
  const unknown = meaning && !meaning.known && !value.includes("{");
  return (
    <div className="unit-field">
      <Row label={props.label} wrong={props.error}>
        {(id) => (
          <UnitInput id={id} label={props.label} value={value} invalid={!!props.error} onChange={props.onChange} />
        )}
      </Row>
      <output className={unknown ? "hint unit-unknown" : "hint"}>
        {unknown && t("units:unknown")}
        {unknown && (meaning.near ?? []).length > 0 && ` ${t("units:meant")} `}
        {unknown && meaning.near?.slice(0, 3).map((u) => <Offer key={u.code} unit={u} onChange={props.onChange} />)}
        {meaning?.known && <Meaning meaning={meaning} text={value.trim()} onChange={props.onChange} />}
      </output>
    </div>
  );
}

function Meaning({ meaning, text, onChange }: { meaning: UnitAnswer; text: string; onChange(unit: string): void }) {
  const t = useT();
  const lang = useLanguage();
  const list = useUnitList();
  const common = commonOf(list, meaning.code ?? "");
  const name = textIn(common?.name, lang);
  const said = [meaning.symbol !== text ? meaning.symbol : "", name && name !== text ? name : ""].filter(Boolean);
  return (
    <>
      {said.join(" · ")}
      {!meaning.exact && meaning.code && (
        <>
          {said.length > 0 && " · "}
          <button type="button" className="link" onClick={() => onChange(meaning.code ?? "")}>
            {t("units:use", { code: meaning.code })}
          </button>
        </>
      )}
    </>
  );
}

function Offer({ unit, onChange }: { unit: CommonUnit; onChange(unit: string): void }) {
  return (
    <button type="button" className="link" onClick={() => onChange(unit.code)}>
      {unit.symbol}
    </button>
  );
}

/** The field alone, with its list of units: type, arrow keys, Enter; Escape closes the list. */
export function UnitInput(props: {
  id?: string;
  label: string;
  value: string;
  invalid?: boolean;
  onChange(unit: string): void;
}) {
  const t = useT();
  const lang = useLanguage();
  const list = useUnitList();
  const [open, setOpen] = useState(false);
  const [at, setAt] = useState(-1);
  /** What was typed since the list was opened; all units are offered before that. */
  const [typed, setTyped] = useState("");
  const box = useId();
  const found = open && list ? searchUnits(list, typed, lang) : [];
  const close = () => {
    setOpen(false);
    setAt(-1);
    setTyped("");
  };
  const choose = (unit: CommonUnit | undefined) => {
    if (unit) props.onChange(unit.code);
    close();
  };
  const move = (to: number) => {
    setOpen(true);
    setAt(found.length === 0 ? 0 : Math.max(0, Math.min(found.length - 1, to)));
  };
  const shown = open && found.length > 0;
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: leaving the field closes its list
    <div className="unit-input" onBlur={(e) => !e.currentTarget.contains(e.relatedTarget) && close()}>
      <Input
        id={props.id}
        role="combobox"
        aria-label={props.id ? undefined : props.label}
        aria-expanded={shown}
        aria-controls={box}
        aria-autocomplete="list"
        aria-activedescendant={shown && at >= 0 ? `${box}-${at}` : undefined}
        aria-invalid={props.invalid || undefined}
        value={props.value}
        maxLength={64}
        onChange={(e) => {
          props.onChange(e.target.value);
          setTyped(e.target.value);
          setAt(-1);
          setOpen(e.target.value.trim() !== "");
        }}
        onDoubleClick={() => setOpen(true)}
        onKeyDown={(e) => {
          if (e.key === "ArrowDown") move(at + 1);
          else if (e.key === "ArrowUp" && open) move(at - 1);
          else if (e.key === "Enter" && shown && at >= 0) choose(found[at]?.unit);
          else if (e.key === "Escape" && shown) close();
          else return;
          e.preventDefault();
        }}
      />
      <div id={box} role="listbox" aria-label={t("units:units")} className="unit-list" hidden={!shown}>
        {found.map(({ unit, quantity }, i) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the field has the keys
          <div
            key={unit.code}
            id={`${box}-${i}`}
            ref={i === at ? (el) => el?.scrollIntoView({ block: "nearest" }) : undefined}
            role="option"
            tabIndex={-1}
            aria-selected={i === at}
            className="unit-option"
            // The field keeps the focus.
            onMouseDown={(e) => e.preventDefault()}
            onClick={() => choose(unit)}
          >
            <span className="unit-symbol">{unit.symbol}</span>
            <span className="grow">{textIn(unit.name, lang)}</span>
            <span className="muted">{quantity}</span>
          </div>
        ))}
      </div>
    </div>
  );
}
