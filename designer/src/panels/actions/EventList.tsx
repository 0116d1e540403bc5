// The events of widgets or of a screen, and what is done at each: only those that are used are shown.
import type { Action, Problem } from "@lineside/client";
import { Plus } from "lucide-react";
import { type DragEvent, type ReactNode, useState } from "react";
import { useEditor, useUi } from "../../design/context";
import { useT } from "../../i18n";
import { Button, type FieldContext, IconButton, Menu, type MenuEntry } from "../../ui";
import { sentence } from "../format";
import { ActionCard } from "./ActionCard";

/** An event that can be chosen. */
export interface EventChoice {
  name: string;
  title: string;
  /** The heading that it stands under in the menu. */
  group: string;
}

export interface UsedEvent {
  name: string;
  title: ReactNode;
  label: string;
  actions: readonly Action[];
  /** The selected widgets do different things. */
  mixed?: boolean;
}

const dragged = "application/x-lineside-action";

export function EventList(props: {
  used: readonly UsedEvent[];
  choices: readonly EventChoice[];
  context: FieldContext;
  /** Whose events they are: a widget's, "" for those of several, or of the screen. */
  widget?: string;
  onChange: (event: string, actions: readonly Action[]) => void;
  /** More that can be added, such as a key. */
  more?: ReactNode;
}) {
  const t = useT();
  const [fresh, setFresh] = useState("");
  const groups = [...new Set(props.choices.map((c) => c.group))];
  const free = props.choices.filter((c) => !props.used.some((u) => u.name === c.name));
  const entries: MenuEntry[] = groups.flatMap((group, i) => {
    const list = free.filter((c) => c.group === group);
    if (list.length === 0) return [];
    return [
      ...(i > 0 ? [{ kind: "line" as const, id: `line-${group}` }] : []),
      { kind: "label" as const, id: `label-${group}`, label: group },
      ...list.map((c) => ({
        id: c.name,
        label: c.title,
        run: () => {
          setFresh(`${c.name}/1`);
          props.onChange(c.name, [{ do: "write" }]);
        },
      })),
    ];
  });
  return (
    <div className="events">
      {props.used.length === 0 && <p className="panel-hint">{t("actions:empty")}</p>}
      {props.used.map((event) => (
        <EventBlock
          key={event.name}
          event={event}
          context={props.context}
          widget={props.widget}
          fresh={fresh}
          onFresh={setFresh}
          onChange={(actions) => props.onChange(event.name, actions)}
        />
      ))}
      <div className="events-add">
        {entries.length > 0 && (
          <Menu entries={entries}>
            <Button icon={<Plus size={14} aria-hidden />}>{t("actions:addEvent")}</Button>
          </Menu>
        )}
        {props.more}
      </div>
    </div>
  );
}

function EventBlock(props: {
  event: UsedEvent;
  context: FieldContext;
  widget: string | undefined;
  fresh: string;
  onFresh: (id: string) => void;
  onChange: (actions: readonly Action[]) => void;
}) {
  const { event, onChange } = props;
  const t = useT();
  const { actions } = event;
  const problems = useEventProblems(props.widget, event);
  const move = (from: number, to: number) => {
    if (to < 0 || to >= actions.length || from === to) return;
    const one = actions[from] as Action;
    onChange(actions.toSpliced(from, 1).toSpliced(to, 0, one));
    props.onFresh(`${event.name}/${to + 1}`);
  };
  const add = (action: Action, at: number) => {
    props.onFresh(`${event.name}/${at + 1}`);
    onChange(actions.toSpliced(at, 0, action));
  };
  const drag = (i: number) => (e: DragEvent) => {
    e.dataTransfer.setData(dragged, `${event.name}\n${i}`);
    e.dataTransfer.effectAllowed = "move";
  };
  const drop = (i: number) => (e: DragEvent) => {
    const [name, from] = e.dataTransfer.getData(dragged).split("\n");
    if (name !== event.name) return;
    e.preventDefault();
    move(Number(from), i);
  };
  return (
    <div className="actions" data-prop={`on.${event.name}`}>
      <div className="actions-head">
        <span className="prop-label actions-title">{event.title}</span>
        {event.mixed && <span className="muted">{t("common:field.mixed")}</span>}
        <IconButton
          small
          label={t("design:action.add", { event: event.label })}
          onClick={() => (event.mixed ? onChange([{ do: "write" }]) : add({ do: "write" }, actions.length))}
        >
          <Plus size={14} aria-hidden />
        </IconButton>
      </div>
      {!event.mixed &&
        actions.map((action, i) => (
          <ActionCard
            // biome-ignore lint/suspicious/noArrayIndexKey: actions have no identity but their place
            key={`${i}/${actions.length}`}
            n={i + 1}
            count={actions.length}
            action={action}
            context={props.context}
            open={actions.length === 1 || props.fresh === `${event.name}/${i + 1}`}
            onChange={(next) => onChange(actions.with(i, next))}
            onRemove={() => onChange(actions.toSpliced(i, 1))}
            onCopy={() => add(structuredClone(action), i + 1)}
            onMove={(by) => move(i, i + by)}
            onDrag={drag(i)}
            onDrop={drop(i)}
          />
        ))}
      {problems.map((p) => (
        // What was only just added is not wrong yet, it is not finished.
        <p
          key={p.message}
          className={props.fresh.startsWith(`${event.name}/`) ? "hint" : p.severity === "warning" ? "warn" : "wrong"}
          role="status"
        >
          {sentence(p)}
        </p>
      ))}
    </div>
  );
}

/** What is wrong with the actions of an event, each text once. */
function useEventProblems(widget: string | undefined, event: UsedEvent): Problem[] {
  const editor = useEditor();
  const all = useUi((s) => s.problems);
  if (event.mixed) return [];
  const found = all.filter((p) => {
    const place = editor.placeOf(p.at ?? "");
    return place?.screen === editor.screen() && place.widget === widget && place.prop === `on.${event.name}`;
  });
  return found.filter((p, i) => found.findIndex((o) => o.message === p.message) === i);
}

import "./actions.css";
