import type { DeviceStatus, Plant, PlantTagPage } from "@lineside/client";
import { useEffect, useState } from "react";
import { useT } from "../i18n";
import { ProblemList, Status } from "../shell/form";
import { Page } from "../shell/Page";
import { useResource } from "../shell/resource";
import { Busy, Tabs } from "../ui";
import { Assets } from "./Assets";
import { AlarmClasses } from "./alarms/AlarmClasses";
import { Devices } from "./Devices";
import { Models } from "./Models";
import { Northbound } from "./Northbound";
import { Tags } from "./Tags";

/** The plant: what is really there. */
export default function PlantPage() {
  const t = useT();
  const [tab, setTab] = useState(() => {
    const asked = new URLSearchParams(location.search);
    return asked.has("tag")
      ? "tags"
      : asked.has("asset")
        ? "assets"
        : asked.has("northbound")
          ? "northbound"
          : "devices";
  });
  // The tags are found by the server, page by page: there may be very many.
  const plant = useResource<Plant>("/plant?without=tags");
  const devices = useResource<DeviceStatus[]>("/devices", 1000);
  const [badOnly, setBadOnly] = useState(false);
  const { data: summary, reload: countTags } = useResource<PlantTagPage>("/plant/tags?limit=0", 2000);
  const bad = summary?.bad ?? 0;
  const count = (state: string) => (devices.data ?? []).filter((device) => device.state === state).length;
  const reload = async () => {
    await Promise.all([plant.reload(), devices.reload(), countTags()]);
  };
  // Others work on the plant, too.
  const { etag, loading, reload: loadPlant } = plant;
  const newer = summary?.etag;
  useEffect(() => {
    if (newer && etag && newer !== etag && !loading) void loadPlant();
  }, [newer, etag, loading, loadPlant]);
  return (
    <Page title={t("shell:plant")}>
      {plant.error && <ProblemList problems={[plant.error]} />}
      {!plant.data && !plant.error && <Busy />}
      {plant.data && (
        <Tabs
          label={t("shell:plant")}
          value={tab}
          onChange={setTab}
          end={
            <output className="plant-state" aria-label={t("plant:state")}>
              {(["connected", "connecting", "lost"] as const)
                .filter((state) => count(state) > 0)
                .map((state) => (
                  <Status key={state} state={state} label={t(`plant:counts.${state}`, { count: count(state) })} />
                ))}
              {bad > 0 && (
                <button
                  type="button"
                  className="link"
                  onClick={() => {
                    setBadOnly(true);
                    setTab("tags");
                  }}
                >
                  {t("plant:counts.bad", { count: bad })}
                </button>
              )}
              {bad === 0 && !!summary?.all && <span className="muted">{t("plant:counts.good")}</span>}
            </output>
          }
          tabs={[
            {
              id: "devices",
              label: t("plant:devices"),
              panel: <Devices plant={plant.data} devices={devices.data ?? []} reload={reload} />,
            },
            {
              id: "tags",
              label: t("plant:tags"),
              panel: (
                <Tags
                  plant={plant.data}
                  summary={summary}
                  badOnly={badOnly}
                  onBadOnly={setBadOnly}
                  reload={reload}
                  onAsset={(path) => {
                    history.replaceState(null, "", `?${new URLSearchParams({ asset: path })}`);
                    setTab("assets");
                  }}
                />
              ),
            },
            {
              id: "models",
              label: t("assets:models"),
              panel: <Models plant={plant.data} tags={summary?.all ?? 0} reload={reload} />,
            },
            {
              id: "assets",
              label: t("assets:assets"),
              panel: <Assets plant={plant.data} reload={reload} onModels={() => setTab("models")} />,
            },
            {
              id: "alarms",
              label: t("alarmset:classes.title"),
              panel: <AlarmClasses plant={plant.data} reload={reload} />,
            },
            {
              id: "northbound",
              label: t("northbound:northbound"),
              panel: <Northbound plant={plant.data} reload={reload} />,
            },
          ]}
        />
      )}
    </Page>
  );
}
