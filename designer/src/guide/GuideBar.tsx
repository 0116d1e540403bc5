// The guide of a first app, docked below the canvas: what to do, how by keyboard, and whether it is done.
import { type Revision, request } from "@lineside/client";
import { Check, ChevronLeft, ChevronRight, Eye, X } from "lucide-react";
import { useCallback, useEffect, useRef, useState } from "react";
import { useDoc, useEditor, useUi } from "../design/context";
import { useT } from "../i18n";
import { Button, IconButton } from "../ui";
import { type Remembered, remember, remembered } from "./progress";
import { type Deed, steps } from "./steps";
import "./guide.css";

export function GuideBar() {
  const editor = useEditor();
  const [progress, setProgress] = useState<Remembered | undefined>(() => remembered(editor.installation));
  const change = useCallback(
    (next: Remembered | undefined) => {
      setProgress(next);
      remember(editor.installation, next);
    },
    [editor],
  );
  return progress ? <Guide progress={progress} onChange={change} /> : null;
}

function Guide(props: { progress: Remembered; onChange: (next: Remembered | undefined) => void }) {
  const { progress, onChange } = props;
  const t = useT();
  const editor = useEditor();
  const state = useDoc((s) => s);
  const box = useRef<HTMLElement>(null);
  const now = useRef(progress);
  now.current = progress;
  const deeds = new Set(progress.deeds);
  useDeeds((deed) => {
    if (!now.current.deeds.includes(deed)) onChange({ ...now.current, deeds: [...now.current.deeds, deed] });
  });
  const step = steps[progress.at];
  const done = step?.done({ state, deeds }) ?? false;
  const title = step ? t(`guide:steps.${step.id}.title`) : t("guide:finished");
  useEffect(() => {
    if (done) editor.say("guide:say", { title });
  }, [done, editor, title]);
  const go = (at: number) => {
    onChange({ ...now.current, at });
    // What has the focus may be gone: the guide keeps it.
    box.current?.focus({ preventScroll: true });
  };
  return (
    <section className="guide" aria-label={t("guide:label")} ref={box} tabIndex={-1}>
      <div className="guide-head">
        <strong>{title}</strong>
        <ol className="guide-dots" aria-label={t("guide:progress", { at: progress.at, of: steps.length })}>
          {steps.map((s, i) => (
            <li
              key={s.id}
              className={i < progress.at || (i === progress.at && done) ? "past" : i === progress.at ? "current" : ""}
            />
          ))}
        </ol>
        <span className="muted">{step && t("guide:step", { at: progress.at + 1, of: steps.length })}</span>
        <span className="spacer" />
        <IconButton small label={t("guide:back")} disabled={progress.at === 0} onClick={() => go(progress.at - 1)}>
          <ChevronLeft size={16} aria-hidden />
        </IconButton>
        <IconButton small label={t("guide:close")} onClick={() => onChange(undefined)}>
          <X size={16} aria-hidden />
        </IconButton>
      </div>
      {step ? (
        <div className="guide-body">
          <div className="guide-text">
            <p>{t(`guide:steps.${step.id}.text`)}</p>
            <p className="muted">{t(`guide:steps.${step.id}.keys`)}</p>
          </div>
          <div className="guide-acts">
            {done ? (
              <span className="guide-done" role="status">
                <Check size={16} aria-hidden /> {t("guide:done")}
              </span>
            ) : (
              <Button icon={<Eye size={16} aria-hidden />} onClick={() => point(step.show(editor))}>
                {t("guide:show")}
              </Button>
            )}
            <Button look={done ? "primary" : "quiet"} onClick={() => go(progress.at + 1)}>
              {done ? t("guide:next") : t("guide:skip")}
              <ChevronRight size={16} aria-hidden />
            </Button>
          </div>
        </div>
      ) : (
        <div className="guide-body">
          <div className="guide-text">
            <p>{t("guide:finishedText")}</p>
          </div>
          <div className="guide-acts">
            <a className="button" href={`/run/${encodeURIComponent(editor.installation)}`}>
              {t("guide:run")}
            </a>
            <Button look="primary" onClick={() => onChange(undefined)}>
              {t("guide:end")}
            </Button>
          </div>
        </div>
      )}
    </section>
  );
}

/** Tells of what is done that the document does not show. */
function useDeeds(tell: (deed: Deed) => void): void {
  const editor = useEditor();
  const preview = useUi((s) => s.preview);
  const dialog = useUi((s) => s.dialog);
  const told = useRef(tell);
  told.current = tell;
  useEffect(
    () =>
      editor.doc.subscribe((e) => {
        if (e.cause === "undo" || e.cause === "redo") told.current(e.cause);
      }),
    [editor],
  );
  useEffect(() => {
    if (preview) told.current("preview");
  }, [preview]);
  useEffect(() => {
    if (dialog) return;
    // A dialog was closed: was it the one that publishes?
    request<Revision[]>("GET", `/apps/${encodeURIComponent(editor.installation)}/revisions`).then(
      ({ data }) => (data ?? []).length > 0 && told.current("publish"),
      () => {}, // asked again at the next dialog
    );
  }, [dialog, editor]);
}

/** Lets something of the editor stand out for a moment, and puts the focus near it. */
function point(selector: string): void {
  const at = document.querySelector<HTMLElement>(selector);
  if (!at) return;
  at.scrollIntoView({ block: "nearest" });
  at.classList.add("guide-target");
  setTimeout(() => at.classList.remove("guide-target"), 3000);
  const field = at.matches("button, a, input")
    ? at
    : at.querySelector<HTMLElement>("[role=tab][aria-selected=true], input, button");
  field?.focus({ preventScroll: true });
}
