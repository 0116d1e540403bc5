// One state of a widget, drawn by the player itself.
import type { Manifest } from "@lineside/client";
import { ScreenView } from "@lineside/player";
import type { Theme } from "@lineside/scene";
import { useEffect, useRef } from "react";
import type { Tile } from "../../../widgets/examples";
import type { Language } from "../i18n";
import { sampleAlarms, samplePast, sampleRecaller } from "./samples";

const drawings = {};

/** Draws while `near`: a page of all of them at once would be more canvases than a browser likes. */
export function TileView(props: {
  tile: Tile;
  manifest: Manifest;
  theme: Theme;
  lang: Language;
  near: boolean;
  title: string;
}) {
  const host = useRef<HTMLDivElement>(null);
  const { tile, manifest, theme, lang, near } = props;
  useEffect(() => {
    const place = host.current;
    if (!place || !near) return;
    const view = new ScreenView(place, {
      document: tile.screen,
      catalogue: undefined,
      meta: tile.meta,
      theme,
      lang,
      drawings,
      mode: "run",
      alarms: sampleAlarms(lang, Date.now()),
      past: samplePast,
      recaller: sampleRecaller,
      emit: async () => undefined,
    });
    view.setValues(tile.values);
    if (tile.focused) view.focus("w");
    view.connected = tile.connected;
    return () => view.destroy();
  }, [tile, theme, lang, near]);
  return (
    <figure className="gallery-tile" data-tile={`${manifest.id}/${tile.id}`}>
      <figcaption>{props.title}</figcaption>
      <div ref={host} className="gallery-screen" style={{ width: tile.screen.width, height: tile.screen.height }} />
    </figure>
  );
}
