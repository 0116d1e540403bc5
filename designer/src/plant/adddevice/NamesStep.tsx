import type { TakenPaths } from "@lineside/client";
import { request } from "@lineside/client";
import { useDeferredValue, useEffect, useId, useMemo, useState } from "react";
import { useT } from "../../i18n";
import { SelectField, TextField } from "../../shell/form";
import { asApiError } from "../../shell/resource";
import { Button, Check, Input, Note, Row } from "../../ui";
import {
  filters,
  type Named,
  type NameRule,
  namesOf,
  type Picked,
  type RuleProblem,
  settle,
  tokens,
  type WhenTaken,
} from "./naming";

const pageSize = 100;

/** What is chosen about names and about what the tags get. */
export interface NameChoice {
  rule: NameRule;
  /** Paths that were typed, by the id of the node. */
  own: ReadonlyMap<string, string>;
  numberDoubles: boolean;
  whenTaken: WhenTaken;
  scan: string;
  titles: boolean;
  write: boolean;
}

/** The tags by the rule, with what is in use already; undefined while the rule cannot be used. */
export interface NameResult {
  named: Named[];
  /** The version of the plant that was asked; undefined as long as it was not, or not for these names. */
  etag?: string;
  /** How many stand in the way. */
  faults: number;
}

/** Applies the rule and asks the server which of the paths are in use. */
export function useNames(picked: readonly Picked[], choice: NameChoice, round: number): NameResult | RuleProblem {
  const deferred = useDeferredValue(choice);
  const paths = useMemo(() => namesOf(picked, deferred.rule), [picked, deferred.rule]);
  const asked = useMemo(
    () =>
      Array.isArray(paths) ? [...new Set(picked.map((p, i) => deferred.own.get(p.node.id) ?? paths[i] ?? ""))] : [],
    [paths, picked, deferred.own],
  );
  const key = `${round}\n${asked.join("\n")}`;
  const [answer, setAnswer] = useState<{ key: string; taken: TakenPaths }>();
  useEffect(() => {
    if (!asked.length) return;
    const stop = new AbortController();
    const timer = setTimeout(async () => {
      try {
        const { data } = await request<TakenPaths>("POST", "/plant/taken", { paths: asked }, { signal: stop.signal });
        setAnswer({ key, taken: data });
      } catch (error) {
        if (!stop.signal.aborted) setAnswer({ key, taken: { etag: "", taken: [] } });
        asApiError(error); // saving says what is wrong
      }
    }, 250);
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }, [key, asked]);
  const taken = useMemo(() => new Map((answer?.taken.taken ?? []).map(({ path, ...by }) => [path, by])), [answer]);
  return useMemo(() => {
    if (!Array.isArray(paths)) return paths;
    const named = settle(picked, paths, deferred.own, taken, deferred);
    return {
      named,
      etag: answer?.key === key && deferred === choice ? answer.taken.etag : undefined,
      faults: named.filter((n) => !n.skipped && (n.problem || n.double || n.taken)).length,
    };
  }, [paths, picked, deferred, choice, taken, answer, key]);
}

