// Somebody else saved the same draft first, and both changed the same thing: one chooses for each, and both versions stay in the history.
import type { ApiError } from "@lineside/client";
import { Download } from "lucide-react";
import { useState } from "react";
import { useEditor } from "../design/context";
import { download } from "../design/download";
import { type Stashed, stash } from "../design/stash";
import type { Conflict } from "../design/together";
import { type AppState, type Clash, type Difference, type RecordPlace, type Side, toApp } from "../document";
import { textIn, useLanguage, useT } from "../i18n";
import { asApiError } from "../shell/resource";
import { Button, Dialog, ErrorNote, Note, toast } from "../ui";
import { ScreenPicture } from "./ScreenPicture";
import { grouped, propertyWords, recordWords, valueWords } from "./words";
import "./history.css";
import "./conflict.css";

export function ConflictDialog({ conflict }: { conflict: Conflict }) {
  const t = useT();
  const editor = useEditor();
  const [theirs, setTheirs] = useState<ReadonlySet<string>>(new Set());
  const [shown, setShown] = useState<Clash | undefined>(conflict.clashes.find((c) => c.screen));
  const [failed, setFailed] = useState<ApiError>();
  const [busy, setBusy] = useState(false);
  const who = conflict.by || t("merge:somebody");
  const choose = (key: string, side: Side) => {
    const next = new Set(theirs);
    if (side === "theirs") next.add(key);
    else next.delete(key);
    setTheirs(next);
  };
  const save = async () => {
    setBusy(true);
    setFailed(undefined);
    try {
      await editor.together.settle(conflict, (key) => (theirs.has(key) ? "theirs" : "mine"));
    } catch (e) {
      setFailed(asApiError(e));
      setBusy(false);
    }
  };
  return (
    <Dialog
      open
      size="full"
      onClose={() => toast(t("merge:chooseFirst"))}
      title={t("merge:title", { who })}
      text={t("merge:text", { who, count: conflict.clashes.length })}
      footer={
        <>
          <Button
            icon={<Download size={14} aria-hidden />}
            onClick={() => download(`${editor.installation}-mine.json`, toApp(conflict.mine))}
          >
            {t("design:conflict.download")}
          </Button>
          <span className="conflict-space" />
          <Button disabled={busy} onClick={() => setTheirs(new Set())}>
            {t("merge:allMine")}
          </Button>
          <Button disabled={busy} onClick={() => setTheirs(new Set(conflict.clashes.map((c) => c.key)))}>
            {t("merge:allTheirs", { who })}
          </Button>
          <Button look="primary" disabled={busy} onClick={() => void save()}>
            {t("merge:save")}
          </Button>
        </>
      }
    >
      <ErrorNote error={failed} />
      <Note title={t("merge:safe")} />
      <div className="conflict">
        <ClashList conflict={conflict} theirs={theirs} shown={shown} onChoose={choose} onShow={setShown} who={who} />
        {shown?.screen && <Pictures conflict={conflict} clash={shown} who={who} />}
      </div>
    </Dialog>
  );
}

/** Every clash with both values, by screen. */
function ClashList(props: {
  conflict: Conflict;
  theirs: ReadonlySet<string>;
  shown: Clash | undefined;
  who: string;
  onChoose: (key: string, side: Side) => void;
  onShow: (clash: Clash) => void;
}) {
  const { conflict, who } = props;
  const t = useT();
  const lang = useLanguage();
  const editor = useEditor();
  const states = [conflict.mine, conflict.theirs, conflict.base];
  const groups = grouped(conflict.clashes, (c) => c.screen ?? "");
  return (
    <div className="conflict-list">
      {[...groups].map(([screen, clashes]) => (
        <section key={screen}>
          <h3>{screen ? recordWords(states, { screen }, editor, lang) : t("design:problems.app")}</h3>
          {clashes.map((c) => (
            <fieldset
              key={c.key}
              className={c === props.shown ? "conflict-clash shown" : "conflict-clash"}
              onFocus={() => props.onShow(c)}
              onPointerEnter={() => props.onShow(c)}
            >
              <legend>{clashWords(states, c, editor, lang, t)}</legend>
              {(["mine", "theirs"] as const).map((side) => (
                <label key={side}>
                  <input
                    type="radio"
                    name={c.key}
                    checked={props.theirs.has(c.key) === (side === "theirs")}
                    onChange={() => props.onChoose(c.key, side)}
                  />
                  <span className="conflict-side">{side === "mine" ? t("merge:mine") : who}</span>
                  <span>{sideWords(c, side, t, lang)}</span>
                </label>
              ))}
            </fieldset>
          ))}
        </section>
      ))}
    </div>
  );
}

