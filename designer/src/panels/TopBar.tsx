import {
  ArrowLeft,
  ChevronDown,
  CircleAlert,
  Cloud,
  CloudOff,
  Copy,
  FilePlus2,
  Flag,
  ListTree,
  LoaderCircle,
  MoveDown,
  MoveUp,
  Pencil,
  Trash2,
  TriangleAlert,
} from "lucide-react";
import { useState } from "react";
import { useDoc, useEditor, useSession, useUi } from "../design/context";
import { addScreen, duplicateScreen, moveScreen, removeScreen, setApp, setScreen } from "../document";
import { textIn, useLanguage, useT } from "../i18n";
import { Link } from "../router";
import { UserMenu } from "../shell/Page";
import { Button, Dialog, IconButton, Input, Menu, type MenuEntry, Row, Tooltip } from "../ui";
import { useDeleteUsed } from "./bind/DeleteUsed";
import { CommandButton, useCommandMenu } from "./CommandButton";
import { useViewMenu } from "./canvasMenu";
import { sentence } from "./format";
import { Presence } from "./Presence";
import { LanguageMenu } from "./shell/LanguageMenu";

/** File, screens, history, zoom, saving, preview and publishing. */
export function TopBar() {
  const t = useT();
  const lang = useLanguage();
  const editor = useEditor();
  const app = useDoc((d) => d.app);
  const snap = useSession((s) => s.snap);
  const tool = useSession((s) => s.tool);
  const menu = useCommandMenu();
  return (
    <header className="editor-top">
      <h1 className="visually-hidden">{textIn(app.name, lang) || app.id}</h1>
      <div className="top-part">
        <Link to="/" className="icon-button" aria-label={t("design:top.back")} title={t("design:top.back")}>
          <ArrowLeft size={16} aria-hidden />
        </Link>
        <button
          type="button"
          className="button quiet app-name"
          title={t("design:top.app")}
          onClick={() => editor.ui.setState({ dialog: "app" })}
        >
          {textIn(app.name, lang) || app.id}
        </button>
        <span className="top-line" />
        <ScreenMenu />
      </div>
      <div className="top-part">
        <CommandButton id="view.select" pressed={tool === "select"} />
        <CommandButton id="view.hand" pressed={tool === "hand"} />
        <span className="top-line" />
        <UndoButtons />
        <span className="top-line" />
        <CommandButton id="view.snap" pressed={snap} />
        <ZoomMenu />
        <LanguageMenu />
        <Menu
          entries={menu(
            "edit.cut",
            "edit.copy",
            "edit.paste",
            "edit.duplicate",
            "edit.delete",
            "-",
            "edit.selectAll",
            "view.find",
            "-",
            "view.json",
            "view.problems",
            "view.keys",
            "-",
            "file.history",
            "file.export",
            "file.exportFolder",
            "file.import",
          )}
        >
          <Button look="quiet" icon={<ChevronDown size={14} aria-hidden />}>
            {t("design:top.edit")}
          </Button>
        </Menu>
        <CommandButton id="view.palette" />
      </div>
      <div className="top-part end">
        <Problems />
        <Presence />
        <SaveMark />
        <UserMenu />
        <CommandButton id="file.history" />
        <CommandButton id="file.open" />
        <PreviewButton />
        <Button look="primary" data-command="file.publish" onClick={() => editor.ui.setState({ dialog: "publish" })}>
          {t("design:top.publish")}
        </Button>
      </div>
    </header>
  );
}

/** Undo and redo with what they would do; they change with every step, so they stand alone. */
function UndoButtons() {
  const t = useT();
  const undo = useUi((s) => s.undo);
  const redo = useUi((s) => s.redo);
  return (
    <>
      <span title={undo ? t("design:top.undo", { step: t(undo) }) : undefined}>
        <CommandButton id="edit.undo" />
      </span>
      <span title={redo ? t("design:top.redo", { step: t(redo) }) : undefined}>
        <CommandButton id="edit.redo" />
      </span>
    </>
  );
}

function PreviewButton() {
  const t = useT();
  const editor = useEditor();
  const on = useUi((s) => s.preview);
  return (
    <Button aria-pressed={on} data-command="file.preview" onClick={() => editor.ui.setState({ preview: !on })}>
      {on ? t("design:top.endPreview") : t("design:top.preview")}
    </Button>
  );
}

