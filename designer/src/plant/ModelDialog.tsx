import type { ModelState, Plant, Problem, TagRenamed, ThingModel } from "@lineside/client";
import { request } from "@lineside/client";
import { type ReactNode, useState } from "react";
import { textIn, useT } from "../i18n";
import { ProblemList, problemsOf, SelectField, TextField } from "../shell/form";
import { asApiError } from "../shell/resource";
import { Badge, Button, Check, Dialog, Tabs } from "../ui";
import { CommandList, commandFields } from "./CommandList";
import { definitionFields } from "./DefinitionForm";
import { below, idFrom, said } from "./DeviceDialog";
import { EventList, eventFields } from "./EventList";
import { FaceplateField } from "./FaceplateField";
import { MarksFields } from "./MarksFields";
import { type Draft, follow, plain, rowsOf } from "./modelrename";
import { ParameterRows } from "./ParameterRows";
import { PropertyList } from "./PropertyList";
import { clean, Section } from "./TagParts";
import { worthTelling } from "./uses";

const tabs = ["general", "parameters", "properties", "commands", "events"] as const;

/** The places that have a field, where what is wrong is said. */
const atField = new RegExp(
  `^/(id|extends|labels/\\d+|attributes/.+|parameters/\\d+/(id|type|default)|properties/\\d+/(id|${definitionFields})|commands/\\d+/(${commandFields})|events/\\d+/(${eventFields}))$`,
);

