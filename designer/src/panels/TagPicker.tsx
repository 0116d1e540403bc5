// A list of tags to choose one from, with their present values.

import type { TagState } from "@lineside/client";
import { useContext, useEffect, useState } from "react";
import { findTags } from "../design/api";
import { EditorContext } from "../design/context";
import { findInputTags, type InputTag } from "../design/inputtags";
import { useLanguage, useT } from "../i18n";
import { asApiError } from "../shell/resource";
import { ErrorNote, SearchInput } from "../ui";
import { TagValue } from "./TagBrowser";

export function TagPicker(props: {
  value: string;
  fits?: (tag: Pick<TagState, "path" | "type">) => boolean;
  onChoose: (path: string) => void;
}) {
  const t = useT();
  const lang = useLanguage();
  const editor = useContext(EditorContext);
  const [query, setQuery] = useState("");
  const [tags, setTags] = useState<(TagState | InputTag)[]>();
  const [error, setError] = useState<{ message: string; hint?: string }>();
  const [at, setAt] = useState(0);

  useEffect(() => {
    const stop = new AbortController();
    const timer = setTimeout(
      () =>
        Promise.all([
          findInputTags(editor?.doc.state.app.inputs ?? [], query, lang),
          findTags(query.trim(), 200, "", stop.signal),
        ]).then(
          ([ofInputs, page]) => {
            setTags([...ofInputs, ...page.tags]);
            setError(undefined);
            setAt(0);
          },
          (e) => !stop.signal.aborted && setError(asApiError(e)),
        ),
      query ? 200 : 0,
    );
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }, [query, editor, lang]);

  const good = (tag: Pick<TagState, "path" | "type">) => props.fits?.(tag) ?? true;
  // Until the server has answered, what is listed is narrowed here: Enter must not take what is on its way out.
  const words = query.trim().toLowerCase();
  const fitting = (tags ?? []).filter((tag) => `${tag.path} ${tag.title ?? ""}`.toLowerCase().includes(words));
  const sorted = (fitting.length > 0 ? fitting : (tags ?? [])).toSorted((a, b) => Number(good(b)) - Number(good(a)));
  return (
    <div className="tag-picker">
      <SearchInput
        autoFocus
        value={query}
        onChange={setQuery}
        label={t("design:tags.search")}
        onKeyDown={(e) => {
          if (e.key === "ArrowDown") setAt(Math.min(sorted.length - 1, at + 1));
          else if (e.key === "ArrowUp") setAt(Math.max(0, at - 1));
          else if (e.key === "Enter" && sorted[at]) props.onChoose((sorted[at] as { path: string }).path);
          else return;
          e.preventDefault();
        }}
      />
      <ErrorNote error={error} />
      <div className="pick-list" role="listbox" aria-label={t("design:tab.tags")}>
        {sorted.map((tag, i) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the search field has the keys
          <div
            key={tag.path}
            ref={i === at ? (el) => el?.scrollIntoView({ block: "nearest" }) : undefined}
            role="option"
            tabIndex={-1}
            aria-selected={i === at}
            className={["pick-row", tag.path === props.value && "present", !good(tag) && "dim"]
              .filter(Boolean)
              .join(" ")}
            onClick={() => props.onChoose(tag.path)}
          >
            <span className="tag-path" title={tag.title ? `${tag.path}: ${tag.title}` : tag.path}>
              <bdi>{tag.path}</bdi>
            </span>
            {"input" in tag ? (
              <span className="muted">{t("faceplate:ofInput", { name: tag.input })}</span>
            ) : (
              <TagValue
                value={{ v: tag.value, q: tag.quality, t: 0 }}
                unit={tag.unit}
                name={tag.qualityName}
                format={tag.format}
              />
            )}
          </div>
        ))}
        {tags?.length === 0 && <p className="muted">{query ? t("design:tags.none") : t("design:tags.empty")}</p>}
      </div>
    </div>
  );
}
