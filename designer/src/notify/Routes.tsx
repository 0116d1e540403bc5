import type { MessageRoute } from "@lineside/client";
import { ArrowRight, Split } from "lucide-react";
import { useT } from "../i18n";
import { attempt, ListSection, RowButtons, useRows } from "../shell/list";
import { Button, Empty, Switch } from "../ui";
import { RouteDialog } from "./RouteDialog";
import { useSentence } from "./sentence";
import { put, type Setup } from "./setup";

/** Who is told of which alarms, one sentence each. */
export function Routes({ setup, goTo }: { setup: Setup; goTo(tab: string): void }) {
  const t = useT();
  const rows = useRows<MessageRoute>();
  const sentence = useSentence(setup.config);
  const list = setup.config.routes ?? [];
  const called = (r: MessageRoute) => r.name || r.id;
  const save = (routes: MessageRoute[]) => setup.save({ ...setup.config, routes });
  const remove = (r: MessageRoute) =>
    rows.remove({ title: t("notify:removeRoute", { name: called(r) }), text: t("notify:removeRouteText") }, () =>
      save(list.filter((one) => one.id !== r.id)),
    );
  if (!setup.config.channels?.length)
    return (
      <section className="page-section" aria-label={t("notify:routes")}>
        <Empty icon={<Split size={32} aria-hidden />} title={t("notify:nobodyTold")} text={t("notify:beginText")}>
          <Button look="primary" onClick={() => goTo("channels")}>
            {t("notify:beginChannel")}
          </Button>
        </Empty>
      </section>
    );
  return (
    <ListSection
      label={t("notify:routes")}
      count={list.length}
      add={{ label: t("notify:addRoute"), onClick: rows.add }}
      empty={{ icon: <Split size={32} aria-hidden />, title: t("notify:noRoutes"), text: t("notify:noRoutesText") }}
      tools={<p className="muted grow">{t("notify:routesText")}</p>}
      more={
        <>
          {rows.editing && <RouteDialog setup={setup} present={rows.present} onClose={rows.close} />}
          {rows.question}
        </>
      }
    >
      <ul className="notify-routes">
        {list.map((r) => {
          const { which, steps } = sentence(r);
          return (
            <li key={r.id} className={r.disabled ? "notify-route off" : "notify-route"}>
              <div className="grow">
                <button type="button" className="link" onClick={() => rows.edit(r)}>
                  {called(r)}
                </button>
                {r.name && r.name !== r.id && <span className="muted"> {r.id}</span>}
                <p>
                  {which}
                  {steps.map((step, i) => (
                    // biome-ignore lint/suspicious/noArrayIndexKey: steps have no identity but their place
                    <span key={i} className="notify-step">
                      <ArrowRight size={14} aria-hidden /> {step}
                    </span>
                  ))}
                </p>
                {!!r.on?.length && (
                  <p className="muted">
                    {t("notify:alsoTold", { list: r.on.map((e) => t(`notify:on.${e}`)).join(", ") })}
                  </p>
                )}
              </div>
              <Switch
                label={t("notify:enable", { name: called(r) })}
                checked={!r.disabled}
                onChange={(on) => void attempt(() => save(put(list, { ...r, disabled: on ? undefined : true })))}
              />
              <RowButtons
                edit={{ label: t("notify:editRoute", { name: called(r) }), onClick: () => rows.edit(r) }}
                remove={{ label: t("notify:removeRoute", { name: called(r) }), onClick: () => void remove(r) }}
              />
            </li>
          );
        })}
      </ul>
    </ListSection>
  );
}
