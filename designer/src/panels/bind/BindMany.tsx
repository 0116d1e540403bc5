// Binding a property of many widgets by a pattern, with what becomes of each before it is done.
import type { Binding, Field, TagState, Widget } from "@lineside/client";
import { Hash, Sparkles } from "lucide-react";
import { useEffect, useMemo, useRef, useState } from "react";
import { checkExpression, matchTags } from "../../design/api";
import { useEditor, useScreen } from "../../design/context";
import { isBinding } from "../../document";
import { bindMany, inOrder, type Order } from "../../document/bindings";
import { fill, isConstant, isExpression, patternOf, wildcard, withCounter } from "../../document/pattern";
import { textIn, useLanguage, useT } from "../../i18n";
import { useTagValues } from "../../shell/live";
import { asApiError } from "../../shell/resource";
import { Button, Check, Dialog, ErrorNote, IconButton, NumberInput, Row, Select, toast } from "../../ui";
import { sentence } from "../format";
import { TagValue } from "../TagBrowser";
import { fitsField } from "./fits";
import "./bind.css";

/** Nobody reads more rows, and drawing them would make typing slow. */
const mostShown = 200;

/** What is known of the result of one row. */
interface Found {
  type?: string;
  unit?: string;
  value?: unknown;
  quality?: number;
  qualityName?: string;
  /** Why it would not work. */
  wrong?: "missing" | "unfit" | "wrong" | string;
}

/** The properties that all of the widgets have and that may be bound; that which a dropped tag goes to first. */
function bindable(editor: ReturnType<typeof useEditor>, widgets: readonly Widget[]): Field[] {
  const manifests = widgets.map((w) => editor.manifests.get(w.type));
  const [first, ...rest] = manifests;
  const list = (first?.settings ?? []).filter(
    (f) => f.bind && rest.every((m) => m?.settings.some((o) => o.name === f.name && o.bind)),
  );
  const main = first?.drop;
  return list.toSorted((a, b) => Number(b.name === main) - Number(a.name === main));
}

