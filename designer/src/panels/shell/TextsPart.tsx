// The table of texts by key: one row a key, one column a language.
import { nameOf } from "@lineside/player";
import { Download, FileUp, Languages, ListPlus, Plus, TextSearch, Trash2 } from "lucide-react";
import { useDeferredValue, useMemo, useRef, useState } from "react";
import { useDoc, useEditor } from "../../design/context";
import {
  addText,
  isKey,
  removeLanguage,
  removeTexts,
  renameText,
  setText,
  type TextUse,
  textUses,
  unusedKeys,
} from "../../document";
import { textsToCsv } from "../../document/texts-csv";
import { useT } from "../../i18n";
import { Button, Empty, IconButton, Menu, SearchInput, Segmented, toast, useConfirm } from "../../ui";
import { AddLanguage } from "./AddLanguage";
import { CommitInput } from "./CommitInput";
import { ExtractDialog } from "./ExtractDialog";
import { ImportTexts } from "./ImportTexts";
import { useDrawingLanguage, useLanguages } from "./language";
import { TextUses } from "./TextUses";

type Filter = "all" | "missing" | "unused";
const rowHeight = 37;
const none: TextUse[] = [];

export function TextsPart(props: { onClose: () => void }) {
  const t = useT();
  const editor = useEditor();
  const state = useDoc((d) => d);
  const languages = useLanguages();
  const language = useDrawingLanguage();
  const [query, setQuery] = useState("");
  const [filter, setFilter] = useState<Filter>("all");
  const [doing, setDoing] = useState<"extract" | "language">();
  const [file, setFile] = useState<{ name: string; text: string }>();
  const [ask, asking] = useConfirm();
  const [top, setTop] = useState(0);
  const scroll = useRef<HTMLElement>(null);
  const wanted = useDeferredValue(query.trim().toLowerCase());

  const texts = state.app.texts ?? {};
  const uses = useMemo(() => textUses(state), [state]);
  const unused = useMemo(() => new Set(unusedKeys(state)), [state]);
  const lacks = (key: string) => languages.some((l) => !texts[key]?.[l]);
  const keys = Object.keys(texts).sort();
  const missing = keys.filter(lacks).length;
  const shown = keys.filter(
    (key) =>
      (filter === "all" || (filter === "missing" ? lacks(key) : unused.has(key))) &&
      (!wanted ||
        key.toLowerCase().includes(wanted) ||
        Object.values(texts[key] ?? {}).some((v) => v.toLowerCase().includes(wanted))),
  );
  const from = Math.max(0, Math.floor(top / rowHeight) - 10);
  const part = shown.slice(from, from + 60);

  const add = () => {
    let n = 1;
    while (texts[`text.${n}`]) n++;
    addText(editor.doc, `text.${n}`, { en: t("texts:newText") });
    setFilter("all");
    setQuery(`text.${n}`);
  };
  const remove = async (key: string) => {
    const places = uses.get(key) ?? none;
    if (places.length > 0) {
      const yes = await ask({
        title: t("texts:delete.title", { key }),
        text: t("texts:delete.text", { count: places.length }),
        action: t("common:delete"),
        danger: true,
      });
      if (!yes) return;
    }
    removeTexts(editor.doc, [key], language);
  };
  const save = () => {
    const url = URL.createObjectURL(new Blob([textsToCsv(state)], { type: "text/csv" }));
    const a = document.createElement("a");
    a.href = url;
    a.download = `${editor.installation}-texts.csv`;
    a.click();
    URL.revokeObjectURL(url);
  };
  const take = async (chosen: File | undefined) => {
    if (!chosen) return;
    try {
      const bytes = await chosen.arrayBuffer();
      setFile({ name: chosen.name, text: new TextDecoder("utf-8", { fatal: true }).decode(bytes) });
    } catch {
      toast(t("texts:import.notUtf8", { name: chosen.name }), { kind: "bad" });
    }
  };
  return (
    <div className="texts-part">
      <div className="texts-bar">
        <SearchInput value={query} onChange={setQuery} label={t("texts:search")} />
        <Segmented<Filter>
          label={t("texts:filter.label")}
          value={filter}
          onChange={setFilter}
          options={[
            { value: "all", label: t("texts:filter.all", { count: keys.length }) },
            { value: "missing", label: t("texts:filter.missing", { count: missing }) },
            { value: "unused", label: t("texts:filter.unused", { count: unused.size }) },
          ]}
        />
        <span className="spacer" />
        <Button icon={<Plus size={14} aria-hidden />} onClick={add}>
          {t("texts:add")}
        </Button>
        <Button icon={<TextSearch size={14} aria-hidden />} onClick={() => setDoing("extract")}>
          {t("texts:extract.open")}
        </Button>
        <Menu
          align="end"
          entries={[
            {
              id: "language",
              label: t("texts:language.add"),
              icon: <Languages size={14} aria-hidden />,
              run: () => setDoing("language"),
            },
            ...languages
              .filter((l) => l !== "en")
              .map((l) => ({
                id: `without-${l}`,
                label: t("texts:language.remove", { name: nameOf(l) }),
                danger: true,
                run: async () => {
                  const count = Object.values(texts).filter((text) => text[l]).length;
                  const yes =
                    count === 0 ||
                    (await ask({
                      title: t("texts:language.removeTitle", { name: nameOf(l) }),
                      text: t("texts:language.removeText", { count, name: nameOf(l) }),
                      action: t("common:delete"),
                      danger: true,
                    }));
                  if (yes) removeLanguage(editor.doc, l);
                },
              })),
            { kind: "line", id: "line" },
            { id: "save", label: t("texts:export"), icon: <Download size={14} aria-hidden />, run: save },
            {
              id: "load",
              label: t("texts:import.open"),
              icon: <FileUp size={14} aria-hidden />,
              run: () => document.getElementById("texts-file")?.click(),
            },
            ...(unused.size > 0
              ? [
                  {
                    id: "unused",
                    label: t("texts:deleteUnused", { count: unused.size }),
                    danger: true,
                    run: () => void removeTexts(editor.doc, unused, language),
                  },
                ]
              : []),
          ]}
        >
          <Button icon={<ListPlus size={14} aria-hidden />}>{t("texts:more")}</Button>
        </Menu>
        <input
          id="texts-file"
          className="visually-hidden"
          type="file"
          tabIndex={-1}
          aria-label={t("texts:import.open")}
          accept=".csv,text/csv"
          onChange={(e) => {
            void take(e.target.files?.[0]);
            e.target.value = "";
          }}
        />
      </div>
      {keys.length === 0 ? (
        <Empty icon={<Languages size={28} aria-hidden />} title={t("texts:empty")} text={t("texts:emptyText")}>
          <Button look="primary" onClick={() => setDoing("extract")}>
            {t("texts:extract.open")}
          </Button>
        </Empty>
      ) : (
        <section
          ref={scroll}
          className="texts-scroll"
          aria-label={t("texts:table")}
          onScroll={(e) => setTop(e.currentTarget.scrollTop)}
        >
          <table className="texts-table" aria-rowcount={shown.length + 1}>
            <thead>
              <tr>
                <th scope="col">{t("texts:key")}</th>
                {languages.map((l) => (
                  <th key={l} scope="col" lang={l}>
                    {nameOf(l)}
                  </th>
                ))}
                <th scope="col">{t("texts:uses.column")}</th>
                <th scope="col">
                  <span className="visually-hidden">{t("common:delete")}</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {from > 0 && <tr aria-hidden style={{ height: from * rowHeight }} />}
              {part.map((key, i) => (
                <tr key={key} aria-rowindex={from + i + 2} data-key={key}>
                  <td>
                    <CommitInput
                      className="mono"
                      aria-label={t("texts:keyOf", { key })}
                      value={key}
                      wrong={(v) => (texts[v] ? t("texts:taken") : isKey(v) ? "" : t("texts:keyForm"))}
                      onCommit={(v) => {
                        if (renameText(editor.doc, key, v) && query === key) setQuery(v);
                      }}
                    />
                  </td>
                  {languages.map((l) => (
                    <td key={l} className={texts[key]?.[l] ? undefined : "missing"}>
                      <CommitInput
                        lang={l}
                        aria-label={t("texts:cell", { key, language: nameOf(l) })}
                        value={texts[key]?.[l] ?? ""}
                        placeholder={t("texts:untranslated")}
                        wrong={(v) => (l === "en" && !v ? t("texts:needsEnglish") : "")}
                        onCommit={(v) => setText(editor.doc, key, l, v)}
                      />
                    </td>
                  ))}
                  <td>
                    <TextUses textKey={key} uses={uses.get(key) ?? none} onClose={props.onClose} />
                  </td>
                  <td>
                    <IconButton small label={t("texts:delete.one", { key })} onClick={() => void remove(key)}>
                      <Trash2 size={14} aria-hidden />
                    </IconButton>
                  </td>
                </tr>
              ))}
              {from + part.length < shown.length && (
                <tr aria-hidden style={{ height: (shown.length - from - part.length) * rowHeight }} />
              )}
            </tbody>
          </table>
          {shown.length === 0 && <Empty title={t(`texts:nothing.${wanted ? "found" : filter}`)} />}
        </section>
      )}
      {doing === "extract" && <ExtractDialog onClose={() => setDoing(undefined)} />}
      {doing === "language" && <AddLanguage onClose={() => setDoing(undefined)} />}
      {file && <ImportTexts file={file} onClose={() => setFile(undefined)} />}
      {asking}
    </div>
  );
}
