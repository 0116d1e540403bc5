// The widget types that the app carries itself: made here, used from the palette, edited in a dialog of their own.
import type { ScriptedWidget } from "@lineside/client";
import { Copy, Pencil, Shapes, Trash2, Upload } from "lucide-react";
import { type ReactNode, useRef } from "react";
import { useDoc, useEditor } from "../design/context";
import { addOwn, duplicateOwn, ownUses, removeOwn } from "../document";
import { textIn, useLanguage, useT } from "../i18n";
import { Button, Empty, IconButton, Menu, toast, useConfirm } from "../ui";
import { type Sample, sampleOf, samples } from "./samples";
import { useOwn } from "./useOwn";
import { WidgetPicture } from "./WidgetPicture";
import "./own.css";

const most = 1 << 20;

export function OwnPart() {
  const t = useT();
  const lang = useLanguage();
  const editor = useEditor();
  const state = useDoc((d) => d);
  const list = state.app.widgets ?? [];
  useOwn();
  const [confirm, question] = useConfirm();
  const file = useRef<HTMLInputElement>(null);
  const edit = (id: string) => editor.ui.setState({ dialog: "own", own: id });
  const add = (sample: Sample) => edit(addOwn(editor.doc, sampleOf(sample), sample));
  const take = async (chosen: File | undefined) => {
    if (!chosen) return;
    if (chosen.size > most) {
      toast(t("own:tooLarge", { name: chosen.name }), { kind: "bad" });
      return;
    }
    const svg = await chosen.text();
    const stem = chosen.name.replace(/\.[^.]*$/, "");
    const blank = sampleOf("picture");
    edit(addOwn(editor.doc, { ...blank, title: { en: stem }, size: sizeOf(svg) ?? blank.size, svg }, stem || "widget"));
  };
  const remove = async (w: ScriptedWidget) => {
    const count = ownUses(state, w.id);
    const name = textIn(w.title, lang) || w.id;
    const sure =
      count === 0 ||
      (await confirm({
        title: t("own:remove.title", { name }),
        text: t("own:remove.text", { count }),
        action: t("own:remove.yes"),
        danger: true,
      }));
    if (sure) removeOwn(editor.doc, w.id);
  };
  const chooseFile = (
    <Button icon={<Upload size={14} aria-hidden />} onClick={() => file.current?.click()}>
      {t("own:fromFile")}
    </Button>
  );
  return (
    <div className="own-part">
      {question}
      <p className="muted">{t("own:help")}</p>
      <div className="own-acts">
        <Menu entries={samples.map((id) => ({ id, label: t(`own:sample.${id}`), run: () => add(id) }))}>
          <Button look="primary" icon={<Shapes size={14} aria-hidden />}>
            {t("own:add")}
          </Button>
        </Menu>
        {chooseFile}
        <input
          ref={file}
          type="file"
          accept=".svg,image/svg+xml"
          hidden
          onChange={(e) => {
            void take(e.target.files?.[0]);
            e.target.value = "";
          }}
        />
      </div>
      {list.length === 0 && (
        <Empty icon={<Shapes size={32} aria-hidden />} title={t("own:none")} text={t("own:noneText")} />
      )}
      <ul className="own-cards">
        {list.map((w) => {
          const compiled = editor.own.of(w.id);
          const name = textIn(w.title, lang) || w.id;
          return (
            <li key={w.id} className="own-card">
              <button
                type="button"
                className="own-card-open"
                onClick={() => edit(w.id)}
                aria-label={t("own:edit", { name })}
              >
                {compiled?.drawing ? (
                  <WidgetPicture manifest={compiled.manifest} drawing={compiled.drawing} label={name} />
                ) : (
                  <span className="own-picture muted">{t("own:try.noPicture")}</span>
                )}
              </button>
              <div className="own-card-text">
                <strong>{name}</strong>
                <span className="muted">{t("own:uses", { count: ownUses(state, w.id) })}</span>
                {w.script && <span className="muted">{t("own:scripted")}</span>}
              </div>
              <Acts
                acts={[
                  [t("own:edit", { name }), <Pencil key="i" size={16} aria-hidden />, () => edit(w.id)],
                  [
                    t("own:duplicate", { name }),
                    <Copy key="i" size={16} aria-hidden />,
                    () => duplicateOwn(editor.doc, w.id),
                  ],
                  [t("own:remove.of", { name }), <Trash2 key="i" size={16} aria-hidden />, () => void remove(w)],
                ]}
              />
            </li>
          );
        })}
      </ul>
    </div>
  );
}

function Acts({ acts }: { acts: [label: string, icon: ReactNode, run: () => void][] }) {
  return (
    <span className="own-card-acts">
      {acts.map(([label, icon, run]) => (
        <IconButton key={label} label={label} onClick={run}>
          {icon}
        </IconButton>
      ))}
    </span>
  );
}

/** The size that an SVG says of itself, as the size of a widget; undefined when it says none. */
function sizeOf(svg: string): ScriptedWidget["size"] | undefined {
  const box = /viewBox\s*=\s*["']\s*[-\d.eE]+[\s,]+[-\d.eE]+[\s,]+([\d.eE]+)[\s,]+([\d.eE]+)/.exec(svg);
  const [w, h] = [Number(box?.[1]), Number(box?.[2])];
  if (!(w > 0) || !(h > 0)) return undefined;
  const scale = Math.min(1, 400 / Math.max(w, h));
  return { width: Math.max(4, Math.round(w * scale)), height: Math.max(4, Math.round(h * scale)) };
}