export function BindMany({ onClose }: { onClose: () => void }) {
  const t = useT();
  const lang = useLanguage();
  const editor = useEditor();
  const record = useScreen();
  // The selection at the beginning counts, whatever happens behind the dialog.
  const [chosen] = useState(() => editor.session.getState().selection);
  const widgets = useMemo(
    () => chosen.flatMap((id) => record?.widgets[id] ?? []).filter((w) => editor.manifests.has(w.type)),
    [chosen, record, editor],
  );
  const fields = useMemo(() => bindable(editor, widgets), [editor, widgets]);
  const [prop, setProp] = useState(fields[0]?.name ?? "");
  const field = fields.find((f) => f.name === prop) ?? fields[0];
  const [order, setOrder] = useState<Order>("rows");
  const sorted = useMemo(
    () =>
      record
        ? inOrder(
            record,
            widgets.map((w) => w.id),
            order,
          )
        : [],
    [record, widgets, order],
  );
  const present = (id: string): Binding | undefined => {
    const value = record?.widgets[id]?.props?.[field?.name ?? ""];
    return isBinding(value) && (value.tag || value.expr) ? value : undefined;
  };
  const bound = sorted.flatMap((id) => {
    const b = present(id);
    return b ? [b.tag ?? b.expr ?? ""] : [];
  });
  const [begin] = useState(() => patternOf(bound) ?? (bound[0] ? patternOf([bound[0]]) : undefined));
  const [pattern, setPattern] = useState(begin?.pattern ?? bound[0] ?? "");
  const [from, setFrom] = useState(begin?.from ?? 1);
  const [step, setStep] = useState(begin?.step || 1);
  const [only, setOnly] = useState(true);
  const input = useRef<HTMLInputElement>(null);

  const expression = isExpression(pattern);
  const rows = sorted.map((id, i) => {
    const w = record?.widgets[id] as Widget;
    return { id, name: w.name || id, text: fill(pattern.trim(), { n: from + i * step, name: w.name || id, id }) };
  });
  const { found, error } = useFound(
    rows.map((r) => ({ text: r.text, type: record?.widgets[r.id]?.type ?? "" })),
    pattern.trim(),
    expression,
    field,
  );
  const seen = rows.slice(0, mostShown);
  const watched = expression ? "" : seen.map((r) => r.text).join("\n");
  const live = useTagValues(useMemo(() => (watched ? watched.split("\n").filter(Boolean) : []), [watched]));
  const missing = rows.filter((r) => found.get(r.text)?.wrong === "missing").length;
  const bindings = new Map<string, Binding>(
    rows
      .filter(
        (r) => r.text && found.get(r.text)?.wrong !== "wrong" && !(only && found.get(r.text)?.wrong === "missing"),
      )
      .map((r) => [r.id, expression ? { expr: r.text } : { tag: r.text }]),
  );
  const count = pattern.trim() ? bindings.size : 0;

  const apply = () => {
    if (count === 0 || !field) return;
    bindMany(editor.doc, editor.screen(), field.name, bindings);
    toast(t("bind:many.done", { count }), { kind: "good" });
    onClose();
  };
  const take = (next: ReturnType<typeof patternOf>) => {
    if (!next) return;
    setPattern(next.pattern);
    setFrom(next.from);
    setStep(next.step || 1);
  };
  const toCounter = () => {
    const el = input.current;
    const at = [el?.selectionStart ?? 0, el?.selectionEnd ?? 0] as const;
    const digits = /\d+/.exec(pattern);
    take(
      at[0] < at[1]
        ? withCounter(pattern, at[0], at[1])
        : digits
          ? withCounter(pattern, digits.index, digits.index + digits[0].length)
          : undefined,
    );
  };

  return (
    <Dialog
      open
      size="wide"
      onClose={onClose}
      title={t("bind:many.title", { count: widgets.length })}
      text={fields.length > 0 ? t("bind:many.text") : t("bind:many.none")}
      footer={
        <>
          {missing > 0 && <Check label={t("bind:many.only")} checked={only} onChange={setOnly} />}
          <span className="grow" />
          <Button onClick={onClose}>{t("common:cancel")}</Button>
          <Button look="primary" disabled={count === 0} onClick={apply}>
            {t("bind:many.apply", { count })}
          </Button>
        </>
      }
    >
      {field && (
        <>
          <div className="many-head">
            <Row label={t("bind:many.pattern")} help={t("bind:many.patternHelp")}>
              {(id) => (
                <div className="many-pattern">
                  <input
                    id={id}
                    ref={input}
                    className="input mono"
                    value={pattern}
                    spellCheck={false}
                    autoComplete="off"
                    placeholder="area/line{n}/speed"
                    onChange={(e) => setPattern(e.target.value)}
                    onKeyDown={(e) => e.key === "Enter" && apply()}
                  />
                  <IconButton label={t("bind:many.counterHelp")} onClick={toCounter}>
                    <Hash size={16} aria-hidden />
                  </IconButton>
                  <Button
                    icon={<Sparkles size={14} aria-hidden />}
                    title={t("bind:many.presentHelp")}
                    disabled={bound.length === 0}
                    onClick={() =>
                      take(
                        patternOf(bound) ??
                          patternOf([bound[0] as string]) ?? { pattern: bound[0] as string, from, step },
                      )
                    }
                  >
                    {t("bind:many.present")}
                  </Button>
                </div>
              )}
            </Row>
          </div>
          <div className="many-options">
            <Row label={t("bind:many.prop")}>
              {(id) => (
                <Select
                  id={id}
                  value={field.name}
                  onChange={setProp}
                  options={fields.map((f) => ({ value: f.name, label: textIn(f.title, lang) || f.name }))}
                />
              )}
            </Row>
            <Row label={t("bind:many.from")}>
              {(id) => <NumberInput id={id} integer value={from} onChange={(n) => n !== undefined && setFrom(n)} />}
            </Row>
            <Row label={t("bind:many.step")}>
              {(id) => <NumberInput id={id} integer value={step} onChange={(n) => n !== undefined && setStep(n)} />}
            </Row>
            <Row label={t("bind:many.order")}>
              {(id) => (
                <Select
                  id={id}
                  value={order}
                  onChange={(v) => setOrder(v as Order)}
                  options={(["rows", "columns", "drawn"] as const).map((o) => ({
                    value: o,
                    label: t(`bind:many.orders.${o}`),
                  }))}
                />
              )}
            </Row>
          </div>
          <ErrorNote error={error} />
          <p className={missing > 0 ? "wrong" : "muted"} aria-live="polite">
            {missing > 0
              ? t("bind:many.missing", { count: missing })
              : pattern.trim() && isConstant(pattern) && widgets.length > 1
                ? t("bind:many.same")
                : "\u00a0"}
          </p>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a list that scrolls must be reachable by keys */}
          <div className="many-list" tabIndex={0}>
            <table className="bind-table">
              <thead>
                <tr>
                  <th>{t("bind:many.widget")}</th>
                  <th>{t("bind:many.now")}</th>
                  <th>{t("bind:many.becomes")}</th>
                  <th className="number">{t("bind:many.value")}</th>
                  <th>{t("bind:many.type")}</th>
                </tr>
              </thead>
              <tbody>
                {seen.map((r) => {
                  const f = found.get(r.text);
                  const b = present(r.id);
                  const now = live.get(r.text);
                  return (
                    <tr key={r.id} data-row={r.id} className={f?.wrong ? "bad" : undefined}>
                      <td>{r.name}</td>
                      <td className="mono muted clip" title={b?.tag ?? b?.expr}>
                        {b?.tag ?? b?.expr ?? "–"}
                      </td>
                      <td className="mono clip" title={r.text}>
                        {r.text || "–"}
                        {f?.wrong && r.text && (
                          <span className="wrong">
                            {" "}
                            {["missing", "unfit", "wrong"].includes(f.wrong) ? t(`bind:many.${f.wrong}`) : f.wrong}
                          </span>
                        )}
                      </td>
                      <td className="number">
                        {r.text && f && f.wrong !== "missing" && f.wrong !== "wrong" ? (
                          <TagValue
                            value={now ?? { v: f.value as never, q: f.quality ?? 0, t: 0 }}
                            unit={f.unit}
                            name={now ? editor.qualities[String(now.q)] : f.qualityName}
                          />
                        ) : (
                          "–"
                        )}
                      </td>
                      <td>{f?.type ? t(`design:type.${f.type}`) : "–"}</td>
                    </tr>
                  );
                })}
              </tbody>
            </table>
            {rows.length > mostShown && (
              <p className="muted">{t("bind:uses.more", { count: rows.length - mostShown })}</p>
            )}
          </div>
        </>
      )}
    </Dialog>
  );
}

