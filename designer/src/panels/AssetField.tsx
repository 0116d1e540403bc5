// Choosing the model of an input, and the asset that stands for it.
import type { AssetPage, ModelState } from "@lineside/client";
import { request } from "@lineside/client";
import { Box } from "lucide-react";
import { type ReactNode, useEffect, useState } from "react";
import { type Translate, textIn, useLanguage, useT } from "../i18n";
import { asApiError, useResource } from "../shell/resource";
import { ErrorNote, IconButton, Popover, SearchInput, Select } from "../ui";

/** The list of models; one that the plant has not is still shown. */
export function ModelSelect(props: { label: string; value: string; onChange: (model: string) => void }) {
  const t = useT();
  const lang = useLanguage();
  const models = useResource<ModelState[]>("/models").data ?? [];
  const options = models.map((m) => ({ value: m.id, label: textIn(m.name, lang) || m.id }));
  if (!options.some((o) => o.value === props.value))
    options.unshift({ value: props.value, label: props.value || t("faceplate:noModel") });
  return <Select aria-label={props.label} value={props.value} onChange={props.onChange} options={options} />;
}

/** The button inside a field that opens the list of assets of a model. */
export function assetField(t: Translate, model = "") {
  return (present: string, done: (path: string) => void): ReactNode => (
    <AssetButton label={t("faceplate:chooseAsset")} model={model} present={present} done={done} />
  );
}

function AssetButton(props: { label: string; model: string; present: string; done: (path: string) => void }) {
  const [open, setOpen] = useState(false);
  return (
    <span className="trail">
      <Popover
        open={open}
        onOpenChange={setOpen}
        align="end"
        className="bind-popover"
        label={props.label}
        trigger={
          <IconButton small label={props.label}>
            <Box size={14} aria-hidden />
          </IconButton>
        }
      >
        <AssetPicker
          model={props.model}
          value={props.present}
          onChoose={(path) => {
            props.done(path);
            setOpen(false);
          }}
        />
      </Popover>
    </span>
  );
}

/** A list of assets to choose one from. */
export function AssetPicker(props: { model: string; value: string; onChoose: (path: string) => void }) {
  const t = useT();
  const lang = useLanguage();
  const [query, setQuery] = useState("");
  const [page, setPage] = useState<AssetPage>();
  const [error, setError] = useState<{ message: string; hint?: string }>();
  const [at, setAt] = useState(0);
  const { model } = props;
  useEffect(() => {
    const stop = new AbortController();
    const asked = new URLSearchParams({ limit: "200" });
    if (model) asked.set("model", model);
    if (query.trim()) asked.set("q", query.trim());
    const timer = setTimeout(
      () =>
        request<AssetPage>("GET", `/assets?${asked}`, undefined, { signal: stop.signal }).then(
          ({ data }) => {
            setPage(data);
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
  }, [query, model]);
  const assets = page?.assets ?? [];
  return (
    <div className="tag-picker">
      <SearchInput
        autoFocus
        value={query}
        onChange={setQuery}
        label={t("faceplate:searchAssets")}
        onKeyDown={(e) => {
          const row = assets[at];
          if (e.key === "ArrowDown") setAt(Math.min(assets.length - 1, at + 1));
          else if (e.key === "ArrowUp") setAt(Math.max(0, at - 1));
          else if (e.key === "Enter" && row) props.onChoose(row.path);
          else return;
          e.preventDefault();
        }}
      />
      <ErrorNote error={error} />
      <div className="pick-list" role="listbox" aria-label={t("faceplate:assets")}>
        {assets.map((asset, i) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the search field has the keys
          <div
            key={asset.path}
            ref={i === at ? (el) => el?.scrollIntoView({ block: "nearest" }) : undefined}
            role="option"
            tabIndex={-1}
            aria-selected={i === at}
            className={asset.path === props.value ? "pick-row present" : "pick-row"}
            onClick={() => props.onChoose(asset.path)}
          >
            <span className="tag-path" title={asset.path}>
              <bdi>{asset.path}</bdi>
            </span>
            <span className="muted">{textIn(asset.title, lang)}</span>
          </div>
        ))}
        {page && assets.length === 0 && (
          <p className="muted">{query ? t("faceplate:noneFound") : t("faceplate:noAssets")}</p>
        )}
      </div>
    </div>
  );
}
