// The frame around a screen as somebody with a role sees it, by the code of the player itself.
import { Frame, nextTrail } from "@lineside/player";
import { applyTokens } from "@lineside/scene";
import { useEffect, useMemo, useRef, useState } from "react";
import { createPortal } from "react-dom";
import { useDoc, useEditor } from "../../design/context";
import { frameFor, roles } from "../../document";
import { useT } from "../../i18n";
import { useTheme } from "../../preferences";
import { Segmented, Select } from "../../ui";
import { ScreenPicture } from "../ScreenPicture";
import { useDrawingLanguage } from "./language";

const sizes = { wide: [1000, 560], phone: [360, 560] } as const;
type Size = keyof typeof sizes;

const noMarks = new Map();

export function FramePicture() {
  const t = useT();
  const editor = useEditor();
  const state = useDoc((d) => d);
  const language = useDrawingLanguage();
  const pageTheme = useTheme();
  const [role, setRole] = useState<string>("operator");
  const [size, setSize] = useState<Size>("wide");
  const [at, setAt] = useState<{ screen: string; trail: readonly string[] }>();
  const host = useRef<HTMLDivElement>(null);
  const [frame, setFrame] = useState<Frame>();
  const [scale, setScale] = useState(0.5);
  const app = useMemo(() => frameFor(state, role), [state, role]);
  const screen = at && state.screens[at.screen] ? at.screen : app.start;
  const trail = at && at.screen === screen ? at.trail : nextTrail(app, [], screen);
  const record = state.screens[screen];
  const theme = app.theme?.scheme || pageTheme;
  const [width, height] = sizes[size];

  const go = useRef((_: string) => {});
  go.current = (to: string) => state.screens[to] && setAt({ screen: to, trail: nextTrail(app, trail, to) });

  useEffect(() => {
    if (!host.current) return;
    const made = new Frame(host.current, { address: () => "#", go: (to) => go.current(to) });
    setFrame(made);
    return () => {
      setFrame(undefined);
      made.destroy();
    };
  }, []);
  useEffect(() => {
    frame?.show({
      app,
      screen: record && { id: screen, name: record.screen.name },
      trail,
      language,
      title: app.name[language] || app.name.en || "",
    });
  }, [frame, app, screen, record, trail, language]);
  useEffect(() => {
    if (host.current) applyTokens(host.current, theme);
  }, [theme]);
  useEffect(() => {
    const box = host.current?.parentElement;
    if (!box) return;
    const seen = new ResizeObserver(() => setScale(Math.min(1, box.clientWidth / width)));
    seen.observe(box);
    return () => seen.disconnect();
  }, [width]);

  return (
    <section className="frame-picture" aria-label={t("texts:picture.title")}>
      <div className="frame-picture-bar">
        <Select
          aria-label={t("texts:picture.role")}
          value={role}
          options={roles.map((r) => ({ value: r, label: t("texts:picture.as", { role: t(`texts:role.${r}`) }) }))}
          onChange={(r) => {
            setRole(r);
            setAt(undefined);
          }}
        />
        <Segmented<Size>
          label={t("texts:picture.size")}
          value={size}
          onChange={setSize}
          options={[
            { value: "wide", label: t("texts:picture.wide") },
            { value: "phone", label: t("texts:picture.phone") },
          ]}
        />
      </div>
      <div className="frame-picture-stage" style={{ height: height * scale }}>
        <div ref={host} className="frame-picture-host" style={{ width, height, scale: String(scale) }} />
      </div>
      {frame &&
        record &&
        createPortal(
          <ScreenPicture
            record={record}
            catalogue={editor.widgets}
            label={record.screen.name[language] || record.screen.name.en || screen}
            marks={noMarks}
            outside={record.screen.ground || "ground"}
            texts={state.app.texts}
            language={language}
          />,
          frame.body,
        )}
    </section>
  );
}
