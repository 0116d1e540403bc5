import type { MessageChannel } from "@lineside/client";
import { Megaphone, Pencil, Plus, Trash2 } from "lucide-react";
import { useState } from "react";
import { textIn, useT } from "../i18n";
import { Status, sayFailure, TextField } from "../shell/form";
import { asApiError } from "../shell/resource";
import { useTime } from "../shell/time";
import { Button, Empty, IconButton, Switch, useConfirm } from "../ui";
import { ChannelDialog } from "./ChannelDialog";
import { ServiceIcon } from "./ServiceIcon";
import { put, type Setup } from "./setup";

/** The ways by which messages leave, and how each is doing. */
export function Channels({ setup }: { setup: Setup }) {
  const t = useT();
  const time = useTime();
  const [editing, setEditing] = useState<MessageChannel | "new">();
  const [ask, question] = useConfirm();
  const { config, kinds, state } = setup;
  const list = config.channels ?? [];
  const called = (c: MessageChannel) => c.name || c.id;
  const save = async (channels: MessageChannel[]) => {
    try {
      await setup.save({ ...config, channels });
    } catch (error) {
      sayFailure(asApiError(error));
    }
  };
  const remove = async (c: MessageChannel) => {
    const users = (config.routes ?? []).filter((r) => r.steps.some((s) => s.channels.includes(c.id)));
    const title = t("notify:removeChannel", { name: called(c) });
    const text = users.length
      ? t("notify:channelUsed", { routes: users.map((r) => r.name || r.id).join(", ") })
      : t("notify:removeChannelText");
    if (await ask({ title, text, action: t("common:remove"), danger: true }))
      await save(list.filter((one) => one.id !== c.id));
  };
  const adder = (
    <Button icon={<Plus size={16} aria-hidden />} look="primary" onClick={() => setEditing("new")}>
      {t("notify:addChannel")}
    </Button>
  );
  return (
    <section className="page-section" aria-label={t("notify:channels")}>
      {list.length === 0 ? (
        <Empty
          icon={<Megaphone size={32} aria-hidden />}
          title={t("notify:noChannels")}
          text={t("notify:noChannelsText")}
        >
          {adder}
        </Empty>
      ) : (
        <>
          <div className="page-tools">
            <Address setup={setup} />
            <span className="grow" />
            {adder}
          </div>
          <table className="table">
            <thead>
              <tr>
                <th>{t("notify:channel")}</th>
                <th>{t("notify:kind")}</th>
                <th>{t("plant:state")}</th>
                <th className="number">{t("notify:waiting")}</th>
                <th>{t("notify:lastSent")}</th>
                <th>{t("plant:enabled")}</th>
                <th>
                  <span className="visually-hidden">{t("plant:actions")}</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {list.map((c) => {
                const kind = kinds.find((k) => k.id === c.kind);
                const preset = kind?.presets?.find((p) => p.id === c.preset);
                const now = state?.channels[c.id];
                return (
                  <tr key={c.id}>
                    <td>
                      <button type="button" className="link" onClick={() => setEditing(c)}>
                        {called(c)}
                      </button>
                    </td>
                    <td>
                      <span className="with-icon">
                        <ServiceIcon name={preset?.icon ?? kind?.icon} /> {textIn((preset ?? kind)?.title) || c.kind}
                      </span>
                    </td>
                    <td>
                      {c.disabled ? (
                        <Status state="disabled" label={t("notify:off")} />
                      ) : now?.failing ? (
                        <>
                          <Status state="lost" label={t("notify:failing")} />
                          <div className="error-text">{now.error}</div>
                        </>
                      ) : (
                        <Status state="connected" label={now?.sent ? t("notify:working") : t("notify:idle")} />
                      )}
                    </td>
                    <td className="number">{now?.waiting ?? 0}</td>
                    <td>{now?.sent ? time(now.sent) : ""}</td>
                    <td>
                      <Switch
                        label={t("notify:enable", { name: called(c) })}
                        checked={!c.disabled}
                        onChange={(on) => void save(put(list, { ...c, disabled: on ? undefined : true }))}
                      />
                    </td>
                    <td className="row-actions">
                      <IconButton label={t("notify:editChannel", { name: called(c) })} onClick={() => setEditing(c)}>
                        <Pencil size={16} aria-hidden />
                      </IconButton>
                      <IconButton label={t("notify:removeChannel", { name: called(c) })} onClick={() => void remove(c)}>
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
        <ChannelDialog
          setup={setup}
          present={editing === "new" ? undefined : editing}
          onClose={() => setEditing(undefined)}
        />
      )}
      {question}
    </section>
  );
}

/** The address at which people reach this server: what links in messages lead to. */
function Address({ setup }: { setup: Setup }) {
  const t = useT();
  const [url, setUrl] = useState(setup.config.url ?? "");
  const [wrong, setWrong] = useState<string>();
  const save = async () => {
    if (url.trim() === (setup.config.url ?? "")) return;
    try {
      await setup.save({ ...setup.config, url: url.trim() || undefined });
      setWrong(undefined);
    } catch (error) {
      setWrong(asApiError(error).message);
    }
  };
  return (
    <div className="notify-address">
      <TextField
        label={t("notify:address")}
        hint={t("notify:addressHint")}
        error={wrong}
        value={url}
        onChange={setUrl}
        onBlur={() => void save()}
        onEnter={() => void save()}
        placeholder={location.origin}
        inputMode="url"
      />
    </div>
  );
}
