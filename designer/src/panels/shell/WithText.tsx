// A property that people read: a constant, or a text by key that is translated. Stands around the control of the constant.
import type { Field, Prop, Widget } from "@lineside/client";
import { nameOf } from "@lineside/player";
import { Languages } from "lucide-react";
import { type ReactNode, useMemo, useRef, useState } from "react";
import { useDoc, useEditor } from "../../design/context";
import { isKey, isTextKey, keyFrom, makeText, renameText, setProps, setText, textFrom, textUses } from "../../document";
import { useT } from "../../i18n";
import { Button, IconButton, Popover, Row, SearchInput } from "../../ui";
import { CommitInput } from "./CommitInput";
import { useDrawingLanguage, useLanguages } from "./language";

export function WithText(props: {
  field: Field;
  label: string;
  widgets: readonly Widget[];
  /** The value of all of them, undefined when they differ. */
  value: Prop | undefined;
  children: ReactNode;
}) {
  const { field, value } = props;
  const t = useT();
  const language = useDrawingLanguage();
  const texts = useDoc((d) => d.app.texts);
  const [open, setOpen] = useState(false);
  const here = useRef<HTMLDivElement>(null);
  if ((field.kind !== "string" && field.kind !== "text") || field.from === "unit") return props.children;
  const key = isTextKey(value) ? value.text : undefined;
  const text = key === undefined ? undefined : texts?.[key];
  const title = t("texts:translate", { name: props.label });
  return (
    <div className="with-text" ref={here}>
      {key === undefined ? (
        props.children
      ) : (
        <button type="button" className="text-chip" onClick={() => setOpen(true)} title={key}>
          <span>{text?.[language] || text?.en || key}</span>
          <span className={text?.[language] ? "mono muted" : "mono warn"}>
            {text?.[language] ? key : `${key} · ${t(text ? "texts:untranslated" : "texts:unknown")}`}
          </span>
        </button>
      )}
      <Popover
        open={open}
        onOpenChange={setOpen}
        side="left"
        // Beside the panel, so that it hides none of it.
        offset={besideOf(here.current)}
        className="text-popover"
        label={title}
        trigger={
          <IconButton small label={title} pressed={key !== undefined}>
            <Languages size={14} aria-hidden />
          </IconButton>
        }
      >
        {key === undefined ? (
          <MakeText {...props} words={typeof value === "string" ? value : ""} onDone={() => setOpen(false)} />
        ) : (
          <EditText {...props} textKey={key} onDone={() => setOpen(false)} />
        )}
      </Popover>
    </div>
  );
}

/** How far the sign stands from the left edge of its panel. */
function besideOf(row: HTMLElement | null): number {
  const panel = row?.closest(".prop");
  return row && panel ? row.getBoundingClientRect().right - 24 - panel.getBoundingClientRect().left + 8 : 4;
}

interface PartProps {
  field: Field;
  label: string;
  widgets: readonly Widget[];
  onDone: () => void;
}

/** Makes a text by key of a constant, or takes one that is there. */
function MakeText(props: PartProps & { words: string }) {
  const { field, widgets, words } = props;
  const t = useT();
  const editor = useEditor();
  const language = useDrawingLanguage();
  const languages = useLanguages();
  const texts = useDoc((d) => d.app.texts);
  const from = textFrom(words, language);
  const proposal = keyFrom(from.en ?? "", `${widgets[0]?.type}.${field.name}`, (k) => !!texts?.[k]);
  const [key, setKey] = useState(proposal);
  const [draft, setDraft] = useState(from);
  const taken = !!texts?.[key];
  const wrong = taken ? t("texts:taken") : isKey(key) ? undefined : t("texts:keyForm");
  const make = () => {
    if (wrong || !draft.en) return;
    const full = Object.fromEntries(Object.entries(draft).filter(([, v]) => v));
    makeText(
      editor.doc,
      editor.screen(),
      widgets.map((w) => w.id),
      field.name,
      key,
      full,
    );
    props.onDone();
  };
  const choose = (existing: string) => {
    setProps(
      editor.doc,
      editor.screen(),
      widgets.map((w) => w.id),
      { [field.name]: { text: existing } },
    );
    props.onDone();
  };
  return (
    <form
      className="text-form"
      onSubmit={(e) => {
        e.preventDefault();
        make();
      }}
    >
      <strong>{t("texts:make.title", { name: props.label })}</strong>
      {languages.map((l) => (
        <Row key={l} label={nameOf(l)} required={l === "en"}>
          {(id) => (
            <input
              id={id}
              className="input"
              lang={l}
              value={draft[l] ?? ""}
              placeholder={l === "en" ? undefined : draft.en}
              onChange={(e) => setDraft({ ...draft, [l]: e.target.value })}
            />
          )}
        </Row>
      ))}
      <Row label={t("texts:key")} wrong={wrong} help={t("texts:make.keyHelp")}>
        {(id) => (
          <input
            id={id}
            className="input mono"
            spellCheck={false}
            value={key}
            onChange={(e) => setKey(e.target.value.trim())}
          />
        )}
      </Row>
      <div className="bind-foot">
        <Button look="primary" type="submit" disabled={!!wrong || !draft.en}>
          {t("texts:make.do")}
        </Button>
      </div>
      <ExistingTexts onChoose={choose} />
    </form>
  );
}

