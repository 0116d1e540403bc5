import type { MessageRoute } from "@lineside/client";
import { ArrowRight, Pencil, Plus, Split, Trash2 } from "lucide-react";
import { useState } from "react";
import { useT } from "../i18n";
import { sayFailure } from "../shell/form";
import { asApiError } from "../shell/resource";
import { Button, Empty, IconButton, Switch, useConfirm } from "../ui";
import { RouteDialog } from "./RouteDialog";
import { useSentence } from "./sentence";
import { put, type Setup } from "./setup";

/** Who is told of which alarms, one sentence each. */
export function Routes({ setup, goTo }: { setup: Setup; goTo(tab: string): void }) {
  const t = useT();
  const [editing, setEditing] = useState<MessageRoute | "new">();
  const [ask, question] = useConfirm();
  const sentence = useSentence(setup.config);
  const list = setup.config.routes ?? [];
  const called = (r: MessageRoute) => r.name || r.id;
  const save = async (routes: MessageRoute[]) => {
    try {
      await setup.save({ ...setup.config, routes });
    } catch (error) {
      sayFailure(asApiError(error));
    }
  };
  const remove = async (r: MessageRoute) => {
    const title = t("notify:removeRoute", { name: called(r) });
    if (await ask({ title, text: t("notify:removeRouteText"), action: t("common:remove"), danger: true }))
      await save(list.filter((one) => one.id !== r.id));
  };
  const adder = (
    <Button icon={<Plus size={16} aria-hidden />} look="primary" onClick={() => setEditing("new")}>
      {t("notify:addRoute")}
    </Button>
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
    <section className="page-section" aria-label={t("notify:routes")}>
      {list.length === 0 ? (
        <Empty icon={<Split size={32} aria-hidden />} title={t("notify:noRoutes")} text={t("notify:noRoutesText")}>
          {adder}
        </Empty>
      ) : (
        <>
          <div className="page-tools">
            <p className="muted grow">{t("notify:routesText")}</p>
            {adder}
          </div>
          <ul className="notify-routes">
            {list.map((r) => {
              const { which, steps } = sentence(r);
              return (
                <li key={r.id} className={r.disabled ? "notify-route off" : "notify-route"}>
                  <div className="grow">
                    <button type="button" className="link" onClick={() => setEditing(r)}>
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
                    onChange={(on) => void save(put(list, { ...r, disabled: on ? undefined : true }))}
                  />
                  <IconButton label={t("notify:editRoute", { name: called(r) })} onClick={() => setEditing(r)}>
                    <Pencil size={16} aria-hidden />
                  </IconButton>
                  <IconButton label={t("notify:removeRoute", { name: called(r) })} onClick={() => void remove(r)}>
                    <Trash2 size={16} aria-hidden />
                  </IconButton>
                </li>
              );
            })}
          </ul>
        </>
      )}
      {editing && (
        <RouteDialog
          setup={setup}
          present={editing === "new" ? undefined : editing}
          onClose={() => setEditing(undefined)}
        />
      )}
      {question}
    </section>
  );
}
