import { useEffect, useState } from "react";
import { useT } from "../i18n";
import { Page } from "../shell/Page";
import { Tabs } from "../ui";
import { AlarmList } from "./AlarmList";
import { AlarmSheet } from "./AlarmSheet";
import { Figures } from "./Figures";
import { Journal } from "./Journal";
import { onAsked } from "./places";

const lists = ["standing", "shelved", "suppressed", "out-of-service"] as const;

/** The alarms as they stand, those that are put away, what has become of them, and how good the alarm system is. */
export default function AlarmsPage() {
  const t = useT();
  const [tab, setTab] = useState(() => new URLSearchParams(location.search).get("tab") ?? "standing");
  const [asked, setAsked] = useState(0);
  useEffect(
    () =>
      onAsked(() => {
        setTab("standing");
        setAsked((n) => n + 1);
      }),
    [],
  );
  return (
    <Page title={t("alarms:title")}>
      <Tabs
        label={t("alarms:title")}
        value={tab}
        onChange={setTab}
        tabs={[
          ...lists.map((id) => ({ id, label: t(`alarms:lists.${id}`), panel: <AlarmList key={asked} list={id} /> })),
          { id: "journal", label: t("alarms:journal"), panel: <Journal /> },
          { id: "figures", label: t("alarmfigures:title"), panel: <Figures /> },
          { id: "sheet", label: t("alarmsheet:tab"), panel: <AlarmSheet /> },
        ]}
      />
    </Page>
  );
}
