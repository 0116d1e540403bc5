// What lies beside and over the board to find one's way: rulers, and the screen in small.
import { useEffect, useRef } from "react";
import { type Board, Minimap, Rulers } from "../canvas";
import { useSession } from "../design/context";
import { useT } from "../i18n";
import { useTheme } from "../preferences";
import "../design/aids.css";

export function BoardAids({ board }: { board: Board | undefined }) {
  const rulers = useSession((s) => s.rulers);
  const minimap = useSession((s) => s.minimap);
  if (!board) return null;
  return (
    <>
      {rulers && <BoardRulers board={board} />}
      {minimap && <BoardMap board={board} />}
    </>
  );
}

function BoardRulers({ board }: { board: Board }) {
  const t = useT();
  const theme = useTheme();
  const top = useRef<HTMLCanvasElement>(null);
  const left = useRef<HTMLCanvasElement>(null);
  const made = useRef<Rulers>(undefined);
  useEffect(() => {
    if (!top.current || !left.current) return;
    const rulers = new Rulers(board, top.current, left.current);
    made.current = rulers;
    return () => rulers.destroy();
  }, [board]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: other colours paint them again
  useEffect(() => made.current?.repaint(), [theme]);
  return (
    <>
      <div className="ruler-corner" />
      <canvas ref={top} className="ruler top" title={t("canvas:rulers.x")} aria-hidden />
      <canvas ref={left} className="ruler left" title={t("canvas:rulers.y")} aria-hidden />
    </>
  );
}

function BoardMap({ board }: { board: Board }) {
  const t = useT();
  const theme = useTheme();
  const canvas = useRef<HTMLCanvasElement>(null);
  const made = useRef<Minimap>(undefined);
  useEffect(() => {
    if (!canvas.current) return;
    const map = new Minimap(board, canvas.current);
    made.current = map;
    return () => map.destroy();
  }, [board]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: other colours paint it again
  useEffect(() => made.current?.repaint(), [theme]);
  return <canvas ref={canvas} className="minimap" title={t("canvas:minimap")} aria-hidden />;
}
