// The properties of the screen, shown when nothing is selected.
import type { Screen } from "@lineside/client";
import { Monitor } from "lucide-react";
import { useDoc, useEditor, useScreen } from "../design/context";
import { setApp, setScreen } from "../document";
import { useT } from "../i18n";
import { ColorInput, FieldControl, Menu, NumberInput, Select, Switch } from "../ui";
import { ScreenEvents } from "./actions/ScreenEvents";
import { VariablesEditor } from "./actions/VariablesEditor";
import { LayoutRow } from "./page/LayoutRow";
import { profiles } from "./page/profiles";
import { Section } from "./Section";

/** The panels of the preview, and two that are common besides: name, width, height. */
const sizes: readonly [string, number, number][] = [
  ...profiles.map((p): [string, number, number] => [`page:preview.${p.id}`, p.width, p.height]),
  ["design:screen.sizes.panel", 1280, 800],
  ["design:screen.sizes.small", 800, 480],
];

export function ScreenInspector() {
  const t = useT();
  const editor = useEditor();
  const record = useScreen();
  const app = useDoc((d) => d.app);
  const order = useDoc((d) => d.order);
  if (!record) return null;
  const { screen } = record;
  const change = (part: Partial<Omit<Screen, "id" | "widgets">>) => setScreen(editor.doc, screen.id, part);
  const name = (lang: "en" | "zh") => (
    <div className="prop" key={lang} data-prop={lang === "en" ? "name" : undefined}>
      <label className="prop-label" htmlFor={`screen-name-${lang}`}>
        {t(`design:screen.name.${lang}`)}
      </label>
      <div className="prop-value">
        <FieldControl
          id={`screen-name-${lang}`}
          field={{
            name: lang,
            kind: "string",
            title: { en: t(`design:screen.name.${lang}`) },
            required: lang === "en",
          }}
          value={screen.name[lang]}
          onChange={(v) => {
            const next = { ...screen.name };
            if (v) next[lang] = String(v);
            else delete next[lang];
            change({ name: next });
          }}
        />
      </div>
      <span className="bind-button" />
    </div>
  );
  const size = (key: "width" | "height", lead: string) => (
    <NumberInput
      lead={lead}
      label={t(`design:screen.${key}`)}
      integer
      min={100}
      max={10000}
      value={screen[key]}
      onDrag={(on) => (on ? editor.doc.begin("design:step.screen") : editor.doc.commit())}
      onChange={(n) => n !== undefined && change({ [key]: n })}
    />
  );
  const preset = sizes.find(([, w, h]) => w === screen.width && h === screen.height);
  const start = app.start ? app.start === screen.id : order[0] === screen.id;
  return (
    <>
      <div className="inspector-head">
        <div className="inspector-title">
          <Monitor size={16} aria-hidden />
          <strong>{t("design:screen.title")}</strong>
          <span className="muted mono">{screen.id}</span>
        </div>
      </div>
      <Section title={t("design:group.content")}>
        {name("en")}
        {name("zh")}
        <div className="prop">
          <label className="prop-label" htmlFor="screen-start">
            {t("design:screen.start")}
          </label>
          <div className="prop-value">
            <Switch
              id="screen-start"
              label={t("design:screen.start")}
              checked={start}
              onChange={(on) => setApp(editor.doc, { start: on ? screen.id : undefined })}
            />
          </div>
          <span className="bind-button" />
        </div>
      </Section>
      <Section title={t("design:screen.size")}>
        <LayoutRow />
        <div className="position-grid" data-prop="width">
          {size("width", t("design:position.leadW"))}
          {size("height", t("design:position.leadH"))}
        </div>
        <div className="prop">
          <span className="prop-label">{t("design:screen.preset")}</span>
          <div className="prop-value">
            <Menu
              entries={sizes.map(([id, width, height]) => ({
                id,
                label: t(id),
                keys: `${width} × ${height}`,
                checked: screen.width === width && screen.height === height,
                run: () => {
                  change({ width, height });
                  editor.board?.fitScreen();
                },
              }))}
            >
              <button type="button" className="input menu-input">
                {preset ? t(preset[0]) : t("design:screen.ownSize")}
              </button>
            </Menu>
          </div>
          <span className="bind-button" />
        </div>
        {screen.layout !== "page" && (
          <div className="prop" data-prop="fit">
            <label className="prop-label" htmlFor="screen-fit">
              {t("design:screen.fit")}
            </label>
            <div className="prop-value">
              <Select
                id="screen-fit"
                value={screen.fit ?? "fit"}
                options={(["fit", "width", "fixed"] as const).map((v) => ({
                  value: v,
                  label: t(`design:screen.fits.${v}`),
                }))}
                onChange={(v) => change({ fit: v === "fit" ? undefined : (v as Screen["fit"]) })}
              />
            </div>
            <span className="bind-button" />
          </div>
        )}
      </Section>
      <Section title={t("design:group.look")}>
        <div className="prop" data-prop="ground">
          <label className="prop-label" htmlFor="screen-ground">
            {t("design:screen.ground")}
          </label>
          <div className="prop-value">
            <ColorInput
              id="screen-ground"
              label={t("design:screen.ground")}
              value={screen.ground || undefined}
              onChange={(ground) => change({ ground })}
            />
          </div>
          <span className="bind-button" />
        </div>
        <div className="prop" data-prop="level">
          <label className="prop-label" htmlFor="screen-level">
            {t("design:screen.level")}
          </label>
          <div className="prop-value">
            <Select
              id="screen-level"
              value={String(screen.level ?? 0)}
              options={[0, 1, 2, 3, 4].map((n) => ({ value: String(n), label: t(`design:screen.levels.l${n}`) }))}
              onChange={(v) => change({ level: v === "0" ? undefined : Number(v) })}
            />
          </div>
          <span className="bind-button" />
        </div>
      </Section>
      <Section title={t("actions:title")}>
        <ScreenEvents />
      </Section>
      <Section title={t("actions:variables")}>
        <VariablesEditor />
      </Section>
      <p className="panel-hint">{t("design:screen.hint")}</p>
    </>
  );
}
