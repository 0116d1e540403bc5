// The editor of one widget type of the app's own: its picture, settings, parts and script at the left, tried at the right.
import type { Problem, ScriptedWidget } from "@lineside/client";
import { useEffect, useMemo, useState } from "react";
import { useDoc, useEditor } from "../design/context";
import { changeOwn, ownOf, renameOwn } from "../document";
import { textIn, useLanguage, useT } from "../i18n";
import { CommitInput } from "../panels/shell/CommitInput";
import { Link } from "../router";
import { NumberField, SelectField } from "../shell/form";
import { Badge, Button, Dialog, IconPicker, NumberInput, Row, Tabs } from "../ui";
import { CodeField } from "./CodeField";
import { PartsTab } from "./PartsTab";
import { SettingsTab, TextIn } from "./SettingsTab";
import { TryPane } from "./TryPane";
import { useTrial } from "./useTrial";

export function WidgetDialog(props: { id: string; onClose: () => void; onRenamed: (id: string) => void }) {
  const widget = useDoc((d) => ownOf(d, props.id));
  // Undo may take the widget away while it is edited.
  useEffect(() => {
    if (!widget) props.onClose();
  }, [widget, props.onClose]);
  return widget ? <Edit {...props} widget={widget} /> : null;
}

type TabId = "general" | "picture" | "settings" | "parts" | "script";

/** In which tab a problem is mended, by its place in the widget. */
const tabOf = (at: string): TabId => {
  const head = at.split("/")[1] ?? "";
  if (head === "svg") return "picture";
  if (head === "script") return "script";
  if (head === "parts") return "parts";
  return head === "settings" || head === "events" || head === "writes" || head === "drop" ? "settings" : "general";
};

function Edit(props: { id: string; widget: ScriptedWidget; onClose: () => void; onRenamed: (id: string) => void }) {
  const t = useT();
  const lang = useLanguage();
  const editor = useEditor();
  const { widget, id } = props;
  const trial = useTrial(widget);
  const [tab, setTab] = useState<TabId>(widget.script ? "script" : "picture");
  const [goTo, setGoTo] = useState<{ line: number; column?: number }>();
  const change = (c: Partial<Omit<ScriptedWidget, "id">>, merge?: string) =>
    changeOwn(editor.doc, id, c, merge && `own:${id}:${merge}`);
  const problems = useMemo(() => {
    const all: Problem[] = [...(trial.result?.problems ?? [])];
    for (const o of trial.result?.outcomes ?? [])
      for (const p of o.problems)
        if (!all.some((q) => q.code === p.code && q.line === p.line)) all.push({ ...p, at: p.at || "/script" });
    return all;
  }, [trial.result]);
  const of = (name: TabId) => problems.filter((p) => tabOf(p.at ?? "") === name);
  const compiled = editor.own.of(id);
  const label = (name: TabId) => {
    const count = of(name).length;
    return (
      <>
        {t(`own:tab.${name}`)}
        {count > 0 && <Badge title={t("own:problems", { count })}>{count}</Badge>}
      </>
    );
  };
  const show = (p: Problem) => {
    setTab(tabOf(p.at ?? ""));
    if (p.line) setGoTo({ line: p.line, column: p.column });
  };
  const code = (name: "picture" | "script") => (
    <div className="own-edit">
      <p className="muted">{t(`own:${name}.help`)}</p>
      <CodeField
        language={name === "script" ? "javascript" : "svg"}
        label={t(`own:tab.${name}`)}
        placeholder={name === "script" ? t("own:script.placeholder") : undefined}
        value={(name === "script" ? widget.script : widget.svg) ?? ""}
        problems={of(name)}
        types={name === "script" ? (trial.result?.types ?? compiled?.types ?? "") : undefined}
        goTo={tab === name ? goTo : undefined}
        onChange={(text) => change(name === "script" ? { script: text || undefined } : { svg: text }, name)}
      />
      {name === "script" && (
        <Row label={t("own:script.every")} help={t("own:script.everyHelp")}>
          {(field) => (
            <CommitInput
              id={field}
              className="own-every"
              value={widget.every ?? ""}
              placeholder="1s"
              onCommit={(s) => change({ every: s.trim() || undefined })}
            />
          )}
        </Row>
      )}
    </div>
  );
  return (
    <Dialog
      open
      size="full"
      onClose={props.onClose}
      title={t("own:dialog", { name: textIn(widget.title, lang) || id })}
      footer={
        <>
          <Link to="/scripts" className="own-scripts-link">
            {t("own:scripts.title")}
          </Link>
          <span className="grow" />
          <Button onClick={props.onClose}>{t("common:close")}</Button>
        </>
      }
    >
      <div className="own-dialog">
        <div className="own-left">
          <Tabs
            className="own-tabs"
            label={t("own:dialog", { name: id })}
            value={tab}
            onChange={(next) => setTab(next as TabId)}
            tabs={[
              { id: "general", label: label("general"), panel: <General {...props} change={change} /> },
              { id: "settings", label: label("settings"), panel: <SettingsTab widget={widget} onChange={change} /> },
              { id: "picture", label: label("picture"), panel: code("picture") },
              {
                id: "parts",
                label: label("parts"),
                panel: <PartsTab widget={widget} compiled={compiled} onChange={change} />,
              },
              { id: "script", label: label("script"), panel: code("script") },
            ]}
          />
          {problems.length > 0 && (
            <ul className="own-problems" aria-label={t("own:problems", { count: problems.length })}>
              {problems.map((p, i) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: problems have no identity but their place
                <li key={i}>
                  <button type="button" className={p.severity === "warning" ? "warn" : "wrong"} onClick={() => show(p)}>
                    {p.line ? `${p.line}:${p.column ?? 1} ` : ""}
                    {p.message} {p.hint}
                  </button>
                </li>
              ))}
            </ul>
          )}
        </div>
        <TryPane widget={widget} trial={trial} />
      </div>
    </Dialog>
  );
}