/** Adds or edits a model: what all machines of one kind have in common. */
export function ModelDialog({
  plant,
  states,
  model,
  like,
  onClose,
  onSaved,
  onRenamed,
}: {
  plant: Plant;
  states: readonly ModelState[];
  model?: ThingModel;
  /** What a new model begins as. */
  like?: ThingModel;
  onClose(): void;
  onSaved(): Promise<void>;
  /** Something in the apps or rights may have to follow. */
  onRenamed(result: TagRenamed): void;
}) {
  const t = useT();
  const models = plant.models ?? [];
  const [draft, setDraft] = useState<Draft>(() => (model ? rowsOf(model) : (like ?? { id: "" })));
  const [tab, setTab] = useState<string>(model ? "properties" : "general");
  const [chosen, setChosen] = useState<Record<string, number>>({});
  const choose = (part: string) => (index: number) => setChosen((old) => ({ ...old, [part]: index }));
  const [problems, setProblems] = useState<Problem[]>([]);
  // What the server has: what is renamed there is not renamed again when the rest was refused.
  const [present, setPresent] = useState(model);
  const set = (change: Partial<Draft>) => setDraft((old) => ({ ...old, ...change }));
  // The id of a new model follows its name until it is typed.
  const [typed, setTyped] = useState(!!model || !!like);
  const taken = new Set(models.map((m) => m.id));
  const known = models.findIndex((m) => m.id === (model?.id ?? draft.id));
  const place = `/models/${known >= 0 ? known : models.length}`;
  const here = problems.some((p) => p.at?.startsWith(`${place}/`)) ? below(problems, place) : [];
  const isHere = (p: Problem) => p.at?.startsWith(`${place}/`) && atField.test(p.at.slice(place.length));
  const elsewhere = problems.filter((p) => !isHere(p));
  const wrong = (at: string) => said(here, at);
  const failed = (part: string) => (index: number) => here.some((p) => p.at?.startsWith(`/${part}/${index}/`));
  const count = (part: string) => here.filter((p) => p.at?.startsWith(`/${part}/`) && atField.test(p.at)).length;
  const id = model?.id ?? draft.id;
  const bases = states.filter((s) => s.id !== id && !s.ancestors.includes(id));
  const base = states.filter((s) => s.id === draft.extends || draft.mixins?.includes(s.id));
  const inherited = base.flatMap((s) => s.properties);
  const properties = [
    ...(draft.properties ?? []),
    ...inherited.map((i) => i.property).filter((p) => !draft.properties?.some((own) => own.id === p.id)),
  ];
  const parameters = [...(draft.parameters ?? []), ...base.flatMap((s) => s.parameters)];
  const assets = (plant.assets ?? []).filter((a) => states.find((s) => s.id === a.model)?.ancestors.includes(id));

  const save = async () => {
    try {
      if (draft.id !== model?.id && draft.id !== present?.id && taken.has(draft.id)) {
        setTab("general");
        return setProblems([{ code: "id_double", at: `${place}/id`, message: t("assets:idTaken"), hint: "" }]);
      }
      let whole = draft;
      const results: TagRenamed[] = [];
      if (present) {
        const followed = await follow(present, draft);
        whole = followed.draft;
        results.push(...followed.results);
        setDraft(whole);
        setPresent({ ...whole, properties: whole.properties?.map(plain) });
      }
      const next: ThingModel = {
        ...whole,
        name: clean(whole.name ?? {}),
        parameters: filled(whole.parameters),
        properties: filled(whole.properties?.map(plain)),
        commands: filled(whole.commands),
        events: filled(whole.events),
      };
      await request("PATCH", "/plant", { put: { models: [next] } });
      await onSaved();
      for (const result of results) if (worthTelling(result)) onRenamed(result);
      onClose();
    } catch (error) {
      const found = problemsOf(asApiError(error));
      setProblems(found);
      // Where the first of them is, is shown.
      const match = found.map((p) => /^\/(\w+)(?:\/(\d+))?/.exec(p.at?.split(place)[1] ?? "")).find(Boolean);
      if (match) setTab(tabs.find((part) => part === match[1]) ?? "general");
      if (match?.[1] && match[2]) choose(match[1])(Number(match[2]));
    }
  };
  const label = (part: (typeof tabs)[number], number?: number): ReactNode => (
    <>
      {t(part === "events" ? "things:events" : `assets:${part}`)}
      {number ? ` (${number})` : ""}
      {count(part) > 0 && <Badge title={t("plant:faults")}>!</Badge>}
    </>
  );

  return (
    <Dialog
      open
      size="full"
      title={model ? t("assets:editModel", { id: model.id }) : t("assets:addModel")}
      onClose={onClose}
      footer={
        <>
          <span className="grow muted">
            {assets.length > 0 ? t("assets:reaches", { count: assets.length }) : t("assets:reachesNone")}
          </span>
          <Button onClick={onClose}>{t("common:cancel")}</Button>
          <Button look="primary" disabled={!draft.id} onClick={() => void save()}>
            {model ? t("common:save") : t("common:add")}
          </Button>
        </>
      }
    >
      {elsewhere.length > 0 && <ProblemList problems={elsewhere} />}
      <Tabs
        className="model-parts"
        label={t("assets:parts")}
        value={tab}
        onChange={setTab}
        tabs={[
          {
            id: "general",
            label: label("general"),
            panel: (
              <div className="form model-general">
                <div className="field-row">
                  <TextField
                    label={t("assets:nameEn")}
                    value={draft.name?.en ?? ""}
                    onChange={(en) => {
                      set({ name: clean({ ...draft.name, en }) });
                      if (!typed) set({ id: en && idFrom(en, taken, "model") });
                    }}
                    autoFocus={!model}
                  />
                  <TextField
                    label={t("assets:nameZh")}
                    value={draft.name?.zh ?? ""}
                    onChange={(zh) => set({ name: clean({ ...draft.name, zh }) })}
                  />
                  <TextField
                    label={t("assets:id")}
                    value={draft.id}
                    onChange={(id) => {
                      setTyped(true);
                      set({ id });
                    }}
                    hint={model && draft.id !== model.id ? t("assets:idFollows") : t("assets:idHint")}
                    error={wrong("/id")}
                    required
                  />
                </div>
                <TextField
                  label={t("plant:description")}
                  value={draft.description ?? ""}
                  onChange={(description) => set({ description: description || undefined })}
                />
                <SelectField
                  label={t("assets:extends")}
                  value={draft.extends ?? ""}
                  onChange={(id) =>
                    set({ extends: id || undefined, mixins: draft.mixins?.filter((mixin) => mixin !== id) })
                  }
                  options={[
                    { value: "", label: t("common:none") },
                    ...bases.map((s) => ({ value: s.id, label: textIn(s.name) || s.id })),
                  ]}
                  hint={t("assets:extendsHint")}
                  error={wrong("/extends")}
                />
                <FaceplateField
                  value={draft.faceplate}
                  ancestors={[draft.id, ...base.flatMap((s) => s.ancestors)]}
                  states={base}
                  onChange={(faceplate) => set({ faceplate })}
                />
                {bases.filter((s) => s.id !== draft.extends).length > 0 && (
                  <fieldset className="fieldset">
                    <legend>{t("assets:mixins")}</legend>
                    {bases
                      .filter((s) => s.id !== draft.extends)
                      .map((s) => (
                        <Check
                          key={s.id}
                          label={textIn(s.name) || s.id}
                          checked={!!draft.mixins?.includes(s.id)}
                          onChange={(on) => {
                            const rest = (draft.mixins ?? []).filter((id) => id !== s.id);
                            const next = on ? [...rest, s.id] : rest;
                            set({ mixins: next.length ? next : undefined });
                          }}
                        />
                      ))}
                  </fieldset>
                )}
                <Section title={t("things:marks")}>
                  <MarksFields value={draft} onChange={set} wrong={wrong} />
                </Section>
              </div>
            ),
          },
          {
            id: "parameters",
            label: label("parameters", draft.parameters?.length),
            panel: (
              <ParameterRows
                rows={draft.parameters ?? []}
                inherited={base.flatMap((s) => s.parameters)}
                devices={plant.devices ?? []}
                onChange={(parameters) => set({ parameters })}
                wrong={wrong}
              />
            ),
          },
          {
            id: "properties",
            label: label("properties", draft.properties?.length),
            panel: (
              <PropertyList
                plant={plant}
                rows={draft.properties ?? []}
                inherited={inherited}
                parameters={parameters}
                chosen={chosen.properties ?? 0}
                onChoose={choose("properties")}
                onChange={(properties) => set({ properties })}
                problems={here}
              />
            ),
          },
          {
            id: "commands",
            label: label("commands", draft.commands?.length),
            panel: (
              <CommandList
                rows={draft.commands ?? []}
                inherited={base.flatMap((b) => b.commands.map((value) => ({ from: b.id, value })))}
                properties={properties}
                chosen={chosen.commands ?? 0}
                onChoose={choose("commands")}
                onChange={(commands) => set({ commands })}
                wrong={wrong}
                failed={failed("commands")}
              />
            ),
          },
          {
            id: "events",
            label: label("events", draft.events?.length),
            panel: (
              <EventList
                rows={draft.events ?? []}
                inherited={base.flatMap((b) => b.events.map(({ from, event }) => ({ from, value: event })))}
                properties={properties}
                chosen={chosen.events ?? 0}
                onChoose={choose("events")}
                onChange={(events) => set({ events })}
                wrong={wrong}
                failed={failed("events")}
              />
            ),
          },
        ]}
      />
    </Dialog>
  );
}

const filled = <T,>(list: T[] | undefined) => (list?.length ? list : undefined);
