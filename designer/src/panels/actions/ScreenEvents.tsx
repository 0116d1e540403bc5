// What a screen does when it opens and closes, and at keys.
import { chordOf } from "@lineside/player";
import { Keyboard } from "lucide-react";
import { useState } from "react";
import { useDoc, useEditor, useScreen } from "../../design/context";
import { moveScreenActions, setScreenActions } from "../../document";
import { textIn, useLanguage, useT } from "../../i18n";
import { Button, type FieldContext } from "../../ui";
import { tagField } from "../TagField";
import { EventList } from "./EventList";

const key = "key:";

export function ScreenEvents() {
  const t = useT();
  const lang = useLanguage();
  const editor = useEditor();
  const screen = useScreen()?.screen;
  const order = useDoc((d) => d.order);
  const screens = useDoc((d) => d.screens);
  if (!screen) return null;
  const context: FieldContext = {
    screens: order.map((id) => ({ id, name: textIn(screens[id]?.screen.name, lang) || id })),
    tagPicker: tagField(t),
  };
  const choices = editor.catalogue.events.screen.map((e) => ({
    name: e.value,
    title: textIn(e.title, lang),
    group: t("actions:ofScreen"),
  }));
  const on = screen.on ?? {};
  // Opening and closing first, then the keys.
  const place = (name: string) => choices.findIndex((c) => c.name === name) + (name.startsWith(key) ? 100 : 0);
  const names = Object.keys(on).sort((a, b) => place(a) - place(b) || a.localeCompare(b, "en", { numeric: true }));
  return (
    <EventList
      choices={choices}
      context={context}
      used={names.map((name) => {
        const title = choices.find((c) => c.name === name)?.title ?? name;
        const chord = name.startsWith(key) ? name.slice(key.length) : undefined;
        return {
          name,
          label: chord ? t("actions:key", { chord }) : title,
          title: chord ? (
            <KeyRecorder
              chord={chord}
              taken={(c) => `${key}${c}` in on}
              onRecord={(c) => moveScreenActions(editor.doc, screen.id, name, `${key}${c}`)}
            />
          ) : (
            title
          ),
          actions: on[name] ?? [],
        };
      })}
      onChange={(event, actions) => setScreenActions(editor.doc, screen.id, event, actions)}
      more={
        <KeyRecorder
          taken={(c) => `${key}${c}` in on}
          onRecord={(c) => setScreenActions(editor.doc, screen.id, `${key}${c}`, [{ do: "write" }])}
        />
      }
    />
  );
}

/** Takes the next key that is pressed. Escape gives up; it takes Escape itself when it is pressed twice. */
function KeyRecorder(props: { chord?: string; taken: (chord: string) => boolean; onRecord: (chord: string) => void }) {
  const t = useT();
  const [asking, setAsking] = useState(false);
  const [wrong, setWrong] = useState("");
  return (
    <>
      <Button
        icon={<Keyboard size={14} aria-hidden />}
        aria-label={props.chord && !asking ? t("actions:changeKey", { chord: props.chord }) : undefined}
        aria-pressed={asking}
        onClick={() => {
          setAsking(!asking);
          setWrong("");
        }}
        onBlur={() => setAsking(false)}
        onKeyDown={(e) => {
          if (!asking) return;
          // Tab goes on as everywhere.
          if (e.key === "Tab" && !e.ctrlKey && !e.altKey) return;
          e.preventDefault();
          e.stopPropagation();
          if (e.key === "Escape") {
            setAsking(false);
            return;
          }
          const chord = chordOf(e);
          if (!chord) return;
          if (props.taken(chord) && chord !== props.chord) {
            setWrong(t("actions:keyTaken", { chord }));
            return;
          }
          setAsking(false);
          setWrong("");
          if (chord !== props.chord) props.onRecord(chord);
        }}
      >
        {asking ? t("actions:pressKey") : (props.chord ?? t("actions:addKey"))}
      </Button>
      {wrong && (
        <span className="wrong" role="alert">
          {wrong}
        </span>
      )}
    </>
  );
}
