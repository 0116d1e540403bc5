// The drawing board in its panel, with its context menu and what it says.
import { LiveTags, ScreenPreview } from "@lineside/player";
import { useEffect, useRef, useState } from "react";
import { Board } from "../canvas";
import { useDoc, useEditor, useScreen, useSession } from "../design/context";
import { importFiles, offersFiles } from "../design/importing";
import { ancestors, drawingsOf } from "../document";
import { textIn, useLanguage, useT } from "../i18n";
import { useOwn } from "../own/useOwn";
import { useTheme } from "../preferences";
import { live } from "../shell/live";
import { ContextMenu, toast } from "../ui";
import { TryActions } from "./actions/TryPanel";
import { BoardAids } from "./BoardAids";
import { useCanvasMenu } from "./canvasMenu";
import { DrawStrip } from "./DrawStrip";
import { OfferPopover } from "./OfferPopover";
import { PageBar } from "./page/PageBar";
import { useDrawnTexts } from "./shell/language";

export function CanvasPanel() {
  const t = useT();
  const lang = useLanguage();
  const theme = useTheme();
  const editor = useEditor();
  const screen = useScreen();
  const scope = useSession((s) => s.scope);
  const empty = screen?.order.length === 0;
  const rulers = useSession((s) => s.rulers);
  const menu = useCanvasMenu();
  const host = useRef<HTMLDivElement>(null);
  const board = useRef<Board | undefined>(undefined);
  const preview = useRef<ScreenPreview | undefined>(undefined);
  const [shown, setShown] = useState<Board>();
  const texts = useRef({ t, lang });
  texts.current = { t, lang };

  // biome-ignore lint/correctness/useExhaustiveDependencies: theme and language are handed over below without making the board anew
  useEffect(() => {
    if (!host.current) return;
    preview.current = new ScreenPreview(host.current, live(), editor.installation, theme, lang);
    const made = new Board(host.current, {
      doc: editor.doc,
      session: editor.session,
      cameras: editor.cameras,
      catalogue: editor.widgets,
      theme,
      lang,
      tags: new LiveTags(live()),
      screens: preview.current,
      say: (key, values) => editor.say(key, values),
      dropText: (manifest, widget) => {
        const field = manifest.settings.find((f) => f.name === manifest.drop);
        return texts.current.t("design:drop.bind", {
          widget: widget.name || textIn(manifest.title, texts.current.lang),
          prop: textIn(field?.title, texts.current.lang),
        });
      },
      offer: (tags, at, client) => editor.ui.setState({ offer: { tags, at, client } }),
      open: (_, prop) => editor.focusProp(prop ?? ""),
      notice: (key) => toast(texts.current.t(key)),
    });
    board.current = made;
    setShown(made);
    editor.mount(made);
    return () => {
      editor.mount(undefined);
      board.current = undefined;
      setShown(undefined);
      made.destroy();
    };
  }, [editor]);

  useEffect(() => {
    preview.current?.look(theme, lang);
    board.current?.setTheme(theme);
  }, [theme, lang]);
  useDrawnTexts(shown?.view);

  const drawings = useDoc((d) => d.app.drawings);
  const widgets = useOwn();
  // biome-ignore lint/correctness/useExhaustiveDependencies: the drawings of the app's own widgets change with the list of widgets
  useEffect(() => {
    if (shown) shown.view.drawings = { ...drawingsOf(drawings), ...editor.own.drawings };
  }, [shown, drawings, widgets, editor]);
  const [filesOver, setFilesOver] = useState(false);

  const path = screen && scope ? [...ancestors(screen, scope).toReversed(), scope] : [];
  return (
    <main className={rulers ? "editor-canvas ruled" : "editor-canvas"}>
      <ContextMenu entries={menu}>
        <div
          ref={host}
          className={filesOver ? "board files-over" : "board"}
          onDragOver={(e) => {
            if (!offersFiles(e.dataTransfer)) return;
            e.preventDefault();
            e.dataTransfer.dropEffect = "copy";
            setFilesOver(true);
          }}
          onDragLeave={() => setFilesOver(false)}
          onDrop={(e) => {
            setFilesOver(false);
            const files = [...e.dataTransfer.files];
            if (files.length === 0 || !board.current) return;
            e.preventDefault();
            void importFiles(editor, files, board.current.worldOf(e.clientX, e.clientY));
          }}
          role="application"
          // biome-ignore lint/a11y/noNoninteractiveTabindex: the board takes keys: arrows, Tab, Enter, Escape
          tabIndex={0}
          aria-label={t("design:canvas.label", { name: textIn(screen?.screen.name, lang) })}
          aria-describedby="board-help"
        />
      </ContextMenu>
      <BoardAids board={shown} />
      <PageBar />
      <DrawStrip />
      <p id="board-help" className="visually-hidden">
        {t("design:canvas.help")}
      </p>
      {path.length > 0 && (
        <nav className="scope-path" aria-label={t("design:canvas.scope")}>
          <button type="button" onClick={() => editor.session.setState({ scope: "", selection: [] })}>
            {textIn(screen?.screen.name, lang)}
          </button>
          {path.map((id) => (
            <button key={id} type="button" onClick={() => editor.session.setState({ scope: id, selection: [] })}>
              {screen?.widgets[id]?.name || id}
            </button>
          ))}
        </nav>
      )}
      {empty && (
        <div className="canvas-empty">
          <h2>{t("design:canvas.emptyTitle")}</h2>
          <ol>
            <li>{t("design:canvas.empty1")}</li>
            <li>{t("design:canvas.empty2")}</li>
            <li>{t("design:canvas.empty3")}</li>
          </ol>
        </div>
      )}
      <OfferPopover />
      <TryActions board={shown} />
    </main>
  );
}