function ZoomMenu() {
  const t = useT();
  const editor = useEditor();
  const zoom = useSession((s) => s.zoom);
  const menu = useCommandMenu();
  const aids = useViewMenu();
  const steps: MenuEntry[] = [0.05, 0.25, 0.5, 0.75, 1, 1.5, 2, 4, 8].map((z) => ({
    id: `z${z}`,
    label: `${z * 100} %`,
    checked: Math.abs(z - zoom) < 0.005,
    run: () => editor.board?.zoomTo(z),
  }));
  return (
    <Menu entries={[...menu("view.in", "view.out", "view.fit", "view.selection", "-"), ...steps, ...aids]}>
      <Button look="quiet" className="zoom" aria-label={t("design:top.zoom", { zoom: Math.round(zoom * 100) })}>
        {Math.round(zoom * 100)} %
      </Button>
    </Menu>
  );
}

function Problems() {
  const t = useT();
  const editor = useEditor();
  const problems = useUi((s) => s.problems);
  const errors = problems.filter((p) => p.severity !== "warning").length;
  const warnings = problems.length - errors;
  if (problems.length === 0) return null;
  return (
    <Tooltip text={t("design:problems.open")}>
      <button
        type="button"
        className="button quiet problem-count"
        onClick={() => editor.ui.setState(({ bottom }) => ({ bottom: bottom === "problems" ? undefined : "problems" }))}
      >
        {errors > 0 && (
          <span className="wrong">
            <CircleAlert size={14} aria-hidden /> {errors}
            <span className="visually-hidden">{t("design:problems.errors", { count: errors })}</span>
          </span>
        )}
        {warnings > 0 && (
          <span className="warn">
            <TriangleAlert size={14} aria-hidden /> {warnings}
            <span className="visually-hidden">{t("design:problems.warnings", { count: warnings })}</span>
          </span>
        )}
      </button>
    </Tooltip>
  );
}

/** Where saving stands, in a word and a sign. */
function SaveMark() {
  const t = useT();
  const editor = useEditor();
  const save = useUi((s) => s.save);
  const wrong = save.kind === "refused" || save.kind === "conflict" || save.kind === "offline";
  const text = t(`design:save.${save.kind}`);
  const why = save.kind === "refused" ? sentence(save.error) : t(`design:save.${save.kind}Help`);
  return (
    <Tooltip text={why}>
      <button
        type="button"
        className={wrong ? "button quiet save-mark wrong" : "button quiet save-mark"}
        data-save={save.kind}
        aria-label={text}
        onClick={() => void editor.autosave.flush()}
      >
        {save.kind === "saving" ? (
          <LoaderCircle size={14} aria-hidden className="turning" />
        ) : wrong ? (
          <CloudOff size={14} aria-hidden />
        ) : (
          <Cloud size={14} aria-hidden />
        )}
        <span aria-live="polite">{text}</span>
      </button>
    </Tooltip>
  );
}

