// One action of an event: what it does in words, and folded below that its settings and its condition.
import type { Action } from "@lineside/client";
import { ArrowDown, ArrowUp, Copy, GripVertical, Trash2 } from "lucide-react";
import { type DragEvent, type KeyboardEvent, useState } from "react";
import { useDoc, useEditor } from "../../design/context";
import { textIn, useLanguage, useT } from "../../i18n";
import { type FieldContext, IconButton, Select } from "../../ui";
import { ActionFields, withSetting } from "./ActionFields";
import { summary } from "./summary";
import { Expression } from "./ValueField";

export function ActionCard(props: {
  n: number;
  count: number;
  action: Action;
  context: FieldContext;
  open: boolean;
  onChange: (action: Action) => void;
  onRemove: () => void;
  onCopy: () => void;
  onMove: (by: number) => void;
  onDrag: (e: DragEvent) => void;
  onDrop: (e: DragEvent) => void;
}) {
  const { action, n, onChange } = props;
  const t = useT();
  const lang = useLanguage();
  const editor = useEditor();
  const screens = useDoc((d) => d.screens);
  const [when, setWhen] = useState(action.if !== undefined);
  const { actions } = editor.catalogue;
  const type = actions.find((a) => a.id === action.do);
  const said = summary(type, action, lang, (id) => textIn(screens[id]?.screen.name, lang) || id);
  const keys = (e: KeyboardEvent) => {
    if (!e.altKey || (e.key !== "ArrowUp" && e.key !== "ArrowDown")) return;
    e.preventDefault();
    props.onMove(e.key === "ArrowUp" ? -1 : 1);
  };
  return (
    <details
      className="action"
      open={props.open}
      onDragOver={(e) => e.preventDefault()}
      onDrop={props.onDrop}
      data-action={n}
    >
      {/* biome-ignore lint/a11y/noStaticElementInteractions: a summary is a control by itself */}
      <summary draggable onDragStart={props.onDrag} onKeyDown={keys} title={t("actions:moveHelp")}>
        <GripVertical size={14} aria-hidden className="muted" />
        <span className="action-said">
          {n}. {said}
          {action.if && <span className="muted"> {t("actions:onlyIf", { text: action.if })}</span>}
        </span>
      </summary>
      <div className="action-body">
        <div className="action-head">
          <Select
            aria-label={t("design:action.do", { n })}
            value={action.do}
            options={[
              ...(type ? [] : [{ value: action.do, label: action.do }]),
              ...actions.map((a) => ({ value: a.id, label: textIn(a.title, lang) })),
            ]}
            onChange={(id) => {
              const next = actions.find((a) => a.id === id);
              // What the other action knows too stays.
              const kept = Object.entries(action).filter(
                ([k]) => k === "if" || next?.settings.some((f) => f.name === k),
              );
              onChange({ ...Object.fromEntries(kept), do: id as Action["do"] } as Action);
            }}
          />
          <IconButton small label={t("actions:earlier", { n })} disabled={n === 1} onClick={() => props.onMove(-1)}>
            <ArrowUp size={14} aria-hidden />
          </IconButton>
          <IconButton
            small
            label={t("actions:later", { n })}
            disabled={n === props.count}
            onClick={() => props.onMove(1)}
          >
            <ArrowDown size={14} aria-hidden />
          </IconButton>
          <IconButton small label={t("actions:copy", { n })} onClick={props.onCopy}>
            <Copy size={14} aria-hidden />
          </IconButton>
          <IconButton small label={t("design:action.remove", { n })} onClick={props.onRemove}>
            <Trash2 size={14} aria-hidden />
          </IconButton>
        </div>
        {type && <ActionFields type={type} action={action} context={props.context} onChange={onChange} />}
        <details className="fold" open={when} onToggle={(e) => setWhen(e.currentTarget.open)}>
          <summary>{t("actions:condition")}</summary>
          {when && (
            <>
              <p className="panel-hint">{t("actions:conditionHelp")}</p>
              <Expression
                label={t("actions:condition")}
                value={action.if ?? ""}
                onCommit={(text) => onChange(withSetting(action, "if", text))}
              />
            </>
          )}
        </details>
      </div>
    </details>
  );
}
