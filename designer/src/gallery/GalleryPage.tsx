// Every widget in every state, with values of samples.
import type { Manifest } from "@lineside/client";
import type { Theme } from "@lineside/scene";
import { manifests } from "@lineside/widgets";
import { useEffect, useMemo, useRef, useState } from "react";
import { tilesOf } from "../../../widgets/examples";
import { type Language, textIn, useLanguage, useT } from "../i18n";
import { useTheme } from "../preferences";
import { navigate } from "../router";
import { Page } from "../shell/Page";
import { Button, Empty, Icon, Note, SearchInput, Segmented, Select } from "../ui";
import "./gallery.css";
import { TileView } from "./TileView";

const sizes = { small: 0.75, normal: 1, touch: 1.5, gloves: 2 } as const;
type Size = keyof typeof sizes;

const all = Object.values(manifests).sort((a, b) => a.id.localeCompare(b.id));
const categories = [...new Set(all.map((m) => m.category ?? "other"))].sort();

export default function GalleryPage() {
  const t = useT();
  const pageLang = useLanguage();
  const pageTheme = useTheme();
  const first = useMemo(() => new URLSearchParams(location.search), []);
  const [query, setQuery] = useState(first.get("q") ?? "");
  const [category, setCategory] = useState(() =>
    categories.includes(first.get("category") ?? "") ? (first.get("category") ?? "") : "",
  );
  const [size, setSize] = useState<Size>(
    () => ((first.get("size") ?? "") in sizes ? first.get("size") : "normal") as Size,
  );
  const [theme, setTheme] = useState<Theme | undefined>(() =>
    ["light", "dark"].includes(first.get("theme") ?? "") ? (first.get("theme") as Theme) : undefined,
  );
  const [lang, setLang] = useState<Language | undefined>(() =>
    ["en", "zh"].includes(first.get("lang") ?? "") ? (first.get("lang") as Language) : undefined,
  );
  const [only, setOnly] = useState(first.get("widget") ?? "");

  // What is looked at is in the address, so that it can be sent to somebody.
  useEffect(() => {
    const now = new URLSearchParams();
    for (const [name, value] of Object.entries({
      widget: only,
      q: query,
      category,
      theme,
      lang,
      size: size === "normal" ? "" : size,
    }))
      if (value) now.set(name, value);
    const address = `/design/gallery${now.size > 0 ? `?${now}` : ""}`;
    if (address !== location.pathname + location.search) navigate(address, { replace: true });
  }, [only, query, category, theme, lang, size]);

  const found = useMemo(() => {
    const words = query.toLowerCase().split(/\s+/).filter(Boolean);
    return all.filter((m) => {
      if (only) return m.id === only;
      const text = [m.id, ...Object.values(m.title), ...Object.values(m.summary ?? {})].join(" ").toLowerCase();
      return (category === "" || (m.category ?? "other") === category) && words.every((w) => text.includes(w));
    });
  }, [query, category, only]);

  const categoryName = (c: string) => {
    const name = t(`design:category.${c}`);
    return name.endsWith(`category.${c}`) ? c : name;
  };
  return (
    <Page title={t("gallery:title")}>
      <Note kind="info" title={t("gallery:samples")}>
        {t("gallery:samplesText")}
      </Note>
      <div className="gallery-tools">
        {only ? (
          <Button onClick={() => setOnly("")}>{t("gallery:showAll")}</Button>
        ) : (
          <>
            <SearchInput label={t("gallery:search")} value={query} onChange={setQuery} />
            <Select
              aria-label={t("gallery:category")}
              value={category}
              onChange={setCategory}
              options={[
                { value: "", label: t("gallery:allCategories") },
                ...categories.map((c) => ({ value: c, label: categoryName(c) })),
              ]}
            />
          </>
        )}
        <span className="grow" />
        <Segmented
          label={t("gallery:size")}
          value={size}
          options={(Object.keys(sizes) as Size[]).map((s) => ({ value: s, label: t(`gallery:sizes.${s}`) }))}
          onChange={setSize}
        />
        <Segmented
          label={t("gallery:theme")}
          value={theme ?? pageTheme}
          options={[
            { value: "light", label: t("gallery:light") },
            { value: "dark", label: t("gallery:dark") },
          ]}
          onChange={setTheme}
        />
        <Segmented
          label={t("gallery:language")}
          value={lang ?? pageLang}
          options={[
            { value: "en", label: "English" },
            { value: "zh", label: "中文" },
          ]}
          onChange={setLang}
        />
      </div>
      <p className="muted" role="status">
        {t("gallery:count", { count: found.length })}
      </p>
      {found.length === 0 && <Empty title={t("gallery:none")} text={t("gallery:noneText")} />}
      {found.map((m) => (
        <Section
          key={m.id}
          manifest={m}
          category={categoryName(m.category ?? "other")}
          theme={theme ?? pageTheme}
          lang={lang ?? pageLang}
          scale={sizes[size]}
          onOnly={only ? undefined : () => setOnly(m.id)}
        />
      ))}
    </Page>
  );
}

/** A widget with all its tiles; they are drawn while they are near to what is seen. */
function Section(props: {
  manifest: Manifest;
  category: string;
  theme: Theme;
  lang: Language;
  scale: number;
  onOnly?(): void;
}) {
  const t = useT();
  const pageLang = useLanguage();
  const place = useRef<HTMLElement>(null);
  const [near, setNear] = useState(false);
  const { manifest, lang, scale } = props;
  useEffect(() => {
    if (!place.current) return;
    const watcher = new IntersectionObserver(([e]) => setNear(e?.isIntersecting ?? false), { rootMargin: "600px" });
    watcher.observe(place.current);
    return () => watcher.disconnect();
  }, []);
  const tiles = useMemo(() => tilesOf(manifest, lang, Date.now(), scale), [manifest, lang, scale]);
  const title = textIn(manifest.title, pageLang);
  return (
    <section ref={place} className="gallery-widget" aria-label={title} data-widget={manifest.id}>
      <header>
        <Icon name={manifest.icon} size={18} />
        <h2>{title}</h2>
        <span className="muted">
          {manifest.id} · {props.category}
        </span>
        <span className="grow" />
        {props.onOnly && (
          <Button look="quiet" onClick={props.onOnly} aria-label={t("gallery:onlyThis", { name: title })}>
            {t("gallery:only")}
          </Button>
        )}
      </header>
      <p className="muted">{textIn(manifest.summary, pageLang)}</p>
      <div className="gallery-tiles">
        {tiles.map((tile) => (
          <TileView
            key={tile.id}
            tile={tile}
            manifest={manifest}
            theme={props.theme}
            lang={lang}
            near={near}
            title={textIn(tile.title, pageLang)}
          />
        ))}
      </div>
    </section>
  );
}
