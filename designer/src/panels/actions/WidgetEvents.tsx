// What happens at the events of the selected widgets.
import type { Manifest, Widget } from "@lineside/client";
import { useEditor } from "../../design/context";
import { same, setActions } from "../../document";
import { textIn, useLanguage, useT } from "../../i18n";
import type { FieldContext } from "../../ui";
import { type EventChoice, EventList } from "./EventList";

export function WidgetEvents(props: {
  widgets: readonly Widget[];
  manifests: readonly (Manifest | undefined)[];
  context: FieldContext;
}) {
  const { widgets, manifests } = props;
  const t = useT();
  const lang = useLanguage();
  const editor = useEditor();
  const { events } = editor.catalogue;
  const own = (manifests[0]?.events ?? []).filter((e) =>
    manifests.every((m) => m?.events?.some((o) => o.name === e.name)),
  );
  const generic = [...events.widget, ...(manifests.every((m) => m?.writes) ? events.input : [])];
  const choices: EventChoice[] = [
    ...own.map((e) => ({ name: e.name, title: textIn(e.title, lang), group: t("actions:ofWidget") })),
    ...generic
      .filter((e) => !own.some((o) => o.name === e.value))
      .map((e) => ({ name: e.value, title: textIn(e.title, lang), group: t("actions:ofAll") })),
  ];
  const names = [...new Set(widgets.flatMap((w) => Object.keys(w.on ?? {})))];
  const order = (name: string) => choices.findIndex((c) => c.name === name);
  names.sort((a, b) => order(a) - order(b));
  return (
    <EventList
      widget={widgets.length === 1 ? widgets[0]?.id : ""}
      choices={choices}
      context={props.context}
      used={names.map((name) => {
        const title = choices.find((c) => c.name === name)?.title ?? name;
        const actions = widgets[0]?.on?.[name] ?? [];
        return { name, title, label: title, actions, mixed: widgets.some((w) => !same(w.on?.[name] ?? [], actions)) };
      })}
      onChange={(event, actions) =>
        setActions(
          editor.doc,
          editor.screen(),
          widgets.map((w) => w.id),
          event,
          actions,
        )
      }
    />
  );
}
