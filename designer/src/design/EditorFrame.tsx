// The frame of the editor: panels around the canvas, the key map, and the dialogs.
import { type ReactNode, useCallback, useEffect, useRef, useState } from "react";
import { commandFor, run } from "../commands";
import { GuideBar } from "../guide/GuideBar";
import { useT } from "../i18n";
import { BottomPanel } from "../panels/BottomPanel";
import { useJump } from "../panels/bind/useJump";
import { CanvasPanel } from "../panels/CanvasPanel";
import { Dialogs } from "../panels/Dialogs";
import { Inspector } from "../panels/Inspector";
import { LeftPanel } from "../panels/LeftPanel";
import { Preview } from "../panels/Preview";
import { TopBar } from "../panels/TopBar";
import { Boundary } from "../ui";
import { WritesBanner } from "../writes/WritesBanner";
import { listenClipboard, typing } from "./clipboard";
import { useEditor, useSession, useUi } from "./context";
import type { Stashed } from "./stash";

export function EditorFrame(props: { left: Stashed | undefined; onLeft: () => void }) {
  const t = useT();
  const editor = useEditor();
  const said = useUi((s) => s.said);
  const bottom = useUi((s) => s.bottom);
  const preview = useUi((s) => s.preview);
  const selection = useSession((s) => s.selection);
  const [widths, setWidths] = useWidths();

  useEffect(() => listenClipboard(editor), [editor]);
  useJump(editor);

  useEffect(() => {
    const key = (e: KeyboardEvent) => {
      if (e.defaultPrevented || e.isComposing) return;
      const found = commandFor(e);
      if (!found) return;
      const { dialog, preview } = editor.ui.getState();
      if (typing(e.target) && !found.typing) return;
      const covered = dialog || document.querySelector("[role=dialog], [role=menu]");
      if ((covered && found.id !== "file.save") || (preview && !found.id.startsWith("file."))) {
        // The browser's own meaning of Ctrl+A, Ctrl+P and the like would be a surprise here.
        if (e.ctrlKey || e.metaKey) e.preventDefault();
        return;
      }
      // Arrows and the like belong to the tree, list or menu that has the focus.
      const own = (e.target as HTMLElement | null)?.closest?.(
        "[role=tree], [role=listbox], [role=menu], [role=tablist], [role=slider], [role=separator]",
      );
      if (own && /^(Arrow|Page|Home|End|Enter$| $)/.test(e.key) && !e.ctrlKey && !e.metaKey) return;
      e.preventDefault();
      run(editor, found, { repeat: e.repeat });
    };
    const leave = (e: BeforeUnloadEvent) => {
      if (editor.autosave.clean) return;
      void editor.autosave.flush();
      e.preventDefault();
    };
    // The browser's own zoom would take over Ctrl+wheel beside the canvas.
    const wheel = (e: WheelEvent) => (e.ctrlKey || e.metaKey) && e.preventDefault();
    // A file that is dropped beside the canvas would be opened in place of the editor.
    const file = (e: DragEvent) => {
      if (e.defaultPrevented || !e.dataTransfer?.types.includes("Files")) return;
      e.preventDefault();
      e.dataTransfer.dropEffect = "none";
    };
    window.addEventListener("dragover", file);
    window.addEventListener("drop", file);
    window.addEventListener("keydown", key);
    window.addEventListener("beforeunload", leave);
    window.addEventListener("wheel", wheel, { passive: false });
    return () => {
      window.removeEventListener("dragover", file);
      window.removeEventListener("drop", file);
      window.removeEventListener("keydown", key);
      window.removeEventListener("beforeunload", leave);
      window.removeEventListener("wheel", wheel);
    };
  }, [editor]);

  return (
    <div
      className="editor"
      style={
        { "--left": `${widths.left}px`, "--right": `${widths.right}px`, "--bottom": `${widths.bottom}px` } as never
      }
    >
      <WritesBanner />
      <TopBar />
      <div className="editor-body" inert={preview}>
        <aside className="editor-left" aria-label={t("design:panel.left")}>
          <Boundary>
            <LeftPanel />
          </Boundary>
          <Splitter
            side="right"
            label={t("design:panel.resizeLeft")}
            value={widths.left}
            min={200}
            max={480}
            onChange={(left) => setWidths({ left })}
          />
        </aside>
        <div className="editor-middle">
          <CanvasPanel />
          <Boundary>
            <GuideBar />
          </Boundary>
          {bottom && (
            <section className="editor-bottom" aria-label={t("design:panel.bottom")}>
              <Splitter
                side="top"
                label={t("design:panel.resizeBottom")}
                value={widths.bottom}
                min={120}
                max={640}
                onChange={(h) => setWidths({ bottom: h })}
              />
              <Boundary again={bottom}>
                <BottomPanel tab={bottom} />
              </Boundary>
            </section>
          )}
        </div>
        <aside className="editor-right" aria-label={t("design:panel.right")}>
          <Splitter
            side="left"
            label={t("design:panel.resizeRight")}
            value={widths.right}
            min={240}
            max={520}
            onChange={(right) => setWidths({ right })}
          />
          <Boundary again={selection}>
            <Inspector />
          </Boundary>
        </aside>
      </div>
      {preview && <Preview />}
      <Dialogs left={props.left} onLeft={props.onLeft} />
      <div className="visually-hidden" role="status" aria-live="polite">
        {said}
      </div>
    </div>
  );
}

