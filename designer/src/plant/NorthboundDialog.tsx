import type { Exposed, Northbound, NorthboundArranged, Plant, Problem } from "@lineside/client";
import { request } from "@lineside/client";
import { ArrowLeft } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { textIn, useT } from "../i18n";
import { useCatalogue } from "../shell/catalogue";
import { ProblemList, problemsOf, TextField } from "../shell/form";
import { asApiError } from "../shell/resource";
import { Button, Check, Dialog, Icon, SpecForm } from "../ui";
import { below, idFrom } from "./DeviceDialog";
import { ExposedTable } from "./ExposedTable";

/** A place of the plant document as the interface itself sees it. */
const inside = (problem: Problem): Problem => ({ ...problem, at: problem.at?.replace(/^\/northbound\/\d+/, "") });

/** Adds or edits a northbound interface: kind, settings from its own description, the tags that it exposes. */
export function NorthboundDialog({
  plant,
  present,
  onClose,
  onSaved,
}: {
  plant: Plant;
  present?: Northbound;
  onClose(): void;
  onSaved(): Promise<void>;
}) {
  const t = useT();
  const types = useCatalogue()?.northbound;
  const [kind, setKind] = useState(present?.kind ?? "");
  const [name, setName] = useState(present?.name ?? present?.id ?? "");
  const [settings, setSettings] = useState<Record<string, unknown>>(present?.settings ?? {});
  const [disabled, setDisabled] = useState(present?.disabled ?? false);
  const [entries, setEntries] = useState<Exposed[]>(present?.tags ?? []);
  const [arranged, setArranged] = useState<NorthboundArranged>();
  const [refused, setRefused] = useState<Problem[]>([]);
  const [saving, setSaving] = useState(false);
  const type = types?.find((one) => one.id === kind);
  const taken = new Set((plant.northbound ?? []).map((one) => one.id));
  const id = present?.id ?? idFrom(name, taken, kind || "northbound");

  // The server knows how wide a value is and what lies where: it completes what is edited, a moment after.
  const round = useRef(0);
  const arrange = async (list: Exposed[], anew = false) => {
    const mine = ++round.current;
    try {
      const draft = { id: "draft", kind, settings, tags: list };
      const { data } = await request<NorthboundArranged>("POST", "/northbound/arrange", { interface: draft, anew });
      if (mine !== round.current) return;
      setArranged(data);
      setEntries(data.tags);
    } catch (error) {
      if (mine === round.current) setRefused([asApiError(error)]);
    }
  };
  // biome-ignore lint/correctness/useExhaustiveDependencies: what changes the arrangement, and nothing else
  useEffect(() => {
    if (!kind || (arranged && arranged.tags === entries)) return;
    const timer = setTimeout(() => void arrange(entries), arranged ? 200 : 0);
    return () => clearTimeout(timer);
  }, [kind, entries]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: settings move registers and change what is wrong
  useEffect(() => {
    if (!arranged) return;
    const timer = setTimeout(() => void arrange(entries), 200);
    return () => clearTimeout(timer);
  }, [settings]);

  const choose = (next: string) => {
    setKind(next);
    setSettings({});
    setEntries([]);
    setArranged(undefined);
    setRefused([]);
    if (!name || name.replace(/-\d+$/, "") === kind) setName(next && idFrom(next, taken, next));
  };

  const save = async () => {
    setSaving(true);
    try {
      const next: Northbound = { id, kind, settings, tags: entries };
      if (name && name !== id) next.name = name;
      if (disabled) next.disabled = true;
      await request("PATCH", "/plant", { put: { northbound: [next] } });
      await onSaved();
      onClose();
    } catch (error) {
      setRefused(problemsOf(asApiError(error)).map(inside));
    } finally {
      setSaving(false);
    }
  };

  // What the server has just found is newer than what it refused.
  const known = arranged?.problems ?? [];
  const ofTags = below([...known, ...refused.filter((p) => !known.some((k) => k.at === p.at))], "/tags");
  // A setting that nobody has come to yet is no mistake.
  const ofSettings = below([...(arranged?.problems ?? []), ...refused], "/settings").filter(
    (p) => refused.length > 0 || p.code !== "value_missing",
  );
  const elsewhere = refused.filter((p) => !/^\/(settings|tags)\//.test(p.at ?? ""));

  return (
    <Dialog
      open
      size={type ? "full" : "wide"}
      title={
        type ? (
          <span className="dialog-title">
            <Icon name={type.icon} size={20} />
            {present
              ? t("northbound:edit", { name: present.name || present.id })
              : t("northbound:addOf", { kind: textIn(type.title) })}
          </span>
        ) : (
          t("northbound:add")
        )
      }
      onClose={onClose}
      footer={
        <>
          {type && !present && (
            <Button look="quiet" icon={<ArrowLeft size={16} aria-hidden />} onClick={() => choose("")}>
              {t("northbound:other")}
            </Button>
          )}
          <span className="grow" />
          <Button onClick={onClose}>{t("common:cancel")}</Button>
          {type && (
            <Button look="primary" onClick={save} disabled={saving}>
              {present ? t("common:save") : t("common:add")}
            </Button>
          )}
        </>
      }
    >
      {!type ? (
        <fieldset className="choices">
          <legend>{t("northbound:choose")}</legend>
          {types?.map((one) => (
            <button key={one.id} type="button" className="choice" onClick={() => choose(one.id)}>
              <span className="app-icon">
                <Icon name={one.icon} size={24} />
              </span>
              <strong>{textIn(one.title)}</strong>
              <span className="muted">{textIn(one.summary)}</span>
            </button>
          ))}
        </fieldset>
      ) : (
        <div className="northbound-form">
          <div className="northbound-settings">
            <TextField label={t("northbound:name")} value={name} onChange={setName} autoFocus />
            <SpecForm
              fields={type.settings}
              value={settings}
              onChange={(next) => {
                setSettings(next);
                setRefused([]);
              }}
              problems={ofSettings}
            />
            <Check label={t("northbound:off")} checked={disabled} onChange={setDisabled} />
          </div>
          <div className="northbound-tags">
            {elsewhere.length > 0 && <ProblemList problems={elsewhere} />}
            <ExposedTable
              plant={plant}
              type={type}
              entries={entries}
              kinds={arranged?.types ?? []}
              writable={arranged?.writable ?? []}
              problems={ofTags}
              onChange={(next) => {
                round.current++; // an answer that is on its way knows nothing of this
                setEntries(next);
                setRefused([]);
              }}
              onAnew={() => void arrange(entries, true)}
            />
          </div>
        </div>
      )}
    </Dialog>
  );
}
