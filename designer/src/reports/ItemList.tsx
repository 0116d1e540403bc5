import type { Problem, ReportItem } from "@lineside/client";
import { ChevronDown, ChevronRight, MoveDown, MoveUp, Plus, Sigma, X } from "lucide-react";
import { useState } from "react";
import { textIn, useT } from "../i18n";
import { NumberField, SelectField, TextField } from "../shell/form";
import { Button, IconButton } from "../ui";
import { TagButton, TextPair, Wrong } from "./fields";
import { functions, problemsAt, readState, stateful, tidy, withTag } from "./model";

/** The tags and formulas of a block; each unfolds to its title, unit, decimals and factor. */
export function ItemList(props: {
  items: ReportItem[];
  at: string;
  problems: readonly Problem[];
  /** Each tag has a function of its own; byDefault stands in for one that is not chosen. */
  functions?: boolean;
  byDefault?: string;
  formulas?: boolean;
  states?: boolean;
  onChange(items: ReportItem[], field: string): void;
}) {
  const t = useT();
  const { items } = props;
  const [open, setOpen] = useState(-1);
  const set = (at: number, part: Partial<ReportItem>, field: string) =>
    props.onChange(
      items.map((it, i) => (i === at ? tidy({ ...it, ...part }) : it)),
      `items/${at}/${field}`,
    );
  const move = (at: number, by: number) => {
    const next = [...items];
    const [it] = next.splice(at, 1);
    if (it) next.splice(at + by, 0, it);
    props.onChange(next, "");
    setOpen(open === at ? at + by : open);
  };
  const options = functions.map((fn) => ({ value: fn as string, label: t(`reports:functions.${fn}`) }));
  const withDefault = props.byDefault
    ? [{ value: "", label: t("reports:asTable", { fn: t(`reports:functions.${props.byDefault}`) }) }, ...options]
    : options;
  return (
    <fieldset className="form-row report-items">
      <legend className="label">{t("reports:tags")}</legend>
      <ul>
        {items.map((it, i) => {
          const name = it.formula !== undefined && !it.tag ? t("reports:formula") : (it.tag ?? "");
          const wrong = problemsAt(props.problems, `${props.at}/${i}`);
          return (
            // biome-ignore lint/suspicious/noArrayIndexKey: a tag may stand there twice
            <li key={i} className="report-item">
              <div className="report-item-head">
                <IconButton
                  small
                  label={t(open === i ? "reports:fold" : "reports:unfold", { name })}
                  aria-expanded={open === i}
                  onClick={() => setOpen(open === i ? -1 : i)}
                >
                  {open === i ? <ChevronDown size={14} aria-hidden /> : <ChevronRight size={14} aria-hidden />}
                </IconButton>
                <span className="report-item-name" title={it.formula ?? it.tag}>
                  {textIn(it.title) && <span>{textIn(it.title)}</span>}
                  <bdi className={textIn(it.title) ? "muted" : undefined}>{it.formula || it.tag || name}</bdi>
                </span>
                <IconButton
                  small
                  label={t("reports:up")}
                  reason={i === 0 ? t("reports:nothing") : undefined}
                  onClick={() => move(i, -1)}
                >
                  <MoveUp size={14} aria-hidden />
                </IconButton>
                <IconButton
                  small
                  label={t("reports:down")}
                  reason={i === items.length - 1 ? t("reports:nothing") : undefined}
                  onClick={() => move(i, 1)}
                >
                  <MoveDown size={14} aria-hidden />
                </IconButton>
                <IconButton
                  small
                  label={t("reports:takeAway", { path: name })}
                  onClick={() => {
                    props.onChange(
                      items.filter((_, k) => k !== i),
                      "",
                    );
                    setOpen(-1);
                  }}
                >
                  <X size={14} aria-hidden />
                </IconButton>
              </div>
              {open !== i && <Wrong problems={wrong} />}
              {open === i && (
                <div className="report-item-more">
                  {it.formula !== undefined && !it.tag ? (
                    <TextField
                      label={t("reports:formula")}
                      value={it.formula}
                      hint={t("reports:formulaText")}
                      onChange={(formula) =>
                        props.onChange(
                          items.map((x, k) => (k === i ? { ...x, formula } : x)),
                          `items/${i}/formula`,
                        )
                      }
                    />
                  ) : (
                    <div className="report-tag">
                      <TextField
                        label={t("reports:tag")}
                        value={it.tag ?? ""}
                        onChange={(tag) =>
                          props.onChange(
                            items.map((x, k) => (k === i ? { ...x, tag } : x)),
                            `items/${i}/tag`,
                          )
                        }
                      />
                      <TagButton
                        small
                        label={t("reports:otherTag")}
                        present={it.tag}
                        onChoose={(tag) => set(i, { tag }, "tag")}
                      />
                    </div>
                  )}
                  {props.functions && it.tag !== undefined && (
                    <SelectField
                      label={t("reports:function")}
                      value={it.fn ?? ""}
                      onChange={(fn) => set(i, { fn }, "fn")}
                      options={withDefault}
                    />
                  )}
                  {(props.states || (props.functions && stateful.includes(it.fn ?? props.byDefault ?? ""))) && (
                    <TextField
                      label={t("reports:stateOf")}
                      hint={t("reports:stateText")}
                      value={it.state === undefined ? "" : String(it.state)}
                      onChange={(text) => set(i, { state: readState(text) }, "state")}
                    />
                  )}
                  <TextPair
                    label={t("reports:itemTitle")}
                    value={it.title}
                    onChange={(title) => set(i, { title }, "title")}
                  />
                  {!props.states && (
                    <div className="report-numbers">
                      <TextField
                        label={t("reports:unit")}
                        value={it.unit ?? ""}
                        maxLength={64}
                        onChange={(unit) => set(i, { unit }, "unit")}
                      />
                      <NumberField
                        label={t("reports:decimals")}
                        integer
                        min={0}
                        max={10}
                        value={it.decimals}
                        onChange={(decimals) => set(i, { decimals }, "decimals")}
                      />
                      <NumberField
                        label={t("reports:factor")}
                        value={it.factor}
                        onChange={(factor) => set(i, { factor }, "factor")}
                      />
                    </div>
                  )}
                  <Wrong problems={wrong} />
                </div>
              )}
            </li>
          );
        })}
      </ul>
      <div className="report-item-tools">
        <TagButton
          label={t("reports:addTag")}
          onChoose={(path) =>
            props.onChange(
              withTag(
                items,
                path,
                props.functions && !props.byDefault ? "avg" : props.byDefault === "delta" ? "delta" : undefined,
              ),
              "",
            )
          }
        />
        {props.formulas && (
          <Button
            icon={<Sigma size={16} aria-hidden />}
            onClick={() => {
              props.onChange([...items, { formula: "" }], "");
              setOpen(items.length);
            }}
          >
            <Plus size={14} aria-hidden /> {t("reports:formula")}
          </Button>
        )}
      </div>
      <Wrong problems={props.problems.filter((p) => p.at === props.at)} />
    </fieldset>
  );
}