/** Names by a rule, each shown before anything is made. */
export function NamesStep({
  choice,
  result,
  areas,
  scans,
  onChange,
}: {
  choice: NameChoice;
  result: NameResult | RuleProblem;
  areas: readonly string[];
  /** The scan classes of the device; none for one that sends by itself. */
  scans: readonly { id: string; interval: string }[];
  onChange(change: Partial<NameChoice>): void;
}) {
  const t = useT();
  const list = useId();
  const [page, setPage] = useState(0);
  const [faultsOnly, setFaultsOnly] = useState(false);
  const { rule } = choice;
  const setRule = (change: Partial<NameRule>) => onChange({ rule: { ...rule, ...change } });
  const bad = "named" in result ? undefined : result;
  const wrong = (field: RuleProblem["field"]) =>
    bad?.field === field
      ? t(`adddevice:rule.${bad.kind}`, {
          text: bad.kind === "token" ? `{${bad.text}}` : bad.kind === "filter" ? `|${bad.text}` : bad.text,
          tokens: tokens.map((token) => `{${token}}`).join(" "),
          filters: filters.map((name) => `|${name}`).join(" "),
        })
      : undefined;
  const all = "named" in result ? result.named : [];
  const shown = faultsOnly ? all.filter((n) => n.problem || n.double || n.taken || n.skipped) : all;
  const pages = Math.max(1, Math.ceil(shown.length / pageSize));
  const at = Math.min(page, pages - 1);
  const faults = "named" in result ? result.faults : 0;
  const anyTaken = all.some((n) => n.taken || n.skipped) || choice.whenTaken !== "stop";
  const anyDouble = all.some((n) => n.double) || !choice.numberDoubles;
  return (
    <>
      <div className="field-row">
        <TextField
          label={t("adddevice:template")}
          value={rule.template}
          onChange={(template) => setRule({ template })}
          hint={t("adddevice:templateHint")}
          error={wrong("template")}
          className="input mono"
          autoFocus
        />
        <Row label={t("adddevice:area")} help={t("adddevice:areaHint")}>
          {(id) => (
            <>
              <Input
                id={id}
                list={list}
                value={rule.area}
                placeholder="hall1/line2"
                onChange={(event) => setRule({ area: event.target.value })}
              />
              <datalist id={list}>
                {areas.map((area) => (
                  <option key={area} value={area} />
                ))}
              </datalist>
            </>
          )}
        </Row>
      </div>
      <div className="token-list">
        <span className="muted">{t("adddevice:insert")}</span>
        {tokens.map((token) => (
          <button
            key={token}
            type="button"
            className="chip"
            title={t(`adddevice:token.${token}`)}
            onClick={() => setRule({ template: `${rule.template}{${token}}` })}
          >
            {`{${token}}`}
          </button>
        ))}
        <span className="muted">{t("adddevice:filters", { filters: filters.map((f) => `|${f}`).join(" ") })}</span>
      </div>
      <details className="fold">
        <summary>{t("adddevice:more")}</summary>
        <div className="form-group">
          <div className="field-row">
            <TextField
              label={t("adddevice:find")}
              value={rule.find}
              onChange={(find) => setRule({ find })}
              error={wrong("find")}
            />
            <TextField
              label={t("adddevice:replace")}
              value={rule.replace}
              onChange={(replace) => setRule({ replace })}
            />
          </div>
          <Check label={t("adddevice:regex")} checked={rule.regex} onChange={(regex) => setRule({ regex })} />
          <Check label={t("adddevice:titles")} checked={choice.titles} onChange={(titles) => onChange({ titles })} />
          <Check label={t("adddevice:writes")} checked={choice.write} onChange={(write) => onChange({ write })} />
        </div>
      </details>
      <div className="field-row">
        <SelectField
          label={t("adddevice:letters")}
          value={rule.plain ? "plain" : "keep"}
          onChange={(value) => setRule({ plain: value === "plain" })}
          options={["keep", "plain"].map((value) => ({ value, label: t(`adddevice:lettersOf.${value}`) }))}
        />
        {scans.length > 1 && (
          <SelectField
            label={t("plant:scan")}
            value={choice.scan}
            onChange={(scan) => onChange({ scan })}
            options={scans.map((s) => ({ value: s.id, label: `${s.id} (${s.interval})` }))}
          />
        )}
        {anyTaken && (
          <SelectField
            label={t("adddevice:whenTaken")}
            value={choice.whenTaken}
            onChange={(value) => onChange({ whenTaken: value as WhenTaken })}
            options={["stop", "skip", "number", "replace"].map((value) => ({
              value,
              label: t(`adddevice:whenTakenOf.${value}`),
            }))}
          />
        )}
      </div>
      {anyDouble && (
        <Check
          label={t("adddevice:numberDoubles")}
          checked={choice.numberDoubles}
          onChange={(numberDoubles) => onChange({ numberDoubles })}
        />
      )}
      <div className="page-tools">
        <strong aria-live="polite">{t("adddevice:willMake", { count: all.filter((n) => !n.skipped).length })}</strong>
        {(faults > 0 || faultsOnly) && (
          <Check label={t("adddevice:faultsOnly", { count: faults })} checked={faultsOnly} onChange={setFaultsOnly} />
        )}
        <span className="grow" />
        {pages > 1 && (
          <>
            <Button disabled={at === 0} onClick={() => setPage(at - 1)}>
              {t("shell:previous")}
            </Button>
            <span>
              {at + 1} / {pages}
            </span>
            <Button disabled={at === pages - 1} onClick={() => setPage(at + 1)}>
              {t("shell:next")}
            </Button>
          </>
        )}
      </div>
      {faults > 0 && <Note kind="warning" title={t("adddevice:inTheWay", { count: faults })} />}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reached by the keyboard */}
      <section className="preview-rows" tabIndex={0} aria-label={t("adddevice:preview")}>
        <table className="table compact">
          <thead>
            <tr>
              <th>{t("adddevice:inDevice")}</th>
              <th>{t("plant:path")}</th>
              <th>{t("plant:type")}</th>
              <th>{t("plant:unit")}</th>
            </tr>
          </thead>
          <tbody>
            {shown.slice(at * pageSize, (at + 1) * pageSize).map((n) => (
              <tr key={n.node.id} className={n.skipped ? "muted" : undefined}>
                <td>{[...n.trail, n.node.name].join(" / ")}</td>
                <td>
                  <Input
                    aria-label={t("adddevice:pathOf", { name: n.node.name })}
                    aria-invalid={!!(n.problem || n.double || n.taken)}
                    className="mono"
                    value={n.path}
                    onChange={(event) => onChange({ own: new Map(choice.own).set(n.node.id, event.target.value) })}
                  />
                  <NameFault named={n} />
                </td>
                <td>{t(`plant:types.${n.node.type ?? "float"}`)}</td>
                <td>{n.node.unit}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </>
  );
}

/** What is wrong with one name, in a few words. */
function NameFault({ named: n }: { named: Named }) {
  const t = useT();
  const text = n.problem
    ? t(`adddevice:path.${n.problem}`)
    : n.double
      ? t("adddevice:double")
      : n.taken?.asset
        ? t("adddevice:takenByAsset", { asset: n.taken.asset })
        : n.taken?.device
          ? t("adddevice:takenByDevice", { device: n.taken.device })
          : n.taken
            ? t("adddevice:takenByTag")
            : n.skipped
              ? t("adddevice:skipped")
              : undefined;
  return text ? <div className={n.skipped ? "muted" : "wrong"}>{text}</div> : null;
}
