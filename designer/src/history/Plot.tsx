// The plot with its keys.
import { type KeyboardEvent, useEffect, useId, useRef } from "react";
import { Chart, type Scene, type Told } from "../../../widgets/plot/chart";
import { plotKey } from "../../../widgets/plot/keys";
import { useT } from "../i18n";

export function Plot(props: {
  scene: Scene;
  told: Told;
  /** The time at which the keyboard has put the cursor. */
  held: number | undefined;
  onHeld(at: number | undefined): void;
  onPan(share: number): void;
  onZoom(factor: number, around: number | undefined): void;
  onWidth(pixels: number): void;
  label: string;
}) {
  const t = useT();
  const help = useId();
  const host = useRef<HTMLDivElement>(null);
  const chart = useRef<Chart>(undefined);
  const now = useRef(props);
  now.current = props;
  useEffect(() => {
    const place = host.current;
    if (!place) return;
    const told: Told = {
      cursor: (at) => now.current.told.cursor(at),
      zoom: (from, to) => now.current.told.zoom(from, to),
      select: (from, to) => now.current.told.select(from, to),
      wheel: (factor, around) => now.current.told.wheel(factor, around),
      pan: (share) => now.current.told.pan(share),
    };
    const it = new Chart(place, told);
    chart.current = it;
    const observer = new ResizeObserver(() => now.current.onWidth(place.clientWidth));
    observer.observe(place);
    now.current.onWidth(place.clientWidth);
    return () => {
      observer.disconnect();
      it.destroy();
      chart.current = undefined;
    };
  }, []);
  const { scene, held } = props;
  useEffect(() => chart.current?.show(scene), [scene]);
  useEffect(() => chart.current?.point(held), [held]);
  const keys = (e: KeyboardEvent) => {
    const meant = plotKey(e, scene, props.held);
    if (!meant) return;
    if (meant.do === "point") props.onHeld(meant.at);
    else if (meant.do === "pan") props.onPan(meant.share);
    else props.onZoom(meant.factor, props.held);
    e.preventDefault();
  };
  return (
    <div className="trend-plot">
      {/* biome-ignore lint/a11y/useSemanticElements: a plot has no element of its own */}
      <div
        ref={host}
        className="trend-canvas"
        role="group"
        aria-label={props.label}
        aria-describedby={help}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: the cursor is moved by keys
        tabIndex={0}
        onKeyDown={keys}
      />
      <p id={help} className="visually-hidden">
        {t("trends:keys")}
      </p>
    </div>
  );
}
