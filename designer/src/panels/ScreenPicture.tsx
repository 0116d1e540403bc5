// A screen as the player draws it, to be looked at only, with outlines around some widgets.
import type { Manifest } from "@lineside/client";
import { ScreenView, type Texts } from "@lineside/player";
import { useEffect, useMemo, useRef } from "react";
import { type Difference, type ScreenRecord, structureOf, toScreen } from "../document";
import { useLanguage } from "../i18n";
import { useTheme } from "../preferences";

export function ScreenPicture(props: {
  record: ScreenRecord;
  catalogue: readonly Manifest[];
  label: string;
  marks: ReadonlyMap<string, Difference>;
  /** The widget whose outline stands out. */
  chosen?: string;
  /** Texts by key and the language they are shown in, when it is not that of the pages. */
  texts?: Texts;
  language?: string;
  /** What lies around the page; "surface" when not given. */
  outside?: string;
}) {
  const { record, catalogue } = props;
  const pages = useLanguage();
  const lang = props.language ?? pages;
  const { texts } = props;
  const outside = useRef(props.outside ?? "surface");
  const theme = useTheme();
  const host = useRef<HTMLDivElement>(null);
  const view = useRef<ScreenView | undefined>(undefined);
  const screen = useMemo(() => toScreen(record), [record]);
  const first = useRef({ screen, theme, lang, texts });
  first.current = { screen, theme, lang, texts };

  useEffect(() => {
    if (!host.current) return;
    const { screen: document, theme, lang, texts } = first.current;
    const made = new ScreenView(host.current, {
      document,
      catalogue,
      theme,
      lang,
      texts,
      mode: "design",
      outside: outside.current,
    });
    view.current = made;
    const stop = made.onCamera(() => showWhole(made, first.current.screen));
    showWhole(made, document);
    return () => {
      view.current = undefined;
      stop();
      made.destroy();
    };
  }, [catalogue]);
  useEffect(() => {
    view.current?.setScreen(screen);
    if (view.current) showWhole(view.current, screen);
  }, [screen]);
  useEffect(() => {
    if (!view.current) return;
    view.current.theme = theme;
    view.current.lang = lang;
    view.current.texts = texts ?? {};
  }, [theme, lang, texts]);

  const boxes = structureOf(record).boxes;
  const { width, height } = record.screen;
  return (
    <div className="screen-picture" role="img" aria-label={props.label} style={{ aspectRatio: `${width} / ${height}` }}>
      {/* It is looked at, not used: no focus, no pointer, nothing for a screen reader. */}
      <div className="screen-picture-host" ref={host} inert />
      <svg viewBox={`0 0 ${width} ${height}`} preserveAspectRatio="xMidYMid meet" aria-hidden="true">
        {[...props.marks].map(([id, kind]) => {
          const box = boxes.get(id);
          if (!box) return null;
          return (
            <rect
              key={id}
              className={id === props.chosen ? `${kind} chosen` : kind}
              x={box.x - 3}
              y={box.y - 3}
              width={box.w + 6}
              height={box.h + 6}
              rx={3}
            />
          );
        })}
      </svg>
    </div>
  );
}

/** Shows the whole page, in the middle. */
function showWhole(view: ScreenView, page: { width: number; height: number }): void {
  const { width, height } = view.viewport;
  if (width === 0 || height === 0) return;
  const zoom = Math.min(width / page.width, height / page.height);
  const x = (page.width - width / zoom) / 2;
  const y = (page.height - height / zoom) / 2;
  const now = view.camera;
  if (Math.abs(now.zoom - zoom) < 1e-6 && Math.abs(now.x - x) < 1e-3 && Math.abs(now.y - y) < 1e-3) return;
  view.camera = { x, y, zoom };
}
