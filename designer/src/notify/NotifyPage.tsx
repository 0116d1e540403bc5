import { useState } from "react";
import { useT } from "../i18n";
import { ProblemList } from "../shell/form";
import { useMay } from "../shell/me";
import { Page } from "../shell/Page";
import { Busy, Note, Tabs } from "../ui";
import { Channels } from "./Channels";
import { DeliveryLog } from "./DeliveryLog";
import { Mine } from "./Mine";
import { Rosters } from "./Rosters";
import { Routes } from "./Routes";
import { type Setup, useSetup } from "./setup";
import "./notify.css";

/** Who is told of which alarms; everybody has their own part of it. */
export default function NotifyPage() {
  const t = useT();
  const administer = useMay("administer");
  return <Page title={t("notify:title")}>{administer ? <All /> : <Mine />}</Page>;
}

function All() {
  const t = useT();
  const setup = useSetup();
  const [tab, setTab] = useState(location.hash === "#mine" ? "mine" : "routes");
  const with_ = (draw: (setup: Setup) => React.ReactNode) =>
    setup.ready ? (
      <>
        {setup.problems.length > 0 && (
          <Note kind="warning" title={t("notify:stale")}>
            <ul className="plain-list">
              {setup.problems.map((p) => (
                <li key={`${p.at} ${p.message}`}>{p.message}</li>
              ))}
            </ul>
          </Note>
        )}
        {draw(setup.ready)}
      </>
    ) : setup.error ? (
      <ProblemList problems={[setup.error]} />
    ) : (
      <Busy />
    );
  return (
    <Tabs
      label={t("notify:title")}
      value={tab}
      onChange={setTab}
      tabs={[
        { id: "routes", label: t("notify:routes"), panel: with_((s) => <Routes setup={s} goTo={setTab} />) },
        { id: "channels", label: t("notify:channels"), panel: with_((s) => <Channels setup={s} />) },
        { id: "rosters", label: t("notify:rosters"), panel: with_((s) => <Rosters setup={s} />) },
        {
          id: "log",
          label: t("notify:log"),
          panel: with_((s) => <DeliveryLog channels={s.config.channels ?? []} routes={s.config.routes ?? []} />),
        },
        { id: "mine", label: t("notify:mine"), panel: <Mine /> },
      ]}
    />
  );
}