interface Widths {
  left: number;
  right: number;
  bottom: number;
}

const usual: Widths = { left: 256, right: 296, bottom: 240 };

/** The sizes of the panels, kept in this browser. */
function useWidths(): [Widths, (change: Partial<Widths>) => void] {
  const [widths, setWidths] = useState<Widths>(() => {
    try {
      return { ...usual, ...JSON.parse(localStorage.getItem("lineside.panels") ?? "{}") };
    } catch {
      return usual;
    }
  });
  const change = useCallback((next: Partial<Widths>) => {
    setWidths((before) => {
      const all = { ...before, ...next };
      try {
        localStorage.setItem("lineside.panels", JSON.stringify(all));
      } catch {
        // Not kept, only shown.
      }
      return all;
    });
  }, []);
  return [widths, change];
}

/** The edge of a panel, to be dragged or moved by the arrow keys. */
function Splitter(props: {
  side: "left" | "right" | "top";
  label: string;
  value: number;
  min: number;
  max: number;
  onChange: (value: number) => void;
}): ReactNode {
  const from = useRef<{ at: number; value: number } | undefined>(undefined);
  const sideways = props.side !== "top";
  const sign = props.side === "right" ? 1 : -1;
  const set = (value: number) => props.onChange(Math.round(Math.min(props.max, Math.max(props.min, value))));
  return (
    // biome-ignore lint/a11y/useSemanticElements: a separator that can be moved is no hr
    <div
      className={`splitter ${props.side}`}
      role="separator"
      tabIndex={0}
      aria-label={props.label}
      aria-orientation={sideways ? "vertical" : "horizontal"}
      aria-valuenow={props.value}
      aria-valuemin={props.min}
      aria-valuemax={props.max}
      onPointerDown={(e) => {
        e.currentTarget.setPointerCapture(e.pointerId);
        from.current = { at: sideways ? e.clientX : e.clientY, value: props.value };
      }}
      onPointerMove={(e) =>
        from.current && set(from.current.value + sign * ((sideways ? e.clientX : e.clientY) - from.current.at))
      }
      onPointerUp={() => {
        from.current = undefined;
      }}
      onKeyDown={(e) => {
        const step = { ArrowLeft: -16, ArrowRight: 16, ArrowUp: -16, ArrowDown: 16 }[e.key];
        if (step) set(props.value + sign * step);
      }}
    />
  );
}
