import "./northbound.css";
import type { Northbound as Interface, NorthboundStatus, Plant } from "@lineside/client";
import { request } from "@lineside/client";
import { Download, Pencil, Plus, Share2, Trash2, Users } from "lucide-react";
import { useState } from "react";
import { textIn, useT } from "../i18n";
import { useCatalogue } from "../shell/catalogue";
import { ProblemList, Status, sayFailure } from "../shell/form";
import { asApiError, useResource } from "../shell/resource";
import { Button, Dialog, Empty, Icon, IconButton, Switch, useConfirm } from "../ui";
import { NorthboundDialog } from "./NorthboundDialog";

/** How the states of an interface are drawn: as those of a connection. */
const marks = { running: "connected", starting: "connecting", failed: "lost", disabled: "disabled" } as const;

/** The interfaces by which other systems read and write tags, with how each is doing. */
export function Northbound({ plant, reload }: { plant: Plant; reload(): Promise<void> }) {
  const t = useT();
  const types = useCatalogue()?.northbound;
  const states = useResource<NorthboundStatus[]>("/northbound", 1000);
  const asked = new URLSearchParams(location.search).get("northbound");
  const [editing, setEditing] = useState<Interface | "new" | undefined>(() =>
    (plant.northbound ?? []).find((one) => one.id === asked),
  );
  const [watching, setWatching] = useState<string>();
  const [ask, question] = useConfirm();
  const list = plant.northbound ?? [];
  const status = new Map((states.data ?? []).map((one) => [one.id, one]));
  const called = (one: Interface) => one.name || one.id;

  const change = async (patch: object) => {
    try {
      await request("PATCH", "/plant", patch);
      await Promise.all([reload(), states.reload()]);
    } catch (error) {
      sayFailure(asApiError(error));
    }
  };
  const remove = async (one: Interface) => {
    const title = t("northbound:remove", { name: called(one) });
    if (await ask({ title, text: t("northbound:removeText"), action: t("common:remove"), danger: true }))
      await change({ remove: { northbound: [one.id] } });
  };
  const adder = (
    <Button icon={<Plus size={16} aria-hidden />} look="primary" onClick={() => setEditing("new")}>
      {t("northbound:add")}
    </Button>
  );

  if (states.error?.status === 403) return <ProblemList problems={[states.error]} />;
  return (
    <section aria-label={t("northbound:northbound")} className="page-section">
      {list.length === 0 ? (
        <Empty icon={<Share2 size={32} aria-hidden />} title={t("northbound:none")} text={t("northbound:noneText")}>
          {adder}
        </Empty>
      ) : (
        <>
          <div className="page-tools">
            <span className="grow" />
            {adder}
          </div>
          <table className="table">
            <thead>
              <tr>
                <th>{t("northbound:interface")}</th>
                <th>{t("northbound:kind")}</th>
                <th>{t("plant:state")}</th>
                <th className="number">{t("plant:tags")}</th>
                <th className="number">{t("northbound:clients")}</th>
                <th className="number">{t("northbound:requests")}</th>
                <th className="number">{t("northbound:refused")}</th>
                <th className="number">{t("northbound:writes")}</th>
                <th>{t("plant:enabled")}</th>
                <th>
                  <span className="visually-hidden">{t("plant:actions")}</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {list.map((one) => {
                const now = status.get(one.id);
                const type = types?.find((kind) => kind.id === one.kind);
                const state = now?.state ?? (one.disabled ? "disabled" : "starting");
                return (
                  <tr key={one.id}>
                    <td>
                      <button type="button" className="link" onClick={() => setEditing(one)}>
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
                          void change({ put: { northbound: [{ ...one, disabled: on ? undefined : true }] } })
                        }
                      />
                    </td>
                    <td className="row-actions">
                      <IconButton
                        label={t("northbound:showClients", { name: called(one) })}
                        onClick={() => setWatching(one.id)}
                      >
                        <Users size={16} aria-hidden />
                      </IconButton>
                      {type?.export && (
                        <a
                          className="icon-button"
                          href={`/api/v1/northbound/${one.id}/map.csv`}
                          download={`${one.id}.csv`}
                          aria-label={t("northbound:export", { name: called(one) })}
                          title={t("northbound:export", { name: called(one) })}
                        >
                          <Download size={16} aria-hidden />
                        </a>
                      )}
                      <IconButton label={t("northbound:edit", { name: called(one) })} onClick={() => setEditing(one)}>
                        <Pencil size={16} aria-hidden />
                      </IconButton>
                      <IconButton
                        label={t("northbound:remove", { name: called(one) })}
                        onClick={() => void remove(one)}
                      >
                        <Trash2 size={16} aria-hidden />
                      </IconButton>
                    </td>
                  </tr>
                );
              })}
            </tbody>
          </table>
        </>
      )}
      {editing && (
        <NorthboundDialog
          plant={plant}
          present={editing === "new" ? undefined : editing}
          onClose={() => setEditing(undefined)}
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
      {question}
    </section>
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