/** What a text by key says in all languages. */
function EditText(props: PartProps & { textKey: string }) {
  const { textKey: key, widgets, field } = props;
  const t = useT();
  const editor = useEditor();
  const languages = useLanguages();
  const language = useDrawingLanguage();
  const state = useDoc((d) => d);
  const text = state.app.texts?.[key];
  const uses = useMemo(() => textUses(state).get(key)?.length ?? 0, [state, key]);
  const ids = widgets.map((w) => w.id);
  return (
    <div className="text-form">
      <strong>{t("texts:edit.title", { name: props.label })}</strong>
      {text ? (
        <>
          {languages.map((l) => (
            <Row key={l} label={nameOf(l)} required={l === "en"}>
              {(id) => (
                <CommitInput
                  id={id}
                  lang={l}
                  value={text[l] ?? ""}
                  placeholder={l === "en" ? undefined : t("texts:untranslated")}
                  wrong={(v) => (l === "en" && !v ? t("texts:needsEnglish") : "")}
                  onCommit={(v) => setText(editor.doc, key, l, v)}
                />
              )}
            </Row>
          ))}
          <Row label={t("texts:key")} help={t("texts:usedIn", { count: uses })}>
            {(id) => (
              <CommitInput
                id={id}
                className="mono"
                value={key}
                wrong={(v) => (state.app.texts?.[v] ? t("texts:taken") : isKey(v) ? "" : t("texts:keyForm"))}
                onCommit={(v) => renameText(editor.doc, key, v)}
              />
            )}
          </Row>
        </>
      ) : (
        <p className="wrong">{t("texts:unknownText", { key })}</p>
      )}
      <div className="text-actions">
        <Button
          onClick={() => {
            setProps(editor.doc, editor.screen(), ids, { [field.name]: text?.[language] || text?.en || key });
            props.onDone();
          }}
        >
          {t("texts:edit.constant")}
        </Button>
        <Button
          look="quiet"
          onClick={() => {
            props.onDone();
            editor.ui.setState({ dialog: "app.texts" });
          }}
        >
          {t("texts:drawing.table")}
        </Button>
      </div>
      <ExistingTexts
        not={key}
        onChoose={(k) => {
          setProps(editor.doc, editor.screen(), ids, { [field.name]: { text: k } });
          props.onDone();
        }}
      />
    </div>
  );
}

/** The texts that are there, to be chosen from. */
function ExistingTexts(props: { not?: string; onChoose: (key: string) => void }) {
  const t = useT();
  const language = useDrawingLanguage();
  const texts = useDoc((d) => d.app.texts);
  const [query, setQuery] = useState("");
  const all = Object.entries(texts ?? {}).filter(([k]) => k !== props.not);
  if (all.length === 0) return null;
  const wanted = query.trim().toLowerCase();
  const list = all
    .filter(
      ([k, text]) =>
        !wanted ||
        k.toLowerCase().includes(wanted) ||
        Object.values(text).some((v) => v.toLowerCase().includes(wanted)),
    )
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .slice(0, 50);
  return (
    <details className="fold" open={all.length < 8}>
      <summary>{t("texts:existing")}</summary>
      <SearchInput value={query} onChange={setQuery} label={t("texts:search")} />
      <ul className="text-choices">
        {list.map(([k, text]) => (
          <li key={k}>
            <button type="button" className="text-choice" onClick={() => props.onChoose(k)}>
              <span>{text[language] || text.en}</span>
              <span className="mono muted">{k}</span>
            </button>
          </li>
        ))}
      </ul>
    </details>
  );
}