function General(props: {
  id: string;
  widget: ScriptedWidget;
  change: (change: Partial<Omit<ScriptedWidget, "id">>) => void;
  onRenamed: (id: string) => void;
}) {
  const t = useT();
  const lang = useLanguage();
  const editor = useEditor();
  const { widget, id, change } = props;
  const size = (part: Partial<ScriptedWidget["size"]>) => change({ size: { ...widget.size, ...part } });
  return (
    <div className="form own-tab app-form">
      <div className="form-row">
        <span className="label">{t("own:general.title")}</span>
        <TextIn
          value={widget.title}
          lang={lang}
          label={t("own:general.title")}
          onChange={(title) => change({ title })}
        />
      </div>
      <div className="form-row">
        <span className="label">{t("own:general.summary")}</span>
        <TextIn
          value={widget.summary}
          lang={lang}
          label={t("own:general.summary")}
          onChange={(summary) => change({ summary: Object.keys(summary).length > 0 ? summary : undefined })}
        />
      </div>
      <Row label={t("own:general.id")} help={t("own:general.idHelp")}>
        {(field) => (
          <CommitInput
            id={field}
            className="mono"
            value={id}
            wrong={(s) =>
              /^[A-Za-z0-9_-]{1,64}$/.test(s.trim()) && !ownOf(editor.doc.state, s.trim()) ? "" : t("own:general.badId")
            }
            onCommit={(s) => renameOwn(editor.doc, id, s.trim()) && props.onRenamed(s.trim())}
          />
        )}
      </Row>
      <Row label={t("own:general.icon")}>
        {(field) => (
          <IconPicker
            id={field}
            value={widget.icon}
            onChange={(icon) => change({ icon: (icon as string | undefined) || undefined })}
          />
        )}
      </Row>
      <div className="field-row">
        {(["width", "height"] as const).map((key) => (
          <Row key={key} label={t(`own:general.${key}`)}>
            {(field) => (
              <NumberInput
                id={field}
                min={4}
                max={4000}
                integer
                value={widget.size[key]}
                onChange={(v) => v !== undefined && size({ [key]: v })}
              />
            )}
          </Row>
        ))}
        <NumberField
          label={t("own:general.minWidth")}
          value={widget.size.minWidth}
          min={1}
          integer
          onChange={(minWidth) => size({ minWidth })}
        />
        <NumberField
          label={t("own:general.minHeight")}
          value={widget.size.minHeight}
          min={1}
          integer
          onChange={(minHeight) => size({ minHeight })}
        />
      </div>
      <SelectField
        label={t("own:general.fit")}
        value={widget.fit ?? "contain"}
        onChange={(fit) => change({ fit: fit === "contain" ? undefined : (fit as ScriptedWidget["fit"]) })}
        options={(["contain", "stretch"] as const).map((value) => ({ value, label: t(`own:general.${value}`) }))}
      />
    </div>
  );
}
