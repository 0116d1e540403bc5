import type { Problem } from "@lineside/client";
import { useEffect } from "react";
import type { Editor } from "../../design/editor";

/** Goes to the place that the address of the page names: ?at=/screens/0/widgets/3/props/value. */
export function useJump(editor: Editor): void {
  useEffect(() => {
    const at = new URLSearchParams(location.search).get("at");
    if (!at) return;
    const timer = setTimeout(() => {
      if (at.startsWith("/screens/")) editor.jump({ at } as Problem);
      else if (at.startsWith("/inputs/")) editor.ui.setState({ dialog: "app.inputs" });
      else if (at.startsWith("/alarms/")) editor.ui.setState({ dialog: "app.alarms" });
      else if (at.startsWith("/tags/")) editor.ui.setState({ dialog: "app.tags" });
    }, 100);
    return () => clearTimeout(timer);
  }, [editor]);
}
