// The properties of what is selected, made from the manifests; of the screen when nothing is.
import type { Field, Manifest, Problem, Variable, Widget } from "@lineside/client";
import { Eye, EyeOff, Lock, LockOpen } from "lucide-react";
import { useDeferredValue, useEffect, useLayoutEffect, useRef } from "react";
import { useDoc, useEditor, useScreen, useSelected, useSession, useUi } from "../design/context";
import {
  type Box,
  drawingType,
  isPlaced,
  placeWidgets,
  presetOf,
  renameWidget,
  setFlag,
  structureOf,
  topmost,
} from "../document";
import { textIn, useLanguage, useT } from "../i18n";
import { type FieldContext, Icon, IconButton, Input, NumberInput, shows } from "../ui";
import { WidgetEvents } from "./actions/WidgetEvents";
import { AnimationsEditor } from "./animation/AnimationsEditor";
import { CommandButton } from "./CommandButton";
import { DrawingParts } from "./DrawingParts";
import { EmbedField, isEmbedField } from "./EmbedFields";
import { VariablesContext } from "./ExpressionEditor";
import { sentence } from "./format";
import { PropertyRow } from "./PropertyRow";
import { CellFields } from "./page/CellFields";
import { PanePicker, PanesField } from "./page/Panes";
import { RotateField } from "./RotateField";
import { ScreenInspector } from "./ScreenInspector";
import { Section } from "./Section";
import { tagField } from "./TagField";

const noVariables: readonly Variable[] = [];

const groups = ["content", "data", "look", "behaviour"];

export function Inspector() {
  // While many are being chosen or moved the drawing goes first.
  const widgets = useDeferredValue(useSelected());
  const editor = useEditor();
  const shown = useRef(widgets);
  useLayoutEffect(() => {
    shown.current = widgets;
  }, [widgets]);
  const box = useRef<HTMLDivElement>(null);
  const focus = useSession((s) => s.focusProp);
  const variables = useScreen()?.screen.variables ?? noVariables;

  useEffect(() => {
    if (!focus) return;
    // What was just selected may not be drawn yet.
    let tries = 0;
    const timer = setInterval(() => {
      const chosen = editor.session.getState().selection;
      const late = shown.current.length !== chosen.length || shown.current.some((w, i) => w.id !== chosen[i]);
      if (late && ++tries < 100) return;
      const row =
        box.current?.querySelector<HTMLElement>(`[data-prop="${CSS.escape(focus.prop)}"]`) ??
        (focus.prop === "" ? box.current?.querySelector<HTMLElement>(".section [data-prop]") : null);
      if (!row && ++tries < 100) return;
      clearInterval(timer);
      row?.closest("details")?.setAttribute("open", "");
      row?.scrollIntoView({ block: "center" });
      row?.querySelector<HTMLElement>("input, textarea, select, button")?.focus();
    }, 30);
    return () => clearInterval(timer);
  }, [focus, editor]);

  return (
    <VariablesContext.Provider value={variables}>
      <div className="inspector panel-scroll" ref={box}>
        {widgets.length === 0 ? <ScreenInspector /> : <WidgetInspector key={keyOf(widgets)} widgets={widgets} />}
      </div>
    </VariablesContext.Provider>
  );
}

/** One widget has forms of its own; several of the same types share them. */
function keyOf(widgets: readonly Widget[]): string {
  return widgets.length === 1 ? (widgets[0] as Widget).id : `\n${[...new Set(widgets.map((w) => w.type))].join()}`;
}

