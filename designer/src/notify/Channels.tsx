import type { MessageChannel } from "@lineside/client";
import { Megaphone } from "lucide-react";
import { useState } from "react";
import { textIn, useT } from "../i18n";
import { Status, TextField } from "../shell/form";
import { attempt, ListSection, ListTable, RowActions, useRows } from "../shell/list";
import { asApiError } from "../shell/resource";
import { useTime } from "../shell/time";
import { Switch } from "../ui";
import { ChannelDialog } from "./ChannelDialog";
import { ServiceIcon } from "./ServiceIcon";
import { put, type Setup } from "./setup";

/** The ways by which messages leave, and how each is doing. */
export function Channels({ setup }: { setup: Setup }) {
  const t = useT();
  const time = useTime();
  const rows = useRows<MessageChannel>();
  const { config, kinds, state } = setup;
  const list = config.channels ?? [];
  const called = (c: MessageChannel) => c.name || c.id;
  const save = (channels: MessageChannel[]) => setup.save({ ...config, channels });
  const remove = async (c: MessageChannel) => {
    const users = (config.routes ?? []).filter((r) => r.steps.some((s) => s.channels.includes(c.id)));
    const title = t("notify:removeChannel", { name: called(c) });
    const text = users.length
      ? t("notify:channelUsed", { routes: users.map((r) => r.name || r.id).join(", ") })
      : t("notify:removeChannelText");
    await rows.remove({ title, text }, () => save(list.filter((one) => one.id !== c.id)));
  };
  return (
    <ListSection
      label={t("notify:channels")}
      count={list.length}
      add={{ label: t("notify:addChannel"), onClick: rows.add }}
      empty={{
        icon: <Megaphone size={32} aria-hidden />,
        title: t("notify:noChannels"),
        text: t("notify:noChannelsText"),
      }}
      tools={<Address setup={setup} />}
      more={
        <>
          {rows.editing && <ChannelDialog setup={setup} present={rows.present} onClose={rows.close} />}
          {rows.question}
        </>
      }
    >
      <ListTable
        columns={[
          t("notify:channel"),
          t("notify:kind"),
          t("plant:state"),
          { label: t("notify:waiting"), number: true },
          t("notify:lastSent"),
          t("plant:enabled"),
        ]}
      >
        {list.map((c) => {
          const kind = kinds.find((k) => k.id === c.kind);
          const preset = kind?.presets?.find((p) => p.id === c.preset);
          const now = state?.channels[c.id];
          return (
            <tr key={c.id}>
              <td>
                <button type="button" className="link" onClick={() => rows.edit(c)}>
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
                  onChange={(on) => void attempt(() => save(put(list, { ...c, disabled: on ? undefined : true })))}
                />
              </td>
              <RowActions
                edit={{ label: t("notify:editChannel", { name: called(c) }), onClick: () => rows.edit(c) }}
                remove={{ label: t("notify:removeChannel", { name: called(c) }), onClick: () => void remove(c) }}
              />
            </tr>
          );
        })}
      </ListTable>
    </ListSection>
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
