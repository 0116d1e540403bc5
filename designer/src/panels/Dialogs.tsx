import { useCallback } from "react";
import { useEditor, useUi } from "../design/context";
import type { Stashed } from "../design/stash";
import { WidgetDialog } from "../own/WidgetDialog";
import { BindMany } from "./bind/BindMany";
import { DropMany } from "./bind/DropMany";
import { UsesDialog } from "./bind/UsesDialog";
import { CommandPalette } from "./CommandPalette";
import { ConflictDialog, LeftWorkDialog } from "./ConflictDialog";
import { FindDialog } from "./FindDialog";
import { HistoryDialog } from "./HistoryDialog";
import { ImportDialog } from "./ImportDialog";
import { KeySheet } from "./KeySheet";
import { PublishDialog } from "./PublishDialog";
import { AppDialog, isAppDialog } from "./shell/AppDialog";

/** The dialogs of the editor; at most one is open, and a lost race goes before all others. */
export function Dialogs(props: { left: Stashed | undefined; onLeft: () => void }) {
  const editor = useEditor();
  const dialog = useUi((s) => s.dialog);
  const conflict = useUi((s) => s.conflict);
  const dropping = useUi((s) => !!s.dropMany);
  const own = useUi((s) => s.own);
  const close = () => editor.ui.setState({ dialog: undefined });
  // The list of widget types is where one came from.
  const closeOwn = useCallback(() => editor.ui.setState({ dialog: "app.widgets", own: undefined }), [editor]);
  if (conflict) return <ConflictDialog conflict={conflict} />;
  if (props.left) return <LeftWorkDialog work={props.left} onDone={props.onLeft} />;
  if (dialog === "bindMany") return <BindMany onClose={close} />;
  if (dialog === "uses") return <UsesDialog onClose={close} />;
  if (dropping) return <DropMany />;
  if (dialog === "palette") return <CommandPalette onClose={close} />;
  if (dialog === "find") return <FindDialog onClose={close} />;
  if (dialog === "keys") return <KeySheet onClose={close} />;
  if (dialog === "publish") return <PublishDialog onClose={close} />;
  if (dialog === "history") return <HistoryDialog onClose={close} />;
  if (dialog === "import") return <ImportDialog onClose={close} />;
  if (dialog === "own" && own)
    return <WidgetDialog key={own} id={own} onClose={closeOwn} onRenamed={(id) => editor.ui.setState({ own: id })} />;
  if (isAppDialog(dialog)) return <AppDialog part={dialog} onClose={close} />;
  return null;
}