function ScreenMenu() {
  const t = useT();
  const lang = useLanguage();
  const editor = useEditor();
  const { order, screens, app } = useDoc((d) => d);
  const shown = useSession((s) => s.screen);
  const [naming, setNaming] = useState<{ id: string | undefined; name: string }>();
  const [mayDelete, question] = useDeleteUsed();
  const name = (id: string) => textIn(screens[id]?.screen.name, lang) || id;
  const show = (id: string) => editor.session.setState({ screen: id, selection: [], scope: "" });
  const at = order.indexOf(shown);
  const start = app.start && screens[app.start] ? app.start : order[0];
  const size = screens[shown]?.screen;
  const entries: MenuEntry[] = [
    { kind: "label", id: "l", label: t("design:screens.title") },
    ...order.map(
      (id): MenuEntry => ({
        id: `s:${id}`,
        label: name(id),
        checked: id === shown,
        keys: id === start ? t("design:screens.start") : undefined,
        run: () => show(id),
      }),
    ),
    { kind: "line", id: "a" },
    {
      id: "add",
      label: t("design:screens.add"),
      icon: <FilePlus2 size={14} aria-hidden />,
      run: () => setNaming({ id: undefined, name: "" }),
    },
    {
      id: "rename",
      label: t("design:screens.rename"),
      icon: <Pencil size={14} aria-hidden />,
      run: () => setNaming({ id: shown, name: name(shown) }),
    },
    {
      id: "uses",
      label: t("bind:uses.command"),
      icon: <ListTree size={14} aria-hidden />,
      run: () => editor.ui.setState({ dialog: "uses", target: { kind: "screen", id: shown } }),
    },
    {
      id: "copy",
      label: t("design:screens.duplicate"),
      icon: <Copy size={14} aria-hidden />,
      run: () => {
        const old = screens[shown]?.screen.name ?? {};
        const copied = Object.fromEntries(
          Object.entries(old).map(([l, n]) => [l, l === "zh" ? `${n} 副本` : `${n} copy`]),
        );
        const id = duplicateScreen(editor.doc, shown, copied);
        if (id) show(id);
        editor.doc.settle();
      },
    },
    {
      id: "start",
      label: t("design:screens.setStart"),
      icon: <Flag size={14} aria-hidden />,
      reason: start === shown ? t("design:screens.isStart") : undefined,
      run: () => setApp(editor.doc, { start: shown }),
    },
    {
      id: "up",
      label: t("design:screens.up"),
      icon: <MoveUp size={14} aria-hidden />,
      reason: at <= 0 ? t("design:screens.isFirst") : undefined,
      run: () => moveScreen(editor.doc, shown, at - 1),
    },
    {
      id: "down",
      label: t("design:screens.down"),
      icon: <MoveDown size={14} aria-hidden />,
      reason: at >= order.length - 1 ? t("design:screens.isLast") : undefined,
      run: () => moveScreen(editor.doc, shown, at + 1),
    },
    { kind: "line", id: "b" },
    {
      id: "delete",
      label: t("design:screens.delete"),
      icon: <Trash2 size={14} aria-hidden />,
      danger: true,
      reason: order.length < 2 ? t("design:screens.isOnly") : undefined,
      run: async () => {
        if (await mayDelete({ kind: "screen", id: shown }, name(shown))) removeScreen(editor.doc, shown);
      },
    },
  ];
  const named = (text: string) => {
    const value = text.trim();
    if (!naming || !value) return;
    if (naming.id)
      setScreen(editor.doc, naming.id, {
        name: {
          ...screens[naming.id]?.screen.name,
          [lang]: value,
          ...(screens[naming.id]?.screen.name.en ? {} : { en: value }),
        },
      });
    else {
      const id = addScreen(editor.doc, lang === "en" ? { en: value } : { en: value, [lang]: value }, {
        width: size?.width ?? 1280,
        height: size?.height ?? 800,
      });
      show(id);
      editor.doc.settle();
    }
    setNaming(undefined);
  };
  return (
    <>
      <Menu entries={entries}>
        <Button look="quiet" className="screen-menu" aria-label={t("design:screens.shown", { name: name(shown) })}>
          {name(shown)}
          <ChevronDown size={14} aria-hidden />
        </Button>
      </Menu>
      <IconButton label={t("design:screens.add")} onClick={() => setNaming({ id: undefined, name: "" })}>
        <FilePlus2 size={16} aria-hidden />
      </IconButton>
      {question}
      {naming && (
        <NameDialog
          title={naming.id ? t("design:screens.rename") : t("design:screens.add")}
          name={naming.name}
          onName={named}
          onClose={() => setNaming(undefined)}
        />
      )}
    </>
  );
}

function NameDialog(props: { title: string; name: string; onName: (name: string) => void; onClose: () => void }) {
  const t = useT();
  const [name, setName] = useState(props.name);
  return (
    <Dialog
      open
      title={props.title}
      onClose={props.onClose}
      footer={
        <>
          <Button onClick={props.onClose}>{t("common:cancel")}</Button>
          <Button look="primary" disabled={!name.trim()} onClick={() => props.onName(name)}>
            {t("common:ok")}
          </Button>
        </>
      }
    >
      <Row label={t("design:screens.name")}>
        {(id) => (
          <Input
            id={id}
            autoFocus
            value={name}
            onChange={(e) => setName(e.target.value)}
            onKeyDown={(e) => e.key === "Enter" && props.onName(name)}
          />
        )}
      </Row>
    </Dialog>
  );
}
