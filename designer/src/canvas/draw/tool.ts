// What a press on the board does.

/** Draws widgets of a type. It stays after the first one when `keep` is set, else selecting comes back. */
export interface DrawTool {
  draw: string;
  keep?: boolean;
}

/** select chooses and moves, hand moves the view. */
export type Tool = "select" | "hand" | DrawTool;

/** The type that a tool draws; undefined when it does not draw. */
export const drawnType = (tool: Tool): string | undefined => (typeof tool === "object" ? tool.draw : undefined);
