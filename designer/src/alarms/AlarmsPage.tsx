import { useState } from "react";
import { useT } from "../i18n";
import { Page } from "../shell/Page";
import { Tabs } from "../ui";
import { AlarmList } from "./AlarmList";
import { Journal } from "./Journal";

/** The alarms as they stand, those that are put away, and what has become of them. */
export default function AlarmsPage() {
  const t = useT();
  const [tab, setTab] = useState("standing");
  const lists = ["standing", "shelved", "suppressed", "out-of-service"] as const;
  return (
    <Page title={t("alarms:title")}>
      <Tabs
        label={t("alarms:title")}
        value={tab}
        onChange={setTab}
        tabs={[
          ...lists.map((id) => ({ id, label: t(`alarms:lists.${id}`), panel: <AlarmList list={id} /> })),
          { id: "journal", label: t("alarms:journal"), panel: <Journal /> },
        ]}
      />
    </Page>
  );
}
