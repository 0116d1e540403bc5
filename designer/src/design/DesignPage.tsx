// The editor of one app.
import type { ApiError, App, Catalogue } from "@lineside/client";
import { useEffect, useState } from "react";
import { textIn, useLanguage, useT } from "../i18n";
import { Link, type PageProps } from "../router";
import { live } from "../shell/live";
import { LoggedIn } from "../shell/me";
import { asApiError } from "../shell/resource";
import { Busy, Empty, ErrorNote } from "../ui";
import { loadCatalogue, loadDraft } from "./api";
import { EditorContext } from "./context";
import { EditorFrame } from "./EditorFrame";
import { Editor } from "./editor";
import { type Stashed, stash } from "./stash";
import "./design.css";
import "./panels.css";
import "./canvas.css";
import "./inspector.css";
import "./lower.css";

export default function DesignPage({ params }: PageProps) {
  return (
    <LoggedIn>
      <Loader installation={params.installation as string} />
    </LoggedIn>
  );
}

interface Loaded {
  app: App;
  etag: string;
  catalogue: Catalogue;
}

function Loader({ installation }: { installation: string }) {
  const t = useT();
  const lang = useLanguage();
  const [loaded, setLoaded] = useState<Loaded>();
  const [error, setError] = useState<ApiError>();
  const [editor, setEditor] = useState<Editor>();
  const [left, setLeft] = useState<Stashed>();

  useEffect(() => {
    let alive = true;
    Promise.all([loadDraft(installation), loadCatalogue()]).then(
      ([draft, catalogue]) => alive && setLoaded({ ...draft, catalogue }),
      (e) => alive && setError(asApiError(e)),
    );
    return () => {
      alive = false;
    };
  }, [installation]);

  useEffect(() => {
    if (!loaded) return;
    const work = stash.read(installation);
    const made = new Editor(installation, loaded.app, loaded.etag, loaded.catalogue, live());
    if (work && work.etag === loaded.etag) made.resume(work);
    else if (work) setLeft(work);
    setEditor(made);
    return () => made.destroy();
  }, [loaded, installation]);

  useEffect(() => {
    const name = loaded ? textIn(loaded.app.name, lang) || loaded.app.id : installation;
    document.title = `${name} · Lineside`;
  }, [loaded, lang, installation]);

  if (error)
    return (
      <main className="page-center">
        <Empty title={t("design:load.failed")}>
          <ErrorNote error={error} />
          <Link to="/">{t("design:load.back")}</Link>
        </Empty>
      </main>
    );
  if (!editor) return <Busy label={t("design:load.busy")} />;
  return (
    <EditorContext.Provider value={editor}>
      <EditorFrame left={left} onLeft={() => setLeft(undefined)} />
    </EditorContext.Provider>
  );
}
