// A widget of the app's own as the player draws it, alone on a page.
import type { Drawing, LiveValue, Manifest } from "@lineside/client";
import { ScreenView } from "@lineside/player";
import { useEffect, useRef } from "react";
import { useLanguage } from "../i18n";
import { useTheme } from "../preferences";

const margin = 16;

export function WidgetPicture(props: {
  manifest: Manifest;
  drawing: Drawing;
  label: string;
  settings?: Readonly<Record<string, unknown>>;
  /** The values of its parts and settings. */
  values?: Readonly<Record<string, LiveValue>>;
  /** It is pressed: by the name of an event. Without it, it is only looked at. */
  onEvent?: (name: string, data: unknown) => void;
}) {
  const { manifest, drawing, values } = props;
  const host = useRef<HTMLDivElement>(null);
  const view = useRef<ScreenView | undefined>(undefined);
  const lang = useLanguage();
  const theme = useTheme();
  const latest = useRef(props);
  latest.current = props;
  const acts = !!props.onEvent;
  const settings = JSON.stringify(props.settings ?? {});

  useEffect(() => {
    if (!host.current) return;
    const { width, height } = manifest.size;
    const made = new ScreenView(host.current, {
      document: {
        id: "own",
        name: {},
        width: width + 2 * margin,
        height: height + 2 * margin,
        ground: "surface",
        widgets: [
          { id: "it", type: manifest.id, x: margin, y: margin, w: width, h: height, props: JSON.parse(settings) },
        ],
      },
      catalogue: [manifest],
      drawings: { [manifest.id]: drawing },
      theme,
      lang,
      mode: acts ? "run" : "design",
      outside: "surface",
      emit: (_, name, data) => {
        latest.current.onEvent?.(name, data);
        return Promise.resolve(undefined);
      },
    });
    if (!acts) {
      const whole = () => {
        const { clientWidth: w, clientHeight: h } = host.current ?? { clientWidth: 0, clientHeight: 0 };
        const zoom = Math.max(0.05, Math.min(4, w / (width + 2 * margin), h / (height + 2 * margin)));
        made.camera = { x: (width + 2 * margin) / 2 - w / zoom / 2, y: (height + 2 * margin) / 2 - h / zoom / 2, zoom };
      };
      whole();
    }
    if (latest.current.values) made.setValues({ it: { ...latest.current.values } });
    view.current = made;
    return () => {
      view.current = undefined;
      made.destroy();
    };
  }, [manifest, drawing, settings, theme, lang, acts]);

  useEffect(() => {
    if (values) view.current?.setValues({ it: { ...values } });
  }, [values]);

  const picture = <div ref={host} className="own-picture-host" inert={!acts} />;
  return acts ? (
    <section className="own-picture" aria-label={props.label}>
      {picture}
    </section>
  ) : (
    <div className="own-picture" role="img" aria-label={props.label}>
      {picture}
    </div>
  );
}
