// What a file of translations would change, before it does.
import { nameOf } from "@lineside/player";
import { useMemo } from "react";
import { useDoc, useEditor } from "../../design/context";
import { applyTexts } from "../../document";
import { readTexts } from "../../document/texts-csv";
import { useT } from "../../i18n";
import { Button, Dialog, Empty, Note, toast } from "../../ui";

/** How many changes are listed; nobody reads more. */
const listed = 300;

export function ImportTexts(props: { file: { name: string; text: string }; onClose: () => void }) {
  const t = useT();
  const editor = useEditor();
  const state = useDoc((d) => d);
  const { changes, problems } = useMemo(() => readTexts(state, props.file.text), [state, props.file]);
  const done = () => {
    applyTexts(editor.doc, changes);
    toast(t("texts:import.done", { count: changes.length }), { kind: "good" });
    props.onClose();
  };
  return (
    <Dialog
      open
      size="wide"
      onClose={props.onClose}
      title={t("texts:import.title", { name: props.file.name })}
      text={t("texts:import.text")}
      footer={
        <>
          <Button onClick={props.onClose}>{t("common:cancel")}</Button>
          <Button look="primary" disabled={changes.length === 0} onClick={done}>
            {t("texts:import.do", { count: changes.length })}
          </Button>
        </>
      }
    >
      {problems.length > 0 && (
        <Note kind="warning" title={t("texts:import.problems", { count: problems.length })}>
          <ul>
            {problems.slice(0, 20).map((p) => (
              <li key={`${p.line}/${p.code}/${p.what}`}>
                {t("texts:import.line", { line: p.line, what: t(`texts:import.wrong.${p.code}`, { what: p.what }) })}
              </li>
            ))}
          </ul>
        </Note>
      )}
      {changes.length === 0 ? (
        <Empty title={t("texts:import.none")} />
      ) : (
        <table className="texts-table extract">
          <thead>
            <tr>
              <th scope="col">{t("texts:key")}</th>
              <th scope="col">{t("texts:import.language")}</th>
              <th scope="col">{t("texts:import.before")}</th>
              <th scope="col">{t("texts:import.after")}</th>
            </tr>
          </thead>
          <tbody>
            {changes.slice(0, listed).map((c) => (
              <tr key={`${c.key}/${c.language}`}>
                <td className="mono">{c.key}</td>
                <td>{nameOf(c.language)}</td>
                <td className="muted">{c.before || t("texts:import.new")}</td>
                <td>{c.after}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {changes.length > listed && <p className="muted">{t("texts:import.more", { count: changes.length - listed })}</p>}
    </Dialog>
  );
}
