// The variables of a screen: values that last as long as somebody looks at it.
import type { Variable } from "@lineside/client";
import { Plus, Trash2 } from "lucide-react";
import { useDoc, useEditor, useScreen } from "../../design/context";
import { rename as renameThing } from "../../design/uses";
import { setVariables } from "../../document";
import { textIn, useLanguage, useT } from "../../i18n";
import { asApiError } from "../../shell/resource";
import { Button, FieldControl, IconButton, Row, Select, toast } from "../../ui";
import { useDeleteUsed } from "../bind/DeleteUsed";

const types = ["bool", "int", "float", "string"] as const;
const form = /^[A-Za-z_][A-Za-z0-9_]{0,63}$/;

export function VariablesEditor() {
  const t = useT();
  const lang = useLanguage();
  const editor = useEditor();
  const screen = useScreen()?.screen;
  const inputs = useDoc((d) => d.app.inputs) ?? [];
  const tags = useDoc((d) => d.app.tags) ?? [];
  const [mayDelete, question] = useDeleteUsed();
  if (!screen) return null;
  const list = screen.variables ?? [];
  const set = (next: readonly Variable[]) => setVariables(editor.doc, screen.id, next);
  const taken = new Set([...list.map((v) => v.id), ...inputs.map((i) => i.id), ...tags.map((x) => x.id)]);
  const fresh = () => {
    for (let n = 1; ; n++) if (!taken.has(`v${n}`)) return `v${n}`;
  };
  const change = (i: number, part: Partial<Variable>) => {
    const next = { ...(list[i] as Variable), ...part };
    for (const k of ["title", "default"] as const) if (next[k] === undefined) delete next[k];
    set(list.with(i, next));
  };
  const rename = (i: number, id: string) => {
    if (id === list[i]?.id) return;
    if (!form.test(id)) toast(t("actions:variableForm"));
    else if (taken.has(id)) toast(t("actions:variableTaken", { id }));
    else
      void renameThing(editor, { kind: "variable", id: list[i]?.id ?? "", screen: screen.id }, id).catch((e) =>
        toast(asApiError(e).message, { kind: "bad" }),
      );
  };
  const remove = async (v: Variable) => {
    if (await mayDelete({ kind: "variable", id: v.id, screen: screen.id }, v.id))
      set((editor.record()?.screen.variables ?? []).filter((x) => x.id !== v.id));
  };
  return (
    <div className="variables" data-prop="variables">
      {list.length === 0 && <p className="panel-hint">{t("actions:variablesHelp")}</p>}
      {list.map((v, i) => (
        <fieldset key={v.id} className="variable">
          <legend className="visually-hidden">{t("actions:variable", { id: v.id })}</legend>
          <div className="variable-head">
            <FieldControl
              field={{ name: "id", kind: "string", title: { en: t("actions:variableId") }, required: true }}
              value={v.id}
              onChange={(id) => rename(i, String(id ?? "").trim())}
            />
            <Select
              aria-label={t("actions:variableType", { id: v.id })}
              value={v.type}
              options={types.map((type) => ({ value: type, label: t(`design:type.${type}`) }))}
              onChange={(type) => change(i, { type: type as Variable["type"], default: undefined })}
            />
            <IconButton small label={t("actions:removeVariable", { id: v.id })} onClick={() => void remove(v)}>
              <Trash2 size={14} aria-hidden />
            </IconButton>
          </div>
          <Row label={t("actions:variableDefault")}>
            {(id) => (
              <FieldControl
                id={id}
                field={{ name: "default", kind: v.type, title: { en: t("actions:variableDefault") } }}
                value={v.default}
                onChange={(value) => change(i, { default: value as Variable["default"] })}
              />
            )}
          </Row>
          <Row label={t("actions:variableTitle")}>
            {(id) => (
              <FieldControl
                id={id}
                field={{ name: "title", kind: "string", title: { en: t("actions:variableTitle") } }}
                value={v.title?.[lang] ?? textIn(v.title, lang)}
                onChange={(value) => {
                  const title = { ...v.title };
                  if (value) title[lang] = String(value);
                  else delete title[lang];
                  if (Object.keys(title).length > 0 && !title.en) title.en = String(value);
                  change(i, { title: Object.keys(title).length > 0 ? title : undefined });
                }}
              />
            )}
          </Row>
        </fieldset>
      ))}
      {question}
      <div>
        <Button icon={<Plus size={14} aria-hidden />} onClick={() => set([...list, { id: fresh(), type: "bool" }])}>
          {t("actions:addVariable")}
        </Button>
      </div>
    </div>
  );
}
