import type { ReportList } from "@lineside/client";
import { useState } from "react";
import { useT } from "../i18n";
import { ProblemList } from "../shell/form";
import { Page } from "../shell/Page";
import { useResource } from "../shell/resource";
import { Busy, Note, Tabs } from "../ui";
import { Archive } from "./Archive";
import { ReportTable } from "./ReportTable";
import "./reports.css";
import { Shifts } from "./Shifts";

const tabs = ["list", "archive", "shifts"];

/** The reports there are, what was made of them, and the shifts they go by. */
export default function ReportsPage() {
  const t = useT();
  const [tab, setTab] = useState(() => {
    const asked = location.hash.slice(1);
    return tabs.includes(asked) ? asked : "list";
  });
  const list = useResource<ReportList>("/reports", 5000);
  return (
    <Page title={t("reports:title")}>
      {list.error && <ProblemList problems={[list.error]} />}
      {!list.data && !list.error && <Busy />}
      {list.data && !list.data.font && (
        <Note kind="warning" title={t("reports:noFont")}>
          {t("reports:noFontText")}
        </Note>
      )}
      {list.data && (
        <Tabs
          label={t("reports:title")}
          value={tab}
          onChange={(next) => {
            history.replaceState(null, "", `#${next}`);
            setTab(next);
          }}
          tabs={[
            {
              id: "list",
              label: t("reports:tabs.list"),
              panel: (
                <ReportTable
                  list={list.data}
                  reload={list.reload}
                  onMade={() => {
                    setTab("archive");
                    void list.reload();
                  }}
                />
              ),
            },
            { id: "archive", label: t("reports:tabs.archive"), panel: <Archive list={list.data} /> },
            ...(list.data.mayEdit ? [{ id: "shifts", label: t("reports:tabs.shifts"), panel: <Shifts /> }] : []),
          ]}
        />
      )}
    </Page>
  );
}
