// The alarms of a tag, a property of a model or an override of it.
import "./alarms/alarmset.css";
import type { AlarmClass, Problem, TagAlarm } from "@lineside/client";
import { Plus } from "lucide-react";
import { useState } from "react";
import { useT } from "../i18n";
import { Button } from "../ui";
import { AlarmForm } from "./alarms/AlarmForm";
import { kindsOf, ofKind } from "./alarms/kinds";
import type { TagLike } from "./TagParts";

type Alarms = Record<string, TagAlarm>;

interface Props {
  draft: Partial<TagLike>;
  set(change: Partial<TagLike>): void;
  /** What the server says of a place ("/alarms/high/limit"). */
  wrong(at: string): string | undefined;
  /** All that is wrong, so that what is folded away opens where something is. */
  problems?: readonly Problem[];
  /** The classes of the plant. */
  classes?: readonly AlarmClass[];
  /** Its expressions hold placeholders, so that they cannot be tried as they stand. */
  template?: boolean;
}

/** The alarms, folded unless there are some. */
export function AlarmsFold({ draft, set, wrong, problems, classes, template }: Props) {
  const t = useT();
  const alarms = draft.alarms ?? {};
  const ids = Object.keys(alarms);
  const [open] = useState(ids.length > 0);
  const keep = (next: Alarms) => set({ alarms: Object.keys(next).length ? next : undefined });
  const add = () => {
    const kinds = kindsOf(draft);
    const kind = kinds.find((k) => !ids.includes(k)) ?? kinds[0] ?? "bad";
    let id: string = kind;
    for (let n = 2; ids.includes(id); n++) id = `${kind}-${n}`;
    keep({ ...alarms, [id]: ofKind({ kind, priority: "medium" } as TagAlarm, kind) });
  };
  return (
    <details className="fold" open={open || undefined}>
      <summary>
        {t("alarms:edit.group")}
        {ids.length > 0 && ` (${ids.length})`}
      </summary>
      <div className="form">
        {ids.map((id, i) => (
          <AlarmForm
            // biome-ignore lint/suspicious/noArrayIndexKey: the id is typed here, the place stays
            key={i}
            id={id}
            alarm={alarms[id] as TagAlarm}
            draft={draft}
            classes={classes ?? []}
            template={template}
            wrong={(at) => wrong(`/alarms/${id}${at}`)}
            places={(problems ?? [])
              .filter((p) => p.at?.startsWith(`/alarms/${id}/`))
              .map((p) => p.at?.slice(`/alarms/${id}`.length) ?? "")}
            onChange={(alarm) => keep({ ...alarms, [id]: alarm })}
            onRename={(to) =>
              !alarms[to] && keep(Object.fromEntries(Object.entries(alarms).map(([k, v]) => [k === id ? to : k, v])))
            }
            onRemove={() => keep(Object.fromEntries(Object.entries(alarms).filter(([k]) => k !== id)))}
          />
        ))}
        <div>
          <Button icon={<Plus size={16} aria-hidden />} onClick={add}>
            {t("alarms:edit.add")}
          </Button>
        </div>
      </div>
    </details>
  );
}
