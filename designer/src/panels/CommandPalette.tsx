// One field over all commands, screens, widgets and tags.

import type { TagState } from "@lineside/client";
import { Monitor, Tag } from "lucide-react";
import { type ReactNode, useEffect, useMemo, useRef, useState } from "react";
import { commands, keysOf, run } from "../commands";
import { findTags } from "../design/api";
import { useEditor } from "../design/context";
import { groupType } from "../document";
import { textIn, useLanguage, useT } from "../i18n";
import { Dialog, Icon, SearchInput } from "../ui";

interface Entry {
  id: string;
  group: string;
  label: string;
  detail?: string;
  icon?: ReactNode;
  reason?: string;
  words: string;
  run: () => void;
}

export function CommandPalette({ onClose }: { onClose: () => void }) {
  const t = useT();
  const lang = useLanguage();
  const editor = useEditor();
  const [query, setQuery] = useState("");
  const [at, setAt] = useState(0);
  const [tags, setTags] = useState<TagState[]>([]);
  const list = useRef<HTMLDivElement>(null);

  useEffect(() => {
    if (query.trim().length < 2) return setTags([]);
    const stop = new AbortController();
    const timer = setTimeout(
      () =>
        findTags(query.trim(), 12, "", stop.signal).then(
          (p) => setTags(p.tags),
          () => {},
        ),
      150,
    );
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }, [query]);

  const fixed = useMemo<Entry[]>(() => {
    const out: Entry[] = [];
    // What can be done now goes before what cannot.
    const cannot = (c: (typeof commands)[number]) => Number(!!c.reason?.(editor));
    for (const c of commands.toSorted((a, b) => cannot(a) - cannot(b))) {
      if (c.id === "view.palette") continue;
      const reason = c.reason?.(editor);
      const Mark = c.icon;
      out.push({
        id: c.id,
        group: t("design:palette2.commands"),
        label: c.label[lang],
        detail: keysOf(c),
        icon: Mark && <Mark size={16} aria-hidden />,
        reason: reason?.[lang],
        words: `${c.label.en} ${c.label.zh}`,
        run: () => run(editor, c),
      });
    }
    const { order, screens } = editor.doc.state;
    for (const id of order) {
      const name = screens[id]?.screen.name;
      out.push({
        id: `s:${id}`,
        group: t("design:palette2.screens"),
        label: textIn(name, lang) || id,
        icon: <Monitor size={16} aria-hidden />,
        words: `${id} ${Object.values(name ?? {}).join(" ")}`,
        run: () => editor.session.setState({ screen: id, selection: [], scope: "" }),
      });
    }
    for (const m of editor.widgets)
      if (m.id !== groupType && !m.presets?.length)
        out.push({
          id: `w:${m.id}`,
          group: t("design:palette2.add"),
          label: t("design:palette2.addWidget", { name: textIn(m.title, lang) }),
          icon: <Icon name={m.icon} />,
          words: `${m.id} ${Object.values(m.title).join(" ")}`,
          run: () => editor.board?.addInMiddle(m),
        });
    for (const m of editor.widgets)
      for (const p of m.presets ?? [])
        out.push({
          id: `w:${m.id}/${p.id}`,
          group: t("design:palette2.add"),
          label: t("design:palette2.addWidget", { name: textIn(p.title, lang) }),
          icon: <Icon name={m.icon} />,
          words: [p.id, ...Object.values(p.title), ...Object.values(p.words ?? {})].join(" "),
          run: () => editor.board?.addInMiddle(m, p),
        });
    for (const id of order)
      for (const w of Object.values(screens[id]?.widgets ?? {})) {
        const name = w.name || w.id;
        out.push({
          id: `i:${id}/${w.id}`,
          group: t("design:palette2.widgets"),
          label: name,
          detail: textIn(screens[id]?.screen.name, lang) || id,
          icon: <Icon name={editor.manifests.get(w.type)?.icon} />,
          words: `${w.id} ${w.name ?? ""}`,
          run: () => {
            if (id !== editor.screen()) editor.session.setState({ screen: id, selection: [], scope: "" });
            editor.board?.reveal([w.id]);
          },
        });
      }
    return out;
  }, [editor, lang, t]);

  const entries = useMemo(() => {
    const words = query.toLowerCase().split(/\s+/).filter(Boolean);
    const hit = (e: Entry) => words.every((w) => e.words.toLowerCase().includes(w));
    const widgetGroup = t("design:palette2.widgets");
    const found = fixed.filter((e) => hit(e) && (words.length > 0 || e.group !== widgetGroup)).slice(0, 80);
    const shownTags = tags.map(
      (tag): Entry => ({
        id: `t:${tag.path}`,
        group: t("design:palette2.tags"),
        label: tag.path,
        detail: tag.title,
        icon: <Tag size={16} aria-hidden />,
        words: "",
        run: () => {
          const seen = editor.board?.seen();
          if (seen)
            editor.ui.setState({
              offer: {
                tags: [{ path: tag.path, type: tag.type, title: tag.title, writable: tag.writable }],
                at: { x: seen.x + seen.w / 2, y: seen.y + seen.h / 2 },
                client: { x: window.innerWidth / 2 - 120, y: window.innerHeight / 3 },
              },
            });
        },
      }),
    );
    return [...found, ...shownTags];
  }, [fixed, tags, query, t, editor]);

  const choose = (e: Entry | undefined) => {
    if (!e || e.reason) return;
    onClose();
    // After the dialog has given the focus back.
    setTimeout(e.run, 0);
  };
  const now = Math.min(at, entries.length - 1);
  return (
    <Dialog open onClose={onClose} title={t("design:palette2.title")}>
      <SearchInput
        autoFocus
        value={query}
        label={t("design:palette2.search")}
        onChange={(q) => {
          setQuery(q);
          setAt(0);
        }}
        onKeyDown={(e) => {
          if (e.key === "ArrowDown") setAt((now + 1) % Math.max(1, entries.length));
          else if (e.key === "ArrowUp") setAt((now - 1 + entries.length) % Math.max(1, entries.length));
          else if (e.key === "Enter") choose(entries[now]);
          else return;
          e.preventDefault();
        }}
      />
      <div className="palette-list" ref={list} role="listbox" aria-label={t("design:palette2.title")}>
        {entries.map((e, i) => (
          <div key={e.id}>
            {e.group !== entries[i - 1]?.group && <div className="menu-label">{e.group}</div>}
            {/* biome-ignore lint/a11y/useKeyWithClickEvents: the search field has the keys */}
            <div
              role="option"
              tabIndex={-1}
              aria-selected={i === now}
              aria-disabled={!!e.reason}
              ref={i === now ? (el) => el?.scrollIntoView({ block: "nearest" }) : undefined}
              className="menu-item"
              onClick={() => choose(e)}
            >
              <span className="icon">{e.icon}</span>
              <span className="label">
                {e.label}
                {e.reason && <span className="muted"> ({e.reason})</span>}
              </span>
              {e.detail && <span className="keys">{e.detail}</span>}
            </div>
          </div>
        ))}
        {entries.length === 0 && <p className="muted menu-label">{t("design:palette2.none")}</p>}
      </div>
    </Dialog>
  );
}
