// Puts a document from a file over the draft, after it has been read and looked at.
import type { App, Problem } from "@lineside/client";
import { FileUp } from "lucide-react";
import { useRef, useState } from "react";
import { readApp, readFolder } from "../design/api";
import { useEditor } from "../design/context";
import { restoreApp } from "../document";
import { textIn, useLanguage, useT } from "../i18n";
import { asApiError } from "../shell/resource";
import { Busy, Button, Dialog, Note, toast } from "../ui";
import { sentence } from "./format";
import "./history.css";

/** What is known of the chosen file. */
interface Chosen {
  file: string;
  app?: App;
  problems?: readonly Problem[];
  wrong?: { title: string; text?: string };
}

/** Problems that make a document unreadable; with others it is a draft that can be mended. */
const fatal = (p: Problem) => /^(json_|format_)/.test(p.code) || /^(key_unknown|value_type|too_large)$/.test(p.code);

export function ImportDialog({ onClose }: { onClose: () => void }) {
  const t = useT();
  const lang = useLanguage();
  const editor = useEditor();
  const input = useRef<HTMLInputElement>(null);
  const [chosen, setChosen] = useState<Chosen>();
  const [busy, setBusy] = useState(false);

  /** Reads a folder of files that was packed. */
  const lookInto = async (file: File): Promise<Chosen> => {
    const named = { file: file.name };
    try {
      const { app, problems } = await readFolder(editor.installation, file);
      if (app) return { ...named, app, problems };
      const first = problems.slice(0, 5).map((p) => p.message);
      if (problems.length > 5) first.push(t("versions:folder.more", { count: problems.length - 5 }));
      return { ...named, wrong: { title: t("versions:folder.failed"), text: first.join("\n") } };
    } catch (e) {
      return { ...named, wrong: { title: t("versions:folder.notFolder", named), text: sentence(asApiError(e)) } };
    }
  };
  const look = async (file: File): Promise<Chosen> => {
    const named = { file: file.name };
    if (/\.zip$/i.test(file.name) || file.type === "application/zip") return lookInto(file);
    let value: unknown;
    try {
      value = JSON.parse(await file.text());
    } catch (e) {
      return { ...named, wrong: { title: t("history:import.notJson", named), text: (e as Error).message } };
    }
    if (typeof value !== "object" || !value || !Array.isArray((value as App).screens))
      return { ...named, wrong: { title: t("history:import.notApp", named), text: t("history:import.notAppText") } };
    try {
      const { app, problems } = await readApp(editor.installation, value as App);
      const stop = problems.find(fatal);
      if (stop) {
        const text = [stop.at, sentence(stop)].filter(Boolean).join(": ");
        return { ...named, wrong: { title: t("history:import.unreadable", named), text } };
      }
      return { ...named, app, problems };
    } catch (e) {
      const error = asApiError(e);
      return { ...named, wrong: { title: t("history:import.unreadable", named), text: sentence(error) } };
    }
  };
  const choose = async (file: File | undefined) => {
    if (!file) return;
    setBusy(true);
    setChosen(undefined);
    setChosen(await look(file));
    setBusy(false);
  };
  const put = (app: App, file: string) => {
    const changed = restoreApp(editor.doc, app, "history:step.import");
    editor.doc.settle();
    toast(changed ? t("history:import.done", { file }) : t("history:import.equal"), {
      kind: changed ? "good" : "info",
      text: changed ? t("history:undoHelp") : undefined,
    });
    onClose();
  };

  const app = chosen?.app;
  const errors = chosen?.problems?.filter((p) => p.severity !== "warning") ?? [];
  return (
    <Dialog
      open
      onClose={onClose}
      title={t("history:import.title")}
      text={t("history:import.text")}
      footer={
        <>
          <Button onClick={onClose}>{t("common:cancel")}</Button>
          <Button look="primary" disabled={!app} onClick={() => app && put(app, chosen.file)}>
            {t("history:import.go")}
          </Button>
        </>
      }
    >
      <div>
        <input
          ref={input}
          type="file"
          hidden
          accept=".json,application/json,.zip,application/zip"
          aria-label={t("history:import.choose")}
          onChange={(e) => {
            void choose(e.target.files?.[0]);
            // The same file can be chosen again after it was mended.
            e.target.value = "";
          }}
        />
        <Button icon={<FileUp size={14} aria-hidden />} onClick={() => input.current?.click()}>
          {chosen ? t("history:import.other") : t("history:import.choose")}
        </Button>
      </div>
      {busy && <Busy />}
      {chosen?.wrong && (
        <Note kind="bad" title={chosen.wrong.title}>
          <span className="import-wrong">{chosen.wrong.text}</span>
        </Note>
      )}
      {app && (
        <>
          <dl className="import-facts">
            <dt>{t("history:import.name")}</dt>
            <dd>{textIn(app.name, lang) || app.id}</dd>
            <dt>{t("history:import.version")}</dt>
            <dd>{app.version}</dd>
            <dt>{t("history:import.content")}</dt>
            <dd>
              {t("history:import.screens", { count: app.screens.length })},{" "}
              {t("history:import.widgets", { count: app.screens.reduce((n, s) => n + s.widgets.length, 0) })}
            </dd>
          </dl>
          {app.id !== editor.app().id && (
            <Note kind="warning" title={t("history:import.otherApp", { id: app.id })}>
              {t("history:import.otherAppText")}
            </Note>
          )}
          {errors.length > 0 && (
            <Note kind="warning" title={t("history:import.errors", { count: errors.length })}>
              {t("history:import.errorsText")}
            </Note>
          )}
        </>
      )}
    </Dialog>
  );
}
