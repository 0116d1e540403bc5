// What was published, what the draft changed since, and taking back the app, a screen or a widget. Nothing on the server changes but the draft, by the editor's own saving.
import type { ApiError, App, Change, Revision } from "@lineside/client";
import { History, Undo2 } from "lucide-react";
import { useEffect, useMemo, useReducer, useRef, useState } from "react";
import { command, run } from "../commands";
import { keepVersion, loadChanges, loadRevision, loadRevisions } from "../design/api";
import { useDoc, useEditor, useUi } from "../design/context";
import {
  canonical,
  differences,
  fromApp,
  restoreApp,
  restoreScreen,
  restoreWidget,
  type ScreenDifference,
} from "../document";
import { textIn, useLanguage, useT } from "../i18n";
import { asApiError } from "../shell/resource";
import { useTime } from "../shell/time";
import { Badge, Busy, Button, Dialog, Empty, ErrorNote, Input, Note, Row, Select } from "../ui";
import { ChangeList } from "./ChangeList";
import { ScreenPicture } from "./ScreenPicture";
import "./history.css";

export function HistoryDialog({ onClose }: { onClose: () => void }) {
  const t = useT();
  const editor = useEditor();
  const [revisions, setRevisions] = useState<Revision[]>();
  const [error, setError] = useState<ApiError>();
  const [chosen, setChosen] = useState<number>();
  const [said, setSaid] = useState("");
  const closing = useRef<HTMLButtonElement>(null);
  const undo = useUi((s) => s.undo);
  const [asked, ask] = useReducer((n: number) => n + 1, 0);

  // biome-ignore lint/correctness/useExhaustiveDependencies: a version that was saved asks anew
  useEffect(() => {
    let alive = true;
    loadRevisions(editor.installation).then(
      (list) => {
        if (!alive) return;
        setRevisions(list);
        setChosen(list[0]?.revision);
      },
      (e) => alive && setError(asApiError(e)),
    );
    return () => {
      alive = false;
    };
  }, [editor, asked]);

  const some = revisions && revisions.length > 0;
  return (
    <Dialog
      open
      size={some ? "full" : "wide"}
      onClose={onClose}
      title={t("history:title")}
      text={some ? t("history:text") : undefined}
      footer={
        <>
          <span role="status" className="history-said">
            {said}
          </span>
          {undo?.startsWith("history:step.") && (
            <Button
              icon={<Undo2 size={14} aria-hidden />}
              onClick={() => {
                run(editor, command("edit.undo"));
                setSaid(t("history:undone"));
                closing.current?.focus();
              }}
            >
              {t("history:undo")}
            </Button>
          )}
          <Button ref={closing} onClick={onClose}>
            {t("common:close")}
          </Button>
        </>
      }
    >
      <ErrorNote error={error} />
      {revisions && <SaveVersion onSaved={ask} onSaid={setSaid} />}
      {!revisions && !error && <Busy />}
      {revisions?.length === 0 && (
        <Empty icon={<History size={32} aria-hidden />} title={t("history:none")} text={t("history:noneText")}>
          <Button look="primary" autoFocus onClick={() => editor.ui.setState({ dialog: "publish" })}>
            {t("history:publish")}
          </Button>
        </Empty>
      )}
      {some && chosen !== undefined && (
        <div className="history">
          <Revisions list={revisions} chosen={chosen} onChoose={setChosen} />
          <Comparison key={chosen} revision={chosen} onDone={setSaid} />
        </div>
      )}
    </Dialog>
  );
}

/** Gives the draft as it is a name, without publishing it. */
function SaveVersion({ onSaved, onSaid }: { onSaved: () => void; onSaid: (text: string) => void }) {
  const t = useT();
  const editor = useEditor();
  const [name, setName] = useState("");
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<ApiError>();
  const save = async () => {
    const comment = name.trim();
    if (!comment || busy) return;
    setBusy(true);
    setError(undefined);
    try {
      await editor.autosave.flush();
      const revision = await keepVersion(editor.installation, { comment });
      setName("");
      onSaid(t("versions:done", { name: comment, revision }));
      onSaved();
    } catch (e) {
      setError(asApiError(e));
    } finally {
      setBusy(false);
    }
  };
  return (
    <>
      <form
        className="history-save"
        onSubmit={(e) => {
          e.preventDefault();
          void save();
        }}
      >
        <Row label={t("versions:name")}>
          {(id) => (
            <Input
              id={id}
              value={name}
              maxLength={200}
              placeholder={t("versions:placeholder")}
              onChange={(e) => setName(e.target.value)}
            />
          )}
        </Row>
        <Button type="submit" disabled={busy || !name.trim()} title={name.trim() ? undefined : t("versions:nameFirst")}>
          {t("versions:save")}
        </Button>
      </form>
      <ErrorNote error={error} />
    </>
  );
}

