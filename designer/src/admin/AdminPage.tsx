import { useState } from "react";
import { Backup } from "../backup/Backup";
import { Exports } from "../backup/Exports";
import { useT } from "../i18n";
import { Page } from "../shell/Page";
import { HistoryStorage } from "../storage/HistoryStorage";
import { Tabs } from "../ui";
import { Audit } from "./Audit";
import { Certificates } from "./Certificates";
import { Tokens } from "./Tokens";
import { Users } from "./Users";
import { Writes } from "./Writes";

/** People, tokens, certificates and the audit trail. */
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
          { id: "certificates", label: t("certificates:title"), panel: <Certificates /> },
          { id: "writes", label: t("writes:title"), panel: <Writes /> },
          { id: "storage", label: t("storage:title"), panel: <HistoryStorage /> },
          { id: "backup", label: t("backup:title"), panel: <Backup /> },
          { id: "exports", label: t("export:title"), panel: <Exports /> },
          { id: "audit", label: t("admin:audit"), panel: <Audit /> },
        ]}
      />
    </Page>
  );
}
