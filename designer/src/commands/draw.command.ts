// The drawing tools. Their keys are those of Figma and Excalidraw where these are free.
import { Cable, Circle, type LucideIcon, Slash, Spline, Square, Type, Waypoints } from "lucide-react";
import { language } from "../i18n";
import type { Command, Label } from "./command";

/** The types that have a tool, in the order of the strip. */
export const drawTypes = ["rectangle", "ellipse", "line", "polyline", "path", "pipe", "text"] as const;

function tool(type: (typeof drawTypes)[number], label: Label, icon: LucideIcon, key: string): Command {
  return {
    id: `draw.${type}`,
    group: "draw",
    label,
    icon,
    keys: [key],
    reason: (e) =>
      e.manifests.has(type) ? undefined : { en: "this runtime has no such widget", zh: "此运行时没有该控件" },
    run: (e) => {
      e.session.setState({ tool: { draw: type } });
      // Enter, Backspace and Escape are for the board now.
      e.board?.host.focus({ preventScroll: true });
      e.say("draw:say.tool", { name: label[language()] });
    },
  };
}

export default [
  tool("rectangle", { en: "Rectangle", zh: "矩形" }, Square, "R"),
  tool("ellipse", { en: "Ellipse", zh: "椭圆" }, Circle, "O"),
  tool("line", { en: "Line", zh: "直线" }, Slash, "L"),
  tool("polyline", { en: "Polyline", zh: "折线" }, Waypoints, "Shift+L"),
  tool("path", { en: "Curve", zh: "曲线" }, Spline, "B"),
  tool("pipe", { en: "Pipe", zh: "管道" }, Cable, "P"),
  tool("text", { en: "Text", zh: "文本" }, Type, "T"),
] satisfies Command[];