/** The revisions, the newest first; arrow keys choose. */
function Revisions(props: { list: readonly Revision[]; chosen: number; onChoose: (revision: number) => void }) {
  const t = useT();
  const time = useTime();
  const box = useRef<HTMLFieldSetElement>(null);
  const published = props.list.find((r) => !r.kind)?.revision;
  // The dialog opened before the list was here.
  useEffect(() => box.current?.querySelector<HTMLElement>(":checked")?.focus(), []);
  return (
    <fieldset className="history-list" ref={box}>
      <legend className="visually-hidden">{t("history:revisions")}</legend>
      {props.list.map((r) => (
        <label key={r.revision} className="history-revision">
          <input
            type="radio"
            name="revision"
            className="visually-hidden"
            checked={r.revision === props.chosen}
            onChange={() => props.onChoose(r.revision)}
          />
          <span className="history-line">
            <strong>{t("history:revision", { revision: r.revision })}</strong>
            {r.revision === published && <Badge>{t("history:published")}</Badge>}
            {r.kind && <Badge title={t(`versions:${r.kind}Help`)}>{t(`versions:${r.kind}`)}</Badge>}
          </span>
          <span className={r.comment ? "history-comment" : "history-comment muted"}>
            {r.comment || t("history:noComment")}
          </span>
          <span className="muted">
            {r.by} · {time(r.at)}
          </span>
          <span className="muted">{t("history:version", { version: r.version })}</span>
        </label>
      ))}
    </fieldset>
  );
}

/** Saves the draft, then asks what it changed since a revision; again after every change of the draft. */
function useWords(revision: number): { words?: Change[]; error?: ApiError; unsaved: boolean } {
  const editor = useEditor();
  const draft = useDoc((d) => d);
  const [found, setFound] = useState<{ words?: Change[]; error?: ApiError; unsaved: boolean }>({ unsaved: false });
  // biome-ignore lint/correctness/useExhaustiveDependencies: every change of the draft asks anew
  useEffect(() => {
    let alive = true;
    (async () => {
      try {
        await editor.autosave.flush();
        const { changes } = await loadChanges(editor.installation, revision);
        if (alive) setFound({ words: changes, unsaved: !editor.autosave.clean });
      } catch (e) {
        if (alive) setFound((old) => ({ ...old, error: asApiError(e) }));
      }
    })();
    return () => {
      alive = false;
    };
  }, [editor, revision, draft]);
  return found;
}

function Comparison({ revision, onDone }: { revision: number; onDone: (said: string) => void }) {
  const t = useT();
  const lang = useLanguage();
  const editor = useEditor();
  const draft = useDoc((d) => d);
  const { words, error, unsaved } = useWords(revision);
  const [app, setApp] = useState<App>();
  const [failed, setFailed] = useState<ApiError>();
  const [picked, setPicked] = useState<string>();
  const title = useRef<HTMLHeadingElement>(null);

  useEffect(() => {
    let alive = true;
    loadRevision(editor.installation, revision).then(
      (a) => alive && setApp(a),
      (e) => alive && setFailed(asApiError(e)),
    );
    return () => {
      alive = false;
    };
  }, [editor, revision]);

  const before = useMemo(() => app && fromApp(app), [app]);
  const screens = useMemo(() => (before ? differences(before, draft) : []), [before, draft]);
  if (failed) return <ErrorNote error={failed} />;
  if (!app || !before) return <Busy />;

  const differing = screens.filter((s) => s.kind);
  const headDiffers = headOf(app) !== headOf(editor.app());
  const orderDiffers = before.order.join("\n") !== draft.order.join("\n");
  const equal = differing.length === 0 && !headDiffers && !orderDiffers;
  const start = screens.find((s) => s.id === editor.screen());
  const shown = screens.find((s) => s.id === picked) ?? (start?.kind ? start : (differing[0] ?? start ?? screens[0]));
  const nameOf = (id: string) => textIn((draft.screens[id] ?? before.screens[id])?.screen.name, lang) || id;
  const option = (s: ScreenDifference) => {
    const name = nameOf(s.id);
    if (!s.kind) return t("history:screenEqual", { name });
    if (s.kind === "added") return t("history:screenAdded", { name });
    if (s.kind === "removed") return t("history:screenRemoved", { name });
    if (s.widgets.size === 0) return t("history:screenSettings", { name });
    return t("history:screenChanged", { name, count: s.widgets.size });
  };
  const done = (changed: boolean, said: string) => {
    if (!changed) return;
    editor.doc.settle();
    onDone(said);
    // What was pressed may be gone by now.
    title.current?.focus();
  };
  return (
    <section className="history-compare">
      <header className="history-head">
        <h3 ref={title} tabIndex={-1}>
          {equal
            ? t("history:equal", { revision })
            : differing.length > 0
              ? t("history:differs", { count: differing.length, revision })
              : t("history:differsApp", { revision })}
        </h3>
        <Button
          disabled={equal}
          title={equal ? t("history:same") : undefined}
          onClick={() => done(restoreApp(editor.doc, app), t("history:restoredApp", { revision }))}
        >
          {t("history:restoreApp")}
        </Button>
      </header>
      {shown && (
        <>
          <div className="history-screen">
            <Row label={t("history:screen")}>
              {(id) => (
                <Select
                  id={id}
                  value={shown.id}
                  onChange={setPicked}
                  options={screens.map((s) => ({ value: s.id, label: option(s) }))}
                />
              )}
            </Row>
            <Button
              disabled={!shown.kind || shown.kind === "added"}
              title={
                !shown.kind
                  ? t("history:same")
                  : shown.kind === "added"
                    ? t("history:noScreenBefore", { revision })
                    : undefined
              }
              onClick={() =>
                done(
                  restoreScreen(editor.doc, before, shown.id),
                  t("history:restoredScreen", { name: nameOf(shown.id), revision }),
                )
              }
            >
              {t("history:restoreScreen")}
            </Button>
          </div>
          <ScreenComparison
            key={shown.id}
            revision={revision}
            difference={shown}
            before={before}
            name={nameOf(shown.id)}
            onRestore={(widget, name) =>
              done(restoreWidget(editor.doc, before, shown.id, widget), t("history:restoredWidget", { name, revision }))
            }
          />
        </>
      )}
      <h3>{t("history:words")}</h3>
      <ErrorNote error={error} />
      {unsaved && <Note kind="warning" title={t("history:notSaved")} />}
      {!words && !error && <Busy />}
      {words?.length === 0 && <p className="muted">{t("history:wordsNone")}</p>}
      {words && words.length > 0 && <ChangeList changes={words} />}
    </section>
  );
}

