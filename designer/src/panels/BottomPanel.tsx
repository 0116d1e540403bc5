import { X } from "lucide-react";
import { lazy, Suspense } from "react";
import { useEditor } from "../design/context";
import type { BottomTab } from "../design/editor";
import { useT } from "../i18n";
import { Busy, IconButton, Tabs } from "../ui";
import { BindingsPanel } from "./bind/BindingsPanel";
import { ProblemsPanel } from "./check/ProblemsPanel";

const JsonView = lazy(() => import("./JsonView").then((m) => ({ default: m.JsonView })));

/** Problems and the text of the document. */
export function BottomPanel({ tab }: { tab: BottomTab }) {
  const t = useT();
  const editor = useEditor();
  return (
    <Tabs
      className="panel-tabs"
      label={t("design:panel.bottom")}
      value={tab}
      onChange={(bottom) => editor.ui.setState({ bottom: bottom as BottomTab })}
      end={
        <IconButton small label={t("common:close")} onClick={() => editor.ui.setState({ bottom: undefined })}>
          <X size={14} aria-hidden />
        </IconButton>
      }
      tabs={[
        { id: "problems", label: t("design:tab.problems"), panel: <ProblemsPanel /> },
        { id: "bindings", label: t("bind:list.tab"), panel: <BindingsPanel /> },
        {
          id: "json",
          label: t("design:tab.json"),
          panel: (
            <Suspense fallback={<Busy />}>
              <JsonView />
            </Suspense>
          ),
        },
      ]}
    />
  );
}
