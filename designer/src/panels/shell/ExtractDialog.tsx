// All constant texts of a screen or of the app become texts by key, in one step.
import { useMemo, useState } from "react";
import { useDoc, useEditor } from "../../design/context";
import { extractTexts, findConstants, textFrom } from "../../document";
import { textIn, useLanguage, useT } from "../../i18n";
import { Button, Dialog, Empty, Segmented, toast } from "../../ui";
import { useDrawingLanguage } from "./language";

type Scope = "screen" | "app";

export function ExtractDialog(props: { onClose: () => void }) {
  const t = useT();
  const lang = useLanguage();
  const editor = useEditor();
  const state = useDoc((d) => d);
  const language = useDrawingLanguage();
  const [scope, setScope] = useState<Scope>("app");
  const [left, setLeft] = useState<ReadonlySet<string>>(new Set());
  const screen = editor.screen();
  const found = useMemo(
    () =>
      findConstants(
        state,
        (type) => editor.manifests.get(type)?.settings ?? [],
        scope === "app" ? state.order : [screen],
      ),
    [state, scope, screen, editor],
  );
  // One line for each text, however often it stands.
  const lines = useMemo(() => {
    const by = new Map<string, typeof found>();
    for (const f of found) by.set(`${f.key} ${f.words}`, [...(by.get(`${f.key} ${f.words}`) ?? []), f]);
    return [...by];
  }, [found]);
  const chosen = lines.filter(([id]) => !left.has(id)).flatMap(([, list]) => list);
  const done = () => {
    extractTexts(editor.doc, chosen, language);
    toast(t("texts:extract.done", { count: chosen.length }), { kind: "good" });
    props.onClose();
  };
  return (
    <Dialog
      open
      size="wide"
      onClose={props.onClose}
      title={t("texts:extract.title")}
      text={t("texts:extract.text")}
      footer={
        <>
          <Button onClick={props.onClose}>{t("common:cancel")}</Button>
          <Button look="primary" disabled={chosen.length === 0} onClick={done}>
            {t("texts:extract.do", { count: chosen.length })}
          </Button>
        </>
      }
    >
      <Segmented<Scope>
        label={t("texts:extract.scope")}
        value={scope}
        onChange={setScope}
        options={[
          { value: "app", label: t("texts:extract.app") },
          {
            value: "screen",
            label: t("texts:extract.screen", { name: textIn(state.screens[screen]?.screen.name, lang) || screen }),
          },
        ]}
      />
      {lines.length === 0 ? (
        <Empty title={t("texts:extract.none")} text={t("texts:extract.noneText")} />
      ) : (
        <table className="texts-table extract">
          <thead>
            <tr>
              <th scope="col">
                <span className="visually-hidden">{t("texts:extract.take")}</span>
              </th>
              <th scope="col">{t("texts:extract.words")}</th>
              <th scope="col">{t("texts:key")}</th>
              <th scope="col">{t("texts:uses.column")}</th>
            </tr>
          </thead>
          <tbody>
            {lines.map(([id, list]) => {
              const first = list[0];
              if (!first) return null;
              const text = textFrom(first.words, language);
              return (
                <tr key={id}>
                  <td>
                    <input
                      type="checkbox"
                      aria-label={t("texts:extract.takeOne", { words: first.words })}
                      checked={!left.has(id)}
                      onChange={(e) =>
                        setLeft(e.target.checked ? new Set([...left].filter((x) => x !== id)) : new Set([...left, id]))
                      }
                    />
                  </td>
                  <td>{text.en === text.zh || !text.zh ? first.words : `${text.en} · ${text.zh}`}</td>
                  <td className="mono">{first.key}</td>
                  <td>{list.length}</td>
                </tr>
              );
            })}
          </tbody>
        </table>
      )}
    </Dialog>
  );
}