/** What an app says of itself, as a text to compare; which widget types it uses follows from its screens. */
function headOf({ screens: _, uses: __, ...head }: App): string {
  return JSON.stringify(canonical(head));
}

/** Both pictures of a screen, and its widgets that differ. */
function ScreenComparison(props: {
  revision: number;
  difference: ScreenDifference;
  before: ReturnType<typeof fromApp>;
  name: string;
  onRestore: (widget: string, name: string) => void;
}) {
  const { revision, difference, before, name } = props;
  const t = useT();
  const lang = useLanguage();
  const editor = useEditor();
  const now = useDoc((d) => d.screens[difference.id]);
  const old = before.screens[difference.id];
  const [chosen, setChosen] = useState<string>();
  // On a screen that is new or gone everything would be outlined: that says nothing.
  const marks = difference.kind === "changed" ? difference.widgets : new Map();
  const catalogue = editor.widgets;
  const picture = (record: typeof old, label: string) =>
    record && <ScreenPicture record={record} catalogue={catalogue} label={label} marks={marks} chosen={chosen} />;
  return (
    <>
      <div className="history-pictures">
        <figure>
          <figcaption>{t("history:revision", { revision })}</figcaption>
          {picture(old, t("history:pictureBefore", { name, revision })) ?? (
            <p className="history-blank muted">{t("history:noScreenBefore", { revision })}</p>
          )}
        </figure>
        <figure>
          <figcaption>{t("history:draft")}</figcaption>
          {picture(now, t("history:pictureNow", { name })) ?? (
            <p className="history-blank muted">{t("history:noScreenNow")}</p>
          )}
        </figure>
      </div>
      {difference.kind !== "added" && difference.kind !== "removed" && (
        <section>
          <h3>{t("history:widgets")}</h3>
          {marks.size === 0 && (
            <p className="muted">{difference.self ? t("history:widgetsSelf") : t("history:widgetsNone")}</p>
          )}
          <ul className="history-widgets">
            {[...difference.widgets].map(([id, kind]) => {
              const w = now?.widgets[id] ?? old?.widgets[id];
              const manifest = editor.manifests.get(w?.type ?? "");
              const title = w?.name || `${textIn(manifest?.title, lang) || w?.type} ${id}`;
              return (
                <li key={id} onPointerEnter={() => setChosen(id)} onPointerLeave={() => setChosen(undefined)}>
                  <span className={`history-mark ${kind}`} aria-hidden />
                  <span className="history-name">{title}</span>
                  <span className="muted">{t(`history:${kind}`)}</span>
                  {kind !== "added" && (
                    <Button
                      aria-label={t("history:restoreWidget", { name: title })}
                      onFocus={() => setChosen(id)}
                      onBlur={() => setChosen(undefined)}
                      onClick={() => props.onRestore(id, title)}
                    >
                      {t("history:restore")}
                    </Button>
                  )}
                </li>
              );
            })}
          </ul>
        </section>
      )}
    </>
  );
}
