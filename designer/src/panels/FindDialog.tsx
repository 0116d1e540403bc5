// Finding texts, tags, expressions and names over all screens, and replacing them in one step.
import { useMemo, useState } from "react";
import { useDoc, useEditor } from "../design/context";
import { isBinding } from "../document";
import { findIn, replaceIn } from "../document/find";
import { textIn, useLanguage, useT } from "../i18n";
import { Button, Dialog, Input, Row, SearchInput, toast } from "../ui";

export function FindDialog({ onClose }: { onClose: () => void }) {
  const t = useT();
  const lang = useLanguage();
  const editor = useEditor();
  const state = useDoc((d) => d);
  const [query, setQuery] = useState("");
  const [by, setBy] = useState("");
  const hits = useMemo(() => (query.trim() ? findIn(state, query.trim()) : []), [state, query]);
  const show = (screen: string, widget: string, prop: string) => {
    onClose();
    setTimeout(() => {
      if (screen !== editor.screen()) editor.session.setState({ screen, selection: [], scope: "" });
      editor.board?.reveal([widget]);
      editor.focusProp(prop);
    }, 0);
  };
  const replace = () => {
    const n = replaceIn(editor.doc, query.trim(), by);
    toast(t("design:find.replaced", { count: n }), { kind: "good" });
  };
  return (
    <Dialog
      open
      onClose={onClose}
      size="wide"
      title={t("design:find.title")}
      footer={
        <Button look="primary" disabled={hits.length === 0} onClick={replace}>
          {t("design:find.replaceAll")}
        </Button>
      }
    >
      <SearchInput autoFocus value={query} onChange={setQuery} label={t("design:find.what")} />
      <Row label={t("design:find.by")}>
        {(id) => <Input id={id} value={by} onChange={(e) => setBy(e.target.value)} />}
      </Row>
      <p className="muted" aria-live="polite">
        {query.trim() ? t("design:find.count", { count: hits.length }) : t("design:find.help")}
      </p>
      <ul className="problem-list">
        {hits.slice(0, 200).map((h) => {
          const screen = state.screens[h.screen];
          const w = screen?.widgets[h.widget];
          const field = w && editor.manifests.get(w.type)?.settings.find((f) => f.name === h.prop);
          const bound = w && isBinding(w.props?.[h.prop]);
          return (
            <li key={`${h.screen}/${h.widget}/${h.path}`}>
              <button type="button" className="problem" onClick={() => show(h.screen, h.widget, h.prop)}>
                <span className="muted">{bound ? "ƒ" : "T"}</span>
                <span className="mono">{h.text}</span>
                <span className="muted problem-place">
                  {[
                    textIn(screen?.screen.name, lang) || h.screen,
                    w?.name || h.widget,
                    field ? textIn(field.title, lang) : h.prop,
                  ].join(" › ")}
                </span>
              </button>
            </li>
          );
        })}
      </ul>
    </Dialog>
  );
}