function WidgetInspector({ widgets }: { widgets: readonly Widget[] }) {
  const t = useT();
  const lang = useLanguage();
  const editor = useEditor();
  const problems = useProblems(widgets);
  const manifests = widgets.map((w) => editor.manifests.get(w.type));
  const fields = common(manifests);
  const order = useDoc((d) => d.order);
  const screens = useDoc((d) => d.screens);
  const drawings = useDoc((d) => d.app.drawings);
  const drawing = widgets.length === 1 && drawings?.find((d) => d.id === widgets[0]?.props?.drawing);
  const context: FieldContext = {
    screens: order.map((id) => ({ id, name: textIn(screens[id]?.screen.name, lang) || id })),
    drawings: drawings?.map((d) => ({ id: d.id, name: d.name || d.id })),
    tagPicker: tagField(t),
  };
  // Points are edited on the board.
  const lines = manifests.some((m) => m?.draw && m.draw !== "box");
  const visible = fields.filter(
    (f) =>
      !(lines && f.name === "points") &&
      widgets.every((w) => shows(f, fields, (w.props ?? {}) as Record<string, unknown>)),
  );
  const types = new Set(widgets.map((w) => w.type));
  const names = [...groups, ...new Set(visible.map((f) => f.group ?? "content").filter((g) => !groups.includes(g)))];
  const row = (f: Field) =>
    widgets.length === 1 && manifests[0]?.panes === f.name ? (
      <PanesField key={f.name} widget={widgets[0] as Widget} prop={f.name} standard={f.default} />
    ) : isEmbedField(f) ? (
      <EmbedField key={f.name} field={f} widgets={widgets} context={context} problems={problems} />
    ) : (
      <PropertyRow
        key={f.name}
        field={f}
        widgets={widgets}
        context={context}
        problem={problems.find((p) => p.prop === f.name)}
      />
    );
  return (
    <>
      <Header widgets={widgets} manifest={types.size === 1 ? manifests[0] : undefined} />
      {problems
        // Those of events stand beside them.
        .filter(
          (p) =>
            !p.prop?.startsWith("on.") && !p.prop?.startsWith("inputs/") && !visible.some((f) => f.name === p.prop),
        )
        .map((p) => (
          <p
            key={`${p.prop}${p.message}`}
            className={p.warning ? "warn inspector-problem" : "wrong inspector-problem"}
            role="status"
          >
            {p.message}
          </p>
        ))}
      {manifests.some((m) => !m) && <p className="wrong inspector-problem">{t("design:inspector.unknownType")}</p>}
      {names.map((g) => {
        const list = visible.filter((f) => (f.group ?? "content") === g);
        if (list.length === 0) return null;
        const advanced = list.filter((f) => f.advanced);
        return (
          <Section key={g} title={groups.includes(g) ? t(`design:group.${g}`) : g}>
            {list.filter((f) => !f.advanced).map(row)}
            {advanced.length > 0 && (
              <details className="fold">
                <summary>{t("common:advanced")}</summary>
                {advanced.map(row)}
              </details>
            )}
          </Section>
        );
      })}
      {drawing && widgets[0]?.type === drawingType && (
        <Section title={t("drawing:parts")}>
          <DrawingParts drawing={drawing} />
        </Section>
      )}
      <Section title={t("actions:title")}>
        <WidgetEvents widgets={widgets} manifests={manifests} context={context} />
      </Section>
      <Section title={t("animation:title")}>
        <AnimationsEditor widgets={widgets} />
      </Section>
      <Section title={t("design:group.position")}>
        <Position widgets={widgets} />
      </Section>
    </>
  );
}

function Header({ widgets, manifest }: { widgets: readonly Widget[]; manifest: Manifest | undefined }) {
  const t = useT();
  const lang = useLanguage();
  const editor = useEditor();
  const first = widgets[0] as Widget;
  const ids = widgets.map((w) => w.id);
  const locked = widgets.every((w) => w.locked);
  const hidden = widgets.every((w) => w.hidden);
  const preset = widgets.length === 1 ? presetOf(manifest, first.props) : undefined;
  const title = manifest ? textIn((preset ?? manifest).title, lang) : t("design:inspector.mixed");
  return (
    <div className="inspector-head">
      <div className="inspector-title">
        <Icon name={manifest?.icon} size={16} />
        <strong>{widgets.length === 1 ? title : t("design:inspector.count", { count: widgets.length, title })}</strong>
        <IconButton
          small
          label={locked ? t("design:layers.unlock") : t("design:layers.lock")}
          pressed={locked}
          onClick={() => setFlag(editor.doc, editor.screen(), ids, "locked", !locked)}
        >
          {locked ? <Lock size={14} aria-hidden /> : <LockOpen size={14} aria-hidden />}
        </IconButton>
        <IconButton
          small
          label={hidden ? t("design:layers.show") : t("design:layers.hide")}
          pressed={hidden}
          onClick={() => setFlag(editor.doc, editor.screen(), ids, "hidden", !hidden)}
        >
          {hidden ? <EyeOff size={14} aria-hidden /> : <Eye size={14} aria-hidden />}
        </IconButton>
      </div>
      {widgets.length === 1 && (
        <div className="inspector-name" data-prop="name">
          <NameField
            key={first.id + (first.name ?? "")}
            value={first.name ?? ""}
            placeholder={first.id}
            onCommit={(name) => renameWidget(editor.doc, editor.screen(), first.id, name)}
          />
        </div>
      )}
      <div className="align-row" role="toolbar" aria-label={t("design:inspector.align")}>
        {["left", "center", "right", "top", "middle", "bottom"].map((a) => (
          <CommandButton key={a} id={`arrange.${a}`} />
        ))}
        <CommandButton id="arrange.distribute.x" />
        <CommandButton id="arrange.distribute.y" />
        <CommandButton id="arrange.size.w" />
        <CommandButton id="arrange.size.h" />
        <CommandButton id="arrange.tidy" />
      </div>
    </div>
  );
}

