// Notes beside times: what people know about what is seen.
import type { HistoryNote, Problem } from "@lineside/client";
import { request } from "@lineside/client";
import { Trash2 } from "lucide-react";
import { useState } from "react";
import { useLanguage, useT } from "../i18n";
import { ProblemList, problemsOf, SelectField, sayFailure, TextField } from "../shell/form";
import { useMay, useMe } from "../shell/me";
import { asApiError } from "../shell/resource";
import { Button, Dialog, IconButton } from "../ui";

export function NoteDialog(props: {
  paths: readonly string[];
  from: number;
  to: number | undefined;
  onClose(): void;
  onDone(): void;
}) {
  const t = useT();
  const lang = useLanguage();
  const [text, setText] = useState("");
  const [tag, setTag] = useState("");
  const [problems, setProblems] = useState<Problem[]>([]);
  const time = new Intl.DateTimeFormat(lang, { dateStyle: "medium", timeStyle: "medium" });
  const submit = async () => {
    if (!text.trim()) return;
    try {
      const note = { from: Math.round(props.from), ...(props.to && { to: Math.round(props.to) }) };
      await request("POST", "/history/notes", { ...note, ...(tag && { tag }), text: text.trim() });
      props.onDone();
      props.onClose();
    } catch (e) {
      setProblems(problemsOf(asApiError(e)));
    }
  };
  return (
    <Dialog
      open
      title={t("trends:noteTitle")}
      text={time.format(new Date(props.from)) + (props.to === undefined ? "" : ` – ${time.format(new Date(props.to))}`)}
      onClose={props.onClose}
      footer={
        <>
          <Button onClick={props.onClose}>{t("common:cancel")}</Button>
          <Button look="primary" disabled={!text.trim()} onClick={() => void submit()}>
            {t("trends:addNote")}
          </Button>
        </>
      }
    >
      <div className="form">
        <TextField
          label={t("trends:noteText")}
          value={text}
          onChange={setText}
          onEnter={() => void submit()}
          maxLength={1000}
          required
        />
        <SelectField
          label={t("trends:noteAbout")}
          value={tag}
          onChange={setTag}
          options={[
            { value: "", label: t("trends:noteAll") },
            ...props.paths.map((path) => ({ value: path, label: path })),
          ]}
        />
      </div>
      <ProblemList problems={problems} />
    </Dialog>
  );
}

/** The notes of the time that is looked at. */
export function NoteList({ notes, onDone }: { notes: readonly HistoryNote[]; onDone(): void }) {
  const t = useT();
  const lang = useLanguage();
  const me = useMe();
  const tune = useMay("tune");
  const time = new Intl.DateTimeFormat(lang, { dateStyle: "medium", timeStyle: "medium" });
  if (notes.length === 0) return null;
  const remove = async (note: HistoryNote) => {
    try {
      await request("DELETE", `/history/notes/${note.id}`);
      onDone();
    } catch (e) {
      sayFailure(asApiError(e));
    }
  };
  return (
    <section aria-label={t("trends:notes")}>
      <h2 className="trend-heading">{t("trends:notes")}</h2>
      <ul className="trend-notes">
        {notes.map((note) => (
          <li key={note.id}>
            <span className="muted">
              {time.format(new Date(note.from))}
              {note.to > note.from && ` – ${time.format(new Date(note.to))}`}
            </span>
            <span className="selectable grow">
              {note.text}
              {note.tag && <span className="muted"> {note.tag}</span>}
            </span>
            <span className="muted">{note.by}</span>
            {(tune || note.by === me.name) && (
              <IconButton small label={t("trends:removeNote")} onClick={() => void remove(note)}>
                <Trash2 size={14} aria-hidden />
              </IconButton>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}
