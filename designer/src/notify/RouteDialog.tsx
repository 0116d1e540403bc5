import type { AlarmPriority, MessageRoute, MessageStep, Plant, Problem } from "@lineside/client";
import { ArrowRight, Plus, Trash2 } from "lucide-react";
import { useState } from "react";
import { PriorityFilter } from "../alarms/PriorityFilter";
import { textIn, useT } from "../i18n";
import { NumberField, ProblemList, problemsOf, TextField } from "../shell/form";
import { asApiError, useResource } from "../shell/resource";
import { Button, Check, Dialog, IconButton, Row } from "../ui";
import { AreasField, HoursList, ReceiversField, wrongAt } from "./fields";
import { useSentence } from "./sentence";
import { below, freeId, minutes, ofMinutes, put, type Setup } from "./setup";

const events = ["return", "acknowledge", "shelve", "escalate"] as const;

/** Makes a route, or changes one; its sentence stands below and changes along. */
export function RouteDialog(props: { setup: Setup; present?: MessageRoute; onClose(): void }) {
  const { setup, present, onClose } = props;
  const t = useT();
  const all = setup.config.routes ?? [];
  const channels = setup.config.channels ?? [];
  const [route, setRoute] = useState<MessageRoute>(
    present ?? {
      id: "",
      name: "",
      priorities: ["urgent", "high"],
      on: ["return"],
      steps: [{ channels: channels[0] ? [channels[0].id] : [] }],
    },
  );
  const [problems, setProblems] = useState<Problem[]>([]);
  const [busy, setBusy] = useState(false);
  const plant = useResource<Plant>("/plant?without=tags,assets");
  const classes = plant.data?.alarmClasses ?? [];
  const sentence = useSentence(setup.config)(route);
  const set = (change: Partial<MessageRoute>) => {
    setRoute({ ...route, ...change });
    setProblems([]);
  };
  const setStep = (i: number, change: Partial<MessageStep>) =>
    set({ steps: route.steps.with(i, { ...(route.steps[i] as MessageStep), ...change }) });
  const save = async () => {
    setBusy(true);
    const one = {
      ...route,
      id:
        present?.id ??
        freeId(
          route.name ?? "",
          all.map((r) => r.id),
          "route",
        ),
      name: route.name || undefined,
    };
    const routes = put(all, one);
    try {
      await setup.save({ ...setup.config, routes });
      onClose();
    } catch (error) {
      const at = `/routes/${routes.findIndex((r) => r.id === one.id)}`;
      const found = problemsOf(asApiError(error));
      const mine = below(found, at);
      setProblems(mine.length ? mine : found);
    } finally {
      setBusy(false);
    }
  };
  const unseen = problems.filter((p) => !/^\/steps\/\d+\/(channels|to|after|every|times)/.test(p.at ?? ""));
  return (
    <Dialog
      open
      size="wide"
      title={present ? t("notify:editRoute", { name: present.name || present.id }) : t("notify:addRoute")}
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{t("common:cancel")}</Button>
          <Button look="primary" disabled={busy} onClick={() => void save()}>
            {present ? t("common:save") : t("common:add")}
          </Button>
        </>
      }
    >
      <div className="notify-form">
        <p className="notify-sentence" role="status">
          {sentence.which}
          {sentence.steps.map((step, i) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: steps have no identity but their place
            <span key={i} className="notify-step">
              <ArrowRight size={14} aria-hidden /> {step}
            </span>
          ))}
        </p>
        <TextField label={t("notify:name")} value={route.name ?? ""} onChange={(name) => set({ name })} autoFocus />
        <fieldset className="fieldset">
          <legend>{t("notify:which")}</legend>
          <p className="hint">{t("notify:whichHint")}</p>
          <PriorityFilter
            chosen={(route.priorities ?? []) as AlarmPriority[]}
            onChange={(chosen) => set({ priorities: chosen.length ? chosen : undefined })}
          />
          <AreasField label={t("notify:areas")} value={route.areas} onChange={(areas) => set({ areas })} />
          {classes.length > 0 && (
            <Row label={t("notify:classes")}>
              {() => (
                <div className="notify-checks">
                  {classes.map((c) => (
                    <Check
                      key={c.id}
                      label={textIn(c.title) || c.id}
                      checked={route.classes?.includes(c.id) ?? false}
                      onChange={(on) => {
                        const next = (route.classes ?? []).filter((id) => id !== c.id);
                        if (on) next.push(c.id);
                        set({ classes: next.length ? next : undefined });
                      }}
                    />
                  ))}
                </div>
              )}
            </Row>
          )}
          <HoursList
            label={t("notify:when")}
            hint={route.when ? undefined : t("notify:always")}
            value={route.when}
            onChange={(when) => set({ when })}
            fresh={{ days: ["mon", "tue", "wed", "thu", "fri"], from: "07:00", to: "17:00" }}
          />
        </fieldset>
        {route.steps.map((step, i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: steps have no identity but their place
          <fieldset key={i} className="fieldset">
            <legend>{i === 0 ? t("notify:first") : t("notify:step", { n: i + 1 })}</legend>
            <Row label={t("notify:channels")} wrong={wrongAt(problems, `/steps/${i}/channels`)}>
              {() => (
                <div className="notify-checks">
                  {channels.map((c) => (
                    <Check
                      key={c.id}
                      label={c.name || c.id}
                      checked={step.channels.includes(c.id)}
                      onChange={(on) =>
                        setStep(i, {
                          channels: channels
                            .map((x) => x.id)
                            .filter((id) => (id === c.id ? on : step.channels.includes(id))),
                        })
                      }
                    />
                  ))}
                </div>
              )}
            </Row>
            <ReceiversField
              users={setup.users}
              rosters={setup.config.rosters ?? []}
              value={step.to ?? []}
              onChange={(to) => setStep(i, { to: to.length ? to : undefined })}
              wrong={wrongAt(problems, `/steps/${i}/to`)}
            />
            <div className="notify-times">
              <NumberField
                label={i === 0 ? t("notify:delay") : t("notify:after")}
                value={minutes(step.after)}
                min={0}
                max={10080}
                onChange={(n) => setStep(i, { after: ofMinutes(n) })}
                error={wrongAt(problems, `/steps/${i}/after`)}
              />
              <NumberField
                label={t("notify:every")}
                value={minutes(step.every)}
                min={0}
                max={10080}
                onChange={(n) => setStep(i, { every: ofMinutes(n) })}
                error={wrongAt(problems, `/steps/${i}/every`)}
              />
              {step.every && (
                <NumberField
                  label={t("notify:times")}
                  value={step.times || undefined}
                  min={1}
                  max={20}
                  integer
                  onChange={(times) => setStep(i, { times })}
                  error={wrongAt(problems, `/steps/${i}/times`)}
                />
              )}
              {route.steps.length > 1 && (
                <IconButton
                  label={t("notify:removeStep", { n: i + 1 })}
                  onClick={() => set({ steps: route.steps.toSpliced(i, 1) })}
                >
                  <Trash2 size={16} aria-hidden />
                </IconButton>
              )}
            </div>
          </fieldset>
        ))}
        <div>
          <Button
            icon={<Plus size={16} aria-hidden />}
            disabled={route.steps.length >= 10}
            onClick={() =>
              set({ steps: [...route.steps, { after: "300s", channels: route.steps.at(-1)?.channels ?? [] }] })
            }
          >
            {t("notify:addStep")}
          </Button>
        </div>
        <fieldset className="fieldset">
          <legend>{t("notify:also")}</legend>
          {events.map((e) => (
            <Check
              key={e}
              label={t(`notify:on.${e}`)}
              checked={route.on?.includes(e) ?? false}
              onChange={(on) => {
                const next = events.filter((x) => (x === e ? on : route.on?.includes(x)));
                set({ on: next.length ? next : undefined });
              }}
            />
          ))}
          <Check
            label={t("notify:untilReturned")}
            checked={route.untilReturned ?? false}
            onChange={(on) => set({ untilReturned: on || undefined })}
          />
        </fieldset>
        {unseen.length > 0 && <ProblemList problems={unseen} />}
      </div>
    </Dialog>
  );
}
