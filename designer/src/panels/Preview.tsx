// The real player over the editor, in the size of a panel, as eyes of other kinds see it.
import type { PreviewAnswer, PreviewAsk } from "@lineside/player";
import { RotateCw } from "lucide-react";
import { useCallback, useEffect, useRef, useState } from "react";
import { useEditor, useSession } from "../design/context";
import { type Language, useLanguage, useT } from "../i18n";
import { useTheme } from "../preferences";
import { Busy, IconButton, Segmented, Select } from "../ui";
import { colorMatrix, type Profile, profiles, scaleInto, type Vision, visions } from "./page/profiles";

type Shown = Profile["id"] | "free";
const ids: readonly Shown[] = ["free", ...profiles.map((p) => p.id)];
const targets = { off: 0, mouse: 24, touch: 44, gloves: 64 } as const;

export function Preview() {
  const t = useT();
  const editor = useEditor();
  const screen = useSession((s) => s.screen);
  const [ready, setReady] = useState(false);
  const [shown, setShown] = useState<Shown>("free");
  const [turned, setTurned] = useState(false);
  const [vision, setVision] = useState<Vision | "normal">("normal");
  const [language, setLanguage] = useState<Language>(useLanguage());
  const [theme, setTheme] = useState<"light" | "dark">(useTheme());
  const [least, setLeast] = useState<number>(0);
  const [small, setSmall] = useState<number>();
  const [there, setThere] = useState(false);
  const frame = useRef<HTMLIFrameElement>(null);
  const [stage, room] = useRoom();

  const profile = profiles.find((p) => p.id === shown);
  const [width, height] = !profile
    ? [0, 0]
    : turned
      ? [profile.height, profile.width]
      : [profile.width, profile.height];
  const scale = profile ? scaleInto(room, width, height) : 1;

  useEffect(() => {
    let alive = true;
    void editor.autosave.flush().finally(() => alive && setReady(true));
    return () => {
      alive = false;
    };
  }, [editor]);

  useEffect(() => {
    const hear = (e: MessageEvent<Partial<PreviewAnswer> | null>) => {
      if (e.origin !== location.origin || e.source !== frame.current?.contentWindow) return;
      if (e.data?.lineside === "ready") setThere(true);
      else if (e.data?.lineside === "targets") setSmall(e.data.small);
    };
    window.addEventListener("message", hear);
    return () => window.removeEventListener("message", hear);
  }, []);

  useEffect(() => {
    if (!there) return;
    const ask: PreviewAsk = { lineside: "preview", language, theme, targets: least };
    frame.current?.contentWindow?.postMessage(ask, location.origin);
    setSmall(undefined);
  }, [there, language, theme, least]);

  return (
    <section className="preview" aria-label={t("design:preview.title")}>
      <div className="preview-bar">
        <strong>{t("design:preview.title")}</strong>
        <Segmented<Shown>
          label={t("page:preview.profile")}
          value={shown}
          onChange={(id) => {
            setShown(id);
            setTurned(false);
            const next = profiles.find((p) => p.id === id);
            if (least > 0 || id === "glove") setLeast(next?.target ?? least);
          }}
          options={ids.map((p) => ({ value: p, label: t(`page:preview.${p}`) }))}
        />
        <IconButton label={t("page:preview.rotate")} disabled={!profile} onClick={() => setTurned(!turned)}>
          <RotateCw size={16} aria-hidden />
        </IconButton>
        <Select
          aria-label={t("page:preview.targets")}
          value={String(least)}
          options={(Object.keys(targets) as (keyof typeof targets)[]).map((k) => ({
            value: String(targets[k]),
            label: k === "off" ? t("page:preview.targetsOff") : t(`page:preview.${k}`),
          }))}
          onChange={(v) => setLeast(Number(v))}
        />
        <Select
          aria-label={t("page:preview.vision")}
          value={vision}
          options={(["normal", ...Object.keys(visions)] as (Vision | "normal")[]).map((v) => ({
            value: v,
            label: t(`page:preview.${v}`),
          }))}
          onChange={(v) => setVision(v as Vision | "normal")}
        />
        <Segmented<Language>
          label={t("page:preview.language")}
          value={language}
          onChange={setLanguage}
          options={[
            { value: "en", label: "English" },
            { value: "zh", label: "中文" },
          ]}
        />
        <Segmented<"light" | "dark">
          label={t("page:preview.theme")}
          value={theme}
          onChange={setTheme}
          options={(["light", "dark"] as const).map((v) => ({ value: v, label: t(`page:preview.${v}`) }))}
        />
      </div>
      <div className="preview-line" role="status">
        {profile && (
          <span>
            {width} × {height} · {t("page:preview.scale", { percent: Math.round(scale * 100) })}
          </span>
        )}
        {small !== undefined && (
          <span className={small > 0 ? "warn" : undefined}>
            {small > 0 ? t("page:preview.small", { count: small }) : t("page:preview.fine")}
          </span>
        )}
        <span className="muted">{t("design:preview.text")}</span>
      </div>
      <div className="preview-stage" ref={stage}>
        <svg className="preview-filters" aria-hidden="true">
          {(Object.keys(visions) as Vision[]).map((v) => (
            <filter key={v} id={`vision-${v}`} colorInterpolationFilters="linearRGB">
              <feColorMatrix type="matrix" values={colorMatrix(v)} />
            </filter>
          ))}
        </svg>
        {ready ? (
          <div
            className={profile ? "preview-panel framed" : "preview-panel"}
            style={profile ? { width: Math.round(width * scale), height: Math.round(height * scale) } : undefined}
          >
            <iframe
              ref={frame}
              title={t("design:preview.title")}
              src={`/run/${encodeURIComponent(editor.installation)}/${encodeURIComponent(screen)}?draft=1`}
              style={{
                ...(profile ? { width, height, transform: `scale(${scale})` } : {}),
                ...(vision === "normal" ? {} : { filter: `url(#vision-${vision})` }),
              }}
            />
          </div>
        ) : (
          <Busy />
        )}
      </div>
    </section>
  );
}

/** The size of an element, as it changes. */
function useRoom(): [(e: HTMLElement | null) => void, { width: number; height: number }] {
  const [room, setRoom] = useState({ width: 1280, height: 720 });
  const seen = useRef<ResizeObserver>(undefined);
  const hold = useCallback((e: HTMLElement | null) => {
    seen.current?.disconnect();
    if (!e) return;
    seen.current = new ResizeObserver(() => setRoom({ width: e.clientWidth, height: e.clientHeight }));
    seen.current.observe(e);
  }, []);
  return [hold, room];
}
