import "./northbound.css";
import type { Northbound as Interface, NorthboundStatus, Plant } from "@lineside/client";
import { request } from "@lineside/client";
import { Share2, Users } from "lucide-react";
import { useState } from "react";
import { textIn, useT } from "../i18n";
import { useCatalogue } from "../shell/catalogue";
import { ProblemList, Status } from "../shell/form";
import { attempt, DownloadLink, ListSection, ListTable, RowActions, useRows } from "../shell/list";
import { useResource } from "../shell/resource";
import { Button, Dialog, Empty, Icon, IconButton, Switch } from "../ui";
import { NorthboundDialog } from "./NorthboundDialog";

/** How the states of an interface are drawn: as those of a connection. */
const marks = { running: "connected", starting: "connecting", failed: "lost", disabled: "disabled" } as const;

/** The interfaces by which other systems read and write tags, with how each is doing. */
export function Northbound({ plant, reload }: { plant: Plant; reload(): Promise<void> }) {
  const t = useT();
  const types = useCatalogue()?.northbound;
  const states = useResource<NorthboundStatus[]>("/northbound", 1000);
  const asked = new URLSearchParams(location.search).get("northbound");
  const rows = useRows((plant.northbound ?? []).find((one) => one.id === asked));
  const [watching, setWatching] = useState<string>();
  const list = plant.northbound ?? [];
  const status = new Map((states.data ?? []).map((one) => [one.id, one]));
  const called = (one: Interface) => one.name || one.id;

  const change = async (patch: object) => {
    await request("PATCH", "/plant", patch);
    await Promise.all([reload(), states.reload()]);
  };
  const remove = (one: Interface) =>
    rows.remove({ title: t("northbound:remove", { name: called(one) }), text: t("northbound:removeText") }, () =>
      change({ remove: { northbound: [one.id] } }),
    );

  if (states.error?.status === 403) return <ProblemList problems={[states.error]} />;
  return (
    <ListSection
      label={t("northbound:northbound")}
      count={list.length}
      add={{ label: t("northbound:add"), onClick: rows.add }}
      empty={{ icon: <Share2 size={32} aria-hidden />, title: t("northbound:none"), text: t("northbound:noneText") }}
      more={
        <>
          {rows.editing && (
            <NorthboundDialog
              plant={plant}
              present={rows.present}
              onClose={rows.close}
              onSaved={async () => {
                await Promise.all([reload(), states.reload()]);
              }}
            />
          )}
          {watching && (
            <Clients
              name={called(list.find((one) => one.id === watching) ?? { id: watching, kind: "" })}
              status={status.get(watching)}
              onClose={() => setWatching(undefined)}
            />
          )}
          {rows.question}
        </>
      }
    >
      <ListTable
        columns={[
          t("northbound:interface"),
          t("northbound:kind"),
          t("plant:state"),
          ...[
            t("plant:tags"),
            t("northbound:clients"),
            t("northbound:requests"),
            t("northbound:refused"),
            t("northbound:writes"),
          ].map((label) => ({ label, number: true as const })),
          t("plant:enabled"),
        ]}
      >
        {list.map((one) => {
          const now = status.get(one.id);
          const type = types?.find((kind) => kind.id === one.kind);
          const state = now?.state ?? (one.disabled ? "disabled" : "starting");
          return (
            <tr key={one.id}>
              <td>
                <button type="button" className="link" onClick={() => rows.edit(one)}>
                  {called(one)}
                </button>
                {one.name && <span className="muted"> {one.id}</span>}
              </td>
              <td>
                <span className="with-icon">
                  <Icon name={type?.icon} /> {textIn(type?.title) || one.kind}
                </span>
              </td>
              <td>
                <Status state={marks[state]} label={t(`northbound:states.${state}`)} />
                {now?.place && <span className="muted selectable"> {now.place}</span>}
                {now?.error && state === "failed" && (
                  <div className="error-text selectable">
                    {now.error} {t("northbound:retry")}
                  </div>
                )}
              </td>
              <td className="number">{now?.tags ?? one.tags?.length ?? 0}</td>
              <td className="number">{now?.stats.connected ?? 0}</td>
              <td className="number">{now?.stats.requests ?? 0}</td>
              <td className="number">{now?.stats.refused ?? 0}</td>
              <td className="number">{now?.stats.writes ?? 0}</td>
              <td>
                <Switch
                  label={t("northbound:enable", { name: called(one) })}
                  checked={!one.disabled}
                  onChange={(on) =>
                    void attempt(() => change({ put: { northbound: [{ ...one, disabled: on ? undefined : true }] } }))
                  }
                />
              </td>
              <RowActions
                edit={{ label: t("northbound:edit", { name: called(one) }), onClick: () => rows.edit(one) }}
                remove={{ label: t("northbound:remove", { name: called(one) }), onClick: () => void remove(one) }}
              >
                <IconButton
                  label={t("northbound:showClients", { name: called(one) })}
                  onClick={() => setWatching(one.id)}
                >
                  <Users size={16} aria-hidden />
                </IconButton>
                {type?.export && (
                  <DownloadLink
                    label={t("northbound:export", { name: called(one) })}
                    href={`/api/v1/northbound/${one.id}/map.csv`}
                    name={`${one.id}.csv`}
                  />
                )}
              </RowActions>
            </tr>
          );
        })}
      </ListTable>
    </ListSection>
  );
}

/** Who is connected to an interface. */
function Clients({ name, status, onClose }: { name: string; status?: NorthboundStatus; onClose(): void }) {
  const t = useT();
  const time = (at?: string) => (at ? new Date(at).toLocaleTimeString() : "–");
  const peers = status?.stats.peers ?? [];
  return (
    <Dialog
      open
      title={t("northbound:showClients", { name })}
      onClose={onClose}
      footer={<Button onClick={onClose}>{t("common:close")}</Button>}
    >
      {peers.length === 0 ? (
        <Empty title={t("northbound:noClients")} text={t("northbound:noClientsText")} />
      ) : (
        <table className="table">
          <thead>
            <tr>
              <th>{t("northbound:client")}</th>
              <th>{t("northbound:since")}</th>
              <th>{t("northbound:last")}</th>
              <th className="number">{t("northbound:requests")}</th>
            </tr>
          </thead>
          <tbody>
            {peers.map((peer) => (
              <tr key={peer.address}>
                <td className="selectable">{peer.address}</td>
                <td>{time(peer.since)}</td>
                <td>{time(peer.last)}</td>
                <td className="number">{peer.requests}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </Dialog>
  );
}