/** Expressions are asked for one by one, so not too many at once. */
const mostChecked = 60;

/** What is known of the results by their text: of tags at one look, of expressions each. */
function useFound(
  rows: readonly { text: string; type: string }[],
  pattern: string,
  expression: boolean,
  field: Field | undefined,
): { found: ReadonlyMap<string, Found>; error: { message: string; hint?: string } | undefined } {
  const editor = useEditor();
  const [found, setFound] = useState<ReadonlyMap<string, Found>>(new Map());
  const [error, setError] = useState<{ message: string; hint?: string }>();
  const key = JSON.stringify([rows, field?.name]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the key stands for the rows
  useEffect(() => {
    setError(undefined);
    if (!pattern || !field) return setFound(new Map());
    const stop = new AbortController();
    const inputs = new Map((editor.doc.state.app.inputs ?? []).map((i) => [i.id, i]));
    const tags = async () => {
      const list = await matchTags(wildcard(pattern), stop.signal);
      const by = new Map<string, TagState>(list.map((tag) => [tag.path, tag]));
      const out = new Map<string, Found>();
      for (const { text, type } of rows) {
        const tag = by.get(text);
        const input = inputs.get(text);
        if (!tag) out.set(text, input ? { type: input.type, unit: input.unit } : { wrong: "missing" });
        else {
          const { value, quality, qualityName, unit } = tag;
          const fits = fitsField(editor.manifests.get(type), field.name, tag.type);
          out.set(text, { type: tag.type, unit, value, quality, qualityName, wrong: fits ? undefined : "unfit" });
        }
      }
      return out;
    };
    const expressions = async () => {
      const out = new Map<string, Found>();
      for (const { text, type } of rows.slice(0, mostChecked)) {
        if (out.has(text)) continue;
        const r = await checkExpression(text, editor.installation, stop.signal, { widget: type, prop: field.name });
        const p = r.problems[0];
        const { value, quality, qualityName, unit } = r;
        out.set(text, {
          type: r.type,
          unit,
          value,
          quality,
          qualityName,
          wrong: p && (p.code === "tag_unknown" ? "missing" : sentence(p)),
        });
      }
      return out;
    };
    const timer = setTimeout(
      () =>
        (expression ? expressions() : tags()).then(
          (out) => !stop.signal.aborted && setFound(out),
          (e) => {
            if (stop.signal.aborted) return;
            const failure = asApiError(e);
            // A path that is none cannot be looked for.
            if (failure.code === "pattern_invalid") setFound(new Map(rows.map((r) => [r.text, { wrong: "wrong" }])));
            else setError(failure);
          },
        ),
      200,
    );
    return () => {
      stop.abort();
      clearTimeout(timer);
    };
  }, [key, pattern, expression, editor]);
  return { found, error };
}