type Words = Parameters<typeof propertyWords>;

function clashWords(states: readonly AppState[], c: Clash, editor: Words[2], lang: Words[3], t: Words[4]): string {
  const record = c.widget ? recordWords(states, c as RecordPlace, editor, lang) : "";
  const what =
    c.kind === "order"
      ? t(c.screen ? "merge:order" : "merge:orderScreens")
      : c.kind === "place"
        ? t("merge:place")
        : c.kind === "removed" && c.path.length === 0
          ? t(c.widget ? "merge:wholeWidget" : "merge:wholeScreen")
          : propertyWords(states, c as RecordPlace, editor, lang, t);
  return [record, what].filter(Boolean).join(" › ");
}

function sideWords(c: Clash, side: Side, t: Words[4], lang: Words[3]): string {
  const value = c[side];
  if (c.kind === "removed") return value === undefined ? t("merge:removed") : t("merge:changed");
  if (c.kind === "order") return t("merge:ownOrder");
  if (c.kind === "place") {
    const { parent, x, y } = value as { parent?: string; x: number; y: number };
    return parent ? t("merge:inGroup", { parent, x, y }) : t("merge:onScreen", { x, y });
  }
  return valueWords(value, t, lang);
}

/** The screen of a clash as both have drawn it. */
function Pictures({ conflict, clash, who }: { conflict: Conflict; clash: Clash; who: string }) {
  const t = useT();
  const lang = useLanguage();
  const editor = useEditor();
  const screen = clash.screen as string;
  const marks = new Map<string, Difference>(
    conflict.clashes.flatMap((c) => (c.screen === screen && c.widget ? [[c.widget, "changed"] as const] : [])),
  );
  const name = recordWords([conflict.mine, conflict.theirs], { screen }, editor, lang);
  return (
    <div className="conflict-pictures">
      {(["mine", "theirs"] as const).map((side) => {
        const state = conflict[side];
        const record = state.screens[screen];
        const title = side === "mine" ? t("merge:mine") : who;
        return (
          <figure key={side}>
            <figcaption>{title}</figcaption>
            {record ? (
              <ScreenPicture
                record={record}
                catalogue={editor.widgets}
                label={t("merge:picture", { name, who: title })}
                marks={marks}
                chosen={clash.widget}
                texts={state.app.texts}
              />
            ) : (
              <p className="history-blank muted">{t("merge:noScreen")}</p>
            )}
          </figure>
        );
      })}
    </div>
  );
}

/** Work that this browser kept when the draft could not be saved, while the draft has gone on. */
export function LeftWorkDialog({ work, onDone }: { work: Stashed; onDone: () => void }) {
  const t = useT();
  const lang = useLanguage();
  const editor = useEditor();
  return (
    <Dialog
      open
      onClose={onDone}
      title={t("design:left.title")}
      text={t("design:left.text", { at: new Date(work.at).toLocaleString(lang === "zh" ? "zh-CN" : "en-GB") })}
      footer={
        <>
          <Button
            icon={<Download size={14} aria-hidden />}
            onClick={() => download(`${editor.installation}-unsaved.json`, work.body)}
          >
            {t("design:conflict.download")}
          </Button>
          <Button
            onClick={() => {
              stash.keep(editor.installation, undefined);
              onDone();
            }}
          >
            {t("design:left.discard")}
          </Button>
          <Button
            look="primary"
            onClick={() => {
              editor.resume(work);
              onDone();
            }}
          >
            {t("design:left.resume")}
          </Button>
        </>
      }
    >
      <p>
        {t(work.base ? "merge:left" : "design:left.help", {
          name: textIn((work.body as { name?: Record<string, string> }).name, lang),
        })}
      </p>
    </Dialog>
  );
}
