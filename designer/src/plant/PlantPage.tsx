import type { DeviceStatus, Plant } from "@lineside/client";
import { useState } from "react";
import { useT } from "../i18n";
import { ProblemList } from "../shell/form";
import { Page } from "../shell/Page";
import { useResource } from "../shell/resource";
import { Busy, Tabs } from "../ui";
import { Devices } from "./Devices";
import { Tags } from "./Tags";

/** The plant: what is really there. */
export default function PlantPage() {
  const t = useT();
  const [tab, setTab] = useState("devices");
  const plant = useResource<Plant>("/plant");
  const devices = useResource<DeviceStatus[]>("/devices", 1000);
  const reload = async () => {
    await Promise.all([plant.reload(), devices.reload()]);
  };
  return (
    <Page title={t("shell:plant")}>
      {plant.error && <ProblemList problems={[plant.error]} />}
      {!plant.data && !plant.error && <Busy />}
      {plant.data && (
        <Tabs
          label={t("shell:plant")}
          value={tab}
          onChange={setTab}
          tabs={[
            {
              id: "devices",
              label: t("plant:devices"),
              panel: <Devices plant={plant.data} devices={devices.data ?? []} reload={reload} />,
            },
            { id: "tags", label: t("plant:tags"), panel: <Tags plant={plant.data} reload={reload} /> },
          ]}
        />
      )}
    </Page>
  );
}
