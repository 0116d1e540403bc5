// Over the board of a page: the width it is shown at, and what concerns all of its widgets there.
import { Monitor, Smartphone, Tablet } from "lucide-react";
import { useEditor, useScreen, useSession } from "../../design/context";
import { type Breakpoint, breakpoints, hasOwnCells, isPage } from "../../document";
import { useT } from "../../i18n";
import { Segmented } from "../../ui";
import { CommandButton } from "../CommandButton";
import "../../design/page.css";

const marks = { large: Monitor, medium: Tablet, small: Smartphone };

export function PageBar() {
  const t = useT();
  const editor = useEditor();
  const screen = useScreen();
  const at = useSession((s) => s.breakpoint);
  if (!screen || !isPage(screen)) return null;
  const own = hasOwnCells(screen, at);
  return (
    <div className="page-bar" role="toolbar" aria-label={t("page:bar")}>
      <Segmented<Breakpoint>
        label={t("page:bar")}
        value={at}
        onChange={(breakpoint) => editor.session.setState({ breakpoint })}
        options={breakpoints.map((b) => {
          const Mark = marks[b];
          return { value: b, label: t(`page:breakpoint.${b}`), icon: <Mark size={16} aria-hidden /> };
        })}
      />
      {at !== "large" && (
        <span className="muted">{own ? t("page:own") : t(at === "medium" ? "page:asLarge" : "page:stacked")}</span>
      )}
      {at !== "large" && own && <CommandButton id="page.reset" />}
      <CommandButton id="page.pack" />
    </div>
  );
}