function NameField(props: { value: string; placeholder: string; onCommit: (value: string) => void }) {
  const t = useT();
  return (
    <Input
      aria-label={t("design:inspector.name")}
      title={t("design:inspector.id", { id: props.placeholder })}
      defaultValue={props.value}
      placeholder={props.placeholder}
      onBlur={(e) => props.onCommit(e.target.value.trim())}
      onKeyDown={(e) => e.key === "Enter" && e.currentTarget.blur()}
    />
  );
}

function Position({ widgets }: { widgets: readonly Widget[] }) {
  const t = useT();
  const editor = useEditor();
  const screen = useScreen();
  if (!screen) return null;
  const { boxes } = structureOf(screen);
  const ids = topmost(
    screen,
    widgets.map((w) => w.id),
  );
  const list = ids.flatMap((id) => boxes.get(id) ?? []);
  const field = (key: keyof Box, lead: string) => {
    const value = list[0]?.[key];
    const mixed = list.some((b) => b[key] !== value);
    const manifest = editor.manifests.get(widgets[0]?.type ?? "");
    const least =
      key === "w" ? (manifest?.size.minWidth ?? 1) : key === "h" ? (manifest?.size.minHeight ?? 1) : undefined;
    return (
      <NumberInput
        key={key}
        lead={lead}
        label={t(`design:position.${key}`)}
        min={least}
        value={mixed ? undefined : value}
        placeholder={mixed ? t("common:field.mixed") : undefined}
        onDrag={(on) => (on ? editor.doc.begin("design:step.move") : editor.doc.commit())}
        onChange={(n) => {
          if (n === undefined) return;
          const now = structureOf(editor.record() as never).boxes;
          placeWidgets(
            editor.doc,
            editor.screen(),
            new Map(ids.flatMap((id) => (now.get(id) ? [[id, { ...(now.get(id) as Box), [key]: n }]] : []))),
            key === "w" || key === "h" ? "design:step.size" : "design:step.move",
          );
        }}
      />
    );
  };
  return (
    <div className="position-grid" data-prop="x">
      {ids.every((id) => isPlaced(screen, id)) ? (
        <CellFields widgets={widgets} />
      ) : (
        <>
          {field("x", "X")}
          {field("y", "Y")}
          {field("w", t("design:position.leadW"))}
          {field("h", t("design:position.leadH"))}
        </>
      )}
      <PanePicker widgets={widgets} />
      <RotateField widgets={widgets} />
      <div className="position-order">
        <CommandButton id="arrange.back" />
        <CommandButton id="arrange.backward" />
        <CommandButton id="arrange.forward" />
        <CommandButton id="arrange.front" />
        <span className="spacer" />
        <CommandButton id="edit.group" />
        <CommandButton id="edit.ungroup" />
      </div>
    </div>
  );
}

/** The fields that all of the widgets have. */
function common(manifests: (Manifest | undefined)[]): Field[] {
  const [first, ...rest] = manifests;
  return (first?.settings ?? []).filter((f) =>
    rest.every((m) => m?.settings.some((o) => o.name === f.name && o.kind === f.kind)),
  );
}

/** What is wrong with the selected widget, by property. */
function useProblems(widgets: readonly Widget[]): { prop: string | undefined; message: string; warning: boolean }[] {
  const editor = useEditor();
  const all = useUi((s) => s.problems);
  if (widgets.length !== 1) return [];
  const id = widgets[0]?.id;
  return all.flatMap((p: Problem) => {
    const place = editor.placeOf(p.at ?? "");
    return place && place.screen === editor.screen() && place.widget === id
      ? [{ prop: place.prop, message: sentence(p), warning: p.severity === "warning" }]
      : [];
  });
}
