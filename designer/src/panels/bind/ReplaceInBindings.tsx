// Replacing a part of the tags and expressions of chosen bindings, with what becomes of them before it is done.
import { useState } from "react";
import { useEditor } from "../../design/context";
import { type BindingRow, rebind } from "../../document/bindings";
import { patternOfSearch, replaced } from "../../document/find";
import { useT } from "../../i18n";
import { Button, Check, Dialog, Input, Row, toast } from "../../ui";

export function ReplaceInBindings(props: { rows: readonly BindingRow[]; onClose: () => void; onDone: () => void }) {
  const t = useT();
  const editor = useEditor();
  const [query, setQuery] = useState("");
  const [by, setBy] = useState("");
  const [word, setWord] = useState(false);
  const search = { query, word, matchCase: true, tagsOnly: true };
  const changed = props.rows.flatMap((row) => {
    const text = row.binding.tag ?? row.binding.expr ?? "";
    if (!query || !patternOfSearch(search).test(text)) return [];
    const after = replaced({ text, kind: row.binding.tag ? "tag" : "expression" }, search, by);
    return after === text || !after
      ? []
      : [{ row, text, after, binding: row.binding.tag ? { tag: after } : { expr: after } }];
  });
  const apply = () => {
    if (changed.length === 0) return;
    const count = rebind(editor.doc, editor.screen(), changed);
    toast(t("bind:find.done", { count }), { kind: "good" });
    props.onDone();
  };
  return (
    <Dialog
      open
      size="wide"
      onClose={props.onClose}
      title={t("bind:list.replace")}
      text={t("bind:list.chosen", { count: props.rows.length })}
      footer={
        <>
          <Button onClick={props.onClose}>{t("common:cancel")}</Button>
          <Button look="primary" disabled={changed.length === 0} onClick={apply}>
            {t("bind:find.replace", { count: changed.length })}
          </Button>
        </>
      }
    >
      <div className="many-options">
        <Row label={t("bind:find.what")}>
          {(id) => <Input id={id} className="mono" value={query} onChange={(e) => setQuery(e.target.value)} />}
        </Row>
        <Row label={t("bind:find.by")}>
          {(id) => (
            <Input
              id={id}
              className="mono"
              value={by}
              onChange={(e) => setBy(e.target.value)}
              onKeyDown={(e) => e.key === "Enter" && apply()}
            />
          )}
        </Row>
      </div>
      <Check label={t("bind:find.word")} checked={word} onChange={setWord} />
      <ul className="uses-list" aria-live="polite">
        {changed.slice(0, 100).map(({ row, text, after }) => (
          <li key={row.key}>
            <span className="uses-where">{row.widget}</span>
            <span className="mono uses-text">
              {text} → {after}
            </span>
          </li>
        ))}
      </ul>
    </Dialog>
  );
}
