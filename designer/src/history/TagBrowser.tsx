// Tags to choose pens from, found by the server.
import type { TagPage, TagState } from "@lineside/client";
import { Check as Chosen, Plus } from "lucide-react";
import { useEffect, useState } from "react";
import { useLanguage, useT } from "../i18n";
import { ProblemList } from "../shell/form";
import { useResource } from "../shell/resource";
import { Busy, Empty, SearchInput } from "../ui";

const part = 60;

/** Searches the tags and tells which are to be added or taken away. */
export function TagBrowser(props: { chosen: ReadonlySet<string>; full: boolean; onToggle(path: string): void }) {
  const t = useT();
  const [text, setText] = useState("");
  const [query, setQuery] = useState("");
  useEffect(() => {
    const timer = setTimeout(() => setQuery(text.trim()), 150);
    return () => clearTimeout(timer);
  }, [text]);
  const { data, error, reload } = useResource<TagPage>(`/tags?limit=${part}&q=${encodeURIComponent(query)}`);
  const lang = useLanguage();
  // biome-ignore lint/correctness/useExhaustiveDependencies: titles are in the language of the page
  useEffect(() => void reload(), [lang]);
  const shown = (data?.tags ?? []).filter((tag) => tag.type !== "bytes");
  return (
    <section className="trend-browser" aria-label={t("trends:tags")}>
      <SearchInput label={t("trends:searchTags")} value={text} onChange={setText} />
      {error && <ProblemList problems={[error]} />}
      {!data && !error && <Busy />}
      {data && shown.length === 0 && (
        <Empty
          title={t(query ? "trends:noTagFound" : "trends:noTags")}
          text={t(query ? "trends:noTagFoundText" : "trends:noTagsText")}
        />
      )}
      <ul className="trend-tags">
        {shown.map((tag) => (
          <li key={tag.path}>
            <TagRow
              tag={tag}
              chosen={props.chosen.has(tag.path)}
              full={props.full}
              onToggle={() => props.onToggle(tag.path)}
            />
          </li>
        ))}
      </ul>
      {data?.next && <p className="muted trend-more">{t("trends:moreTags")}</p>}
    </section>
  );
}

function TagRow({ tag, chosen, full, onToggle }: { tag: TagState; chosen: boolean; full: boolean; onToggle(): void }) {
  const t = useT();
  return (
    <button
      type="button"
      className="trend-tag"
      aria-pressed={chosen}
      disabled={full && !chosen}
      title={full && !chosen ? t("trends:full") : tag.path}
      onClick={onToggle}
    >
      {chosen ? <Chosen size={14} aria-hidden /> : <Plus size={14} aria-hidden />}
      <span className="trend-tag-words">
        <span>{tag.title || tag.path.split("/").pop()}</span>
        <span className="muted">{tag.path}</span>
      </span>
      {tag.unit && <span className="muted">{tag.unit}</span>}
    </button>
  );
}
