// Finding names, texts, tags and expressions in a screen or the app, and replacing what is ticked in one step.
import { ArrowRight, CaseSensitive, LocateFixed, Regex, WholeWord } from "lucide-react";
import { useDeferredValue, useMemo, useState } from "react";
import { useDoc, useEditor } from "../design/context";
import { type FindKind, find, findKinds, type Hit, replaced, replaceHits, type Search } from "../document/find";
import { useLanguage, useT } from "../i18n";
import { Button, Check, Dialog, IconButton, Input, Note, Row, SearchInput, Segmented, Select, toast } from "../ui";
import { placeName, screenName, show } from "./bind/places";

/** More rows than anybody reads would only make typing slow. */
const most = 300;

/** Kinds of setting whose constants are texts that people read. */
const readable = new Set(["string", "text", "any", "list", "object"]);

export function FindDialog({ onClose }: { onClose: () => void }) {
  const t = useT();
  const lang = useLanguage();
  const editor = useEditor();
  const state = useDoc((d) => d);
  const [query, setQuery] = useState("");
  const [by, setBy] = useState("");
  const [flags, setFlags] = useState({ matchCase: false, word: false, regex: false });
  const [scope, setScope] = useState<"screen" | "app">("app");
  const [kinds, setKinds] = useState<readonly FindKind[]>(findKinds);
  const [within, setWithin] = useState<"tags" | "any">("tags");
  const [without, setWithout] = useState<ReadonlySet<string>>(new Set());
  const wanted = useDeferredValue(query);
  const search = useMemo<Search>(
    () => ({
      query: flags.regex ? wanted : wanted.trim(),
      ...flags,
      kinds,
      tagsOnly: within === "tags",
      screen: scope === "screen" ? editor.screen() : undefined,
      isText: (type, prop) => {
        const field = editor.manifests.get(type)?.settings.find((f) => f.name === prop);
        return !field || readable.has(field.kind);
      },
    }),
    [wanted, flags, kinds, within, scope, editor],
  );
  const { hits, wrong } = useMemo(() => {
    try {
      return { hits: find(state, search), wrong: "" };
    } catch (error) {
      return { hits: [], wrong: error instanceof Error ? error.message : String(error) };
    }
  }, [state, search]);
  const ticked = hits.filter((h) => !without.has(h.key));
  const groups = new Map<string, Hit[]>();
  for (const h of hits.slice(0, most)) groups.set(h.screen, [...(groups.get(h.screen) ?? []), h]);

  const jump = (h: Hit) => {
    onClose();
    // The dialog gives the focus back first.
    if (h.screen) setTimeout(() => show(editor, h.screen, h.widget, h.prop), 0);
    else editor.ui.setState({ dialog: "app" });
  };
  const tick = (list: readonly Hit[], on: boolean) => {
    const next = new Set(without);
    for (const h of list) on ? next.delete(h.key) : next.add(h.key);
    setWithout(next);
  };
  const replace = () => {
    const count = replaceHits(editor.doc, ticked, search, by);
    setWithout(new Set());
    toast(t("bind:find.done", { count }), { kind: "good" });
  };
  const flag = (name: keyof typeof flags, icon: React.ReactNode, label: string) => (
    <IconButton label={label} pressed={flags[name]} onClick={() => setFlags({ ...flags, [name]: !flags[name] })}>
      {icon}
    </IconButton>
  );

  return (
    <Dialog
      open
      onClose={onClose}
      size="wide"
      title={t("bind:find.title")}
      footer={
        <>
          <span className="muted grow" aria-live="polite">
            {query && !wrong && (hits.length ? t("bind:find.count", { count: hits.length }) : t("bind:find.none"))}{" "}
            {hits.length > most && t("bind:find.shown", { count: most })}
          </span>
          <Button look="primary" disabled={ticked.length === 0} onClick={replace}>
            {t("bind:find.replace", { count: ticked.length })}
          </Button>
        </>
      }
    >
      <div className="find-head">
        <SearchInput autoFocus value={query} onChange={setQuery} label={t("bind:find.what")} />
        {flag("matchCase", <CaseSensitive size={16} aria-hidden />, t("bind:find.case"))}
        {flag("word", <WholeWord size={16} aria-hidden />, t("bind:find.word"))}
        {flag("regex", <Regex size={16} aria-hidden />, t("bind:find.regex"))}
        <Input
          aria-label={t("bind:find.by")}
          placeholder={t("bind:find.by")}
          value={by}
          onChange={(e) => setBy(e.target.value)}
          onKeyDown={(e) => e.key === "Enter" && (e.ctrlKey || e.metaKey) && ticked.length > 0 && replace()}
        />
      </div>
      <div className="find-scope">
        <Segmented
          label={t("bind:find.scope")}
          value={scope}
          onChange={setScope}
          options={[
            { value: "screen", label: t("bind:find.screen") },
            { value: "app", label: t("bind:find.app") },
          ]}
        />
        <fieldset className="find-kinds" aria-label={t("bind:find.in")}>
          {findKinds.map((kind) => (
            <Check
              key={kind}
              label={t(`bind:find.kind.${kind}`)}
              checked={kinds.includes(kind)}
              onChange={(on) => setKinds(findKinds.filter((k) => (k === kind ? on : kinds.includes(k))))}
            />
          ))}
        </fieldset>
        {kinds.includes("expression") && (
          <Row label={t("bind:find.within")}>
            {(id) => (
              <Select
                id={id}
                value={within}
                onChange={(v) => setWithin(v as "tags" | "any")}
                options={[
                  { value: "tags", label: t("bind:find.tagsOnly") },
                  { value: "any", label: t("bind:find.anywhere") },
                ]}
              />
            )}
          </Row>
        )}
      </div>
      {wrong && <Note kind="bad" title={t("bind:find.wrong", { why: wrong })} />}
      {!query && <p className="muted">{t("bind:find.help")}</p>}
      <div className="find-list">
        {[...groups].map(([screen, list]) => {
          const name = screen ? screenName(editor, lang, screen) : t("bind:find.ofApp");
          const all = hits.filter((h) => h.screen === screen);
          return (
            <section key={screen} aria-label={name}>
              <h3>
                <Check
                  label={
                    <>
                      {name} <span className="muted">{all.length}</span>
                    </>
                  }
                  checked={all.every((h) => !without.has(h.key))}
                  onChange={(on) => tick(all, on)}
                />
              </h3>
              <ul>
                {list.map((h) => {
                  const place = placeName(editor, lang, h);
                  return (
                    <li key={h.key} className="find-row" data-hit={h.key}>
                      <input
                        type="checkbox"
                        aria-label={t("bind:find.tick", { place })}
                        checked={!without.has(h.key)}
                        onChange={(e) => tick([h], e.target.checked)}
                      />
                      <span className={h.kind === "expression" || h.kind === "tag" ? "find-text mono" : "find-text"}>
                        <Marked hit={h} />
                        {by !== "" && (
                          <>
                            <ArrowRight size={12} aria-hidden className="muted" />
                            <span className="find-after">{replaced(h, search, by)}</span>
                          </>
                        )}
                      </span>
                      <span className="muted find-place">
                        {place} · {t(`bind:find.one.${h.kind}`)}
                      </span>
                      <IconButton small label={t("bind:find.jump", { place })} onClick={() => jump(h)}>
                        <LocateFixed size={14} aria-hidden />
                      </IconButton>
                    </li>
                  );
                })}
              </ul>
            </section>
          );
        })}
      </div>
    </Dialog>
  );
}

/** A text with what was found in it marked. */
function Marked({ hit }: { hit: Hit }) {
  const parts: React.ReactNode[] = [];
  let done = 0;
  for (const [from, to] of hit.spans) {
    parts.push(hit.text.slice(done, from), <mark key={from}>{hit.text.slice(from, to)}</mark>);
    done = to;
  }
  parts.push(hit.text.slice(done));
  return <span>{parts}</span>;
}

import "./bind/bind.css";
