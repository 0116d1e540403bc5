// Whether a screen is a free canvas or a page of columns.
import { useEditor, useScreen } from "../../design/context";
import { isPage, toCanvas, toPage } from "../../document";
import { useT } from "../../i18n";
import { Select, Tooltip } from "../../ui";

export function LayoutRow() {
  const t = useT();
  const editor = useEditor();
  const screen = useScreen();
  return (
    <div className="prop" data-prop="layout">
      <Tooltip text={t("page:layout.help")} side="left">
        <label className="prop-label" htmlFor="screen-layout">
          {t("page:layout.title")}
        </label>
      </Tooltip>
      <div className="prop-value">
        <Select
          id="screen-layout"
          value={isPage(screen) ? "page" : "canvas"}
          options={(["canvas", "page"] as const).map((v) => ({ value: v, label: t(`page:layout.${v}`) }))}
          onChange={(v) => {
            editor.session.setState({ breakpoint: "large" });
            (v === "page" ? toPage : toCanvas)(editor.doc, editor.screen());
            editor.board?.fitScreen();
          }}
        />
      </div>
      <span className="bind-button" />
    </div>
  );
}
