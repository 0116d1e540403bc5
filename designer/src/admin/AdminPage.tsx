import { useState } from "react";
import { useT } from "../i18n";
import { Page } from "../shell/Page";
import { Tabs } from "../ui";
import { Audit } from "./Audit";
import { Tokens } from "./Tokens";
import { Users } from "./Users";

/** People, tokens and the audit trail. */
export default function AdminPage() {
  const t = useT();
  const [tab, setTab] = useState("users");
  return (
    <Page title={t("shell:admin")}>
      <Tabs
        label={t("shell:admin")}
        value={tab}
        onChange={setTab}
        tabs={[
          { id: "users", label: t("admin:users"), panel: <Users /> },
          { id: "tokens", label: t("admin:tokens"), panel: <Tokens /> },
          { id: "audit", label: t("admin:audit"), panel: <Audit /> },
        ]}
      />
    </Page>
  );
}
