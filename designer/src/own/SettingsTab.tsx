// The settings and events of a widget: what who puts it on a screen can set, bind and act on.
import type { Field, ScriptedWidget, WidgetEvent } from "@lineside/client";
import { Plus, Trash2 } from "lucide-react";
import { type Language, useLanguage, useT } from "../i18n";
import { CommitInput } from "../panels/shell/CommitInput";
import { Button, Check, Empty, FieldControl, IconButton, Select } from "../ui";

/** The kinds that a setting of a widget of an app's own may have. */
const kinds = ["bool", "int", "float", "string", "enum", "color", "any"] as const;

type Change = (change: Partial<Omit<ScriptedWidget, "id">>) => void;

const free = (stem: string, taken: (name: string) => boolean): string => {
  for (let n = 1; ; n++) if (!taken(`${stem}${n}`)) return `${stem}${n}`;
};

export function SettingsTab({ widget, onChange }: { widget: ScriptedWidget; onChange: Change }) {
  const t = useT();
  const lang = useLanguage();
  const settings = widget.settings ?? [];
  const events = widget.events ?? [];
  const writes = widget.writes ?? [];
  const putSettings = (list: Field[]) => onChange({ settings: list.length > 0 ? list : undefined });
  const putEvents = (list: WidgetEvent[]) => onChange({ events: list.length > 0 ? list : undefined });
  const set = (i: number, change: Partial<Field>) =>
    putSettings(settings.map((f, j) => (i === j ? tidy({ ...f, ...change }) : f)));
  const nameOk = (name: string, others: readonly { name: string }[]) =>
    /^[A-Za-z][A-Za-z0-9_]{0,63}$/.test(name) && !others.some((o) => o.name === name);
  return (
    <div className="form own-tab">
      <p className="muted">{t("own:settings.help")}</p>
      {settings.length === 0 && <Empty title={t("own:settings.none")} />}
      {settings.map((field, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the name is typed here, the place stays
        <fieldset key={i} className="own-row" aria-label={t("own:settings.of", { name: field.name })}>
          <div className="own-cells">
            <Labelled label={t("own:settings.name")}>
              <CommitInput
                className="mono"
                aria-label={t("own:settings.name")}
                value={field.name}
                wrong={(s) => (nameOk(s.trim(), settings.toSpliced(i, 1)) ? "" : t("own:settings.badName"))}
                onCommit={(s) => set(i, { name: s.trim() })}
              />
            </Labelled>
            <Labelled label={t("own:settings.kind")}>
              <Select
                aria-label={t("own:settings.kind")}
                value={field.kind}
                onChange={(kind) =>
                  set(i, {
                    kind: kind as Field["kind"],
                    default: undefined,
                    min: undefined,
                    max: undefined,
                    options: kind === "enum" ? [{ value: "a", title: { en: "a" } }] : undefined,
                  })
                }
                options={kinds.map((value) => ({ value, label: t(`own:kind.${value}`) }))}
              />
            </Labelled>
            <Labelled label={t("own:settings.title")}>
              <TextIn
                value={field.title}
                lang={lang}
                label={t("own:settings.title")}
                onChange={(title) => set(i, { title })}
              />
            </Labelled>
            <Labelled label={t("own:settings.default")}>
              <FieldControl
                key={field.kind}
                field={{ ...field, title: { en: t("own:settings.default") }, default: undefined, required: false }}
                value={field.default}
                onChange={(value) => set(i, { default: value })}
              />
            </Labelled>
            <IconButton
              label={t("own:settings.remove", { name: field.name })}
              onClick={() => putSettings(settings.toSpliced(i, 1))}
            >
              <Trash2 size={16} aria-hidden />
            </IconButton>
          </div>
          {field.kind === "enum" && (
            <Labelled label={t("own:settings.options")}>
              <CommitInput
                aria-label={t("own:settings.options")}
                value={(field.options ?? []).map((o) => o.value).join(", ")}
                onCommit={(s) =>
                  set(i, {
                    options: s
                      .split(",")
                      .map((v) => v.trim())
                      .filter(Boolean)
                      .map((value) => field.options?.find((o) => o.value === value) ?? { value, title: { en: value } }),
                  })
                }
              />
            </Labelled>
          )}
          <div className="own-cells small">
            {(field.kind === "float" || field.kind === "int") && (
              <Labelled label={t("own:settings.unit")}>
                <CommitInput
                  aria-label={t("own:settings.unit")}
                  value={field.unit ?? ""}
                  onCommit={(s) => set(i, { unit: s.trim() || undefined })}
                />
              </Labelled>
            )}
            <Check
              label={t("own:settings.bind")}
              checked={!!field.bind}
              onChange={(on) => set(i, { bind: on || undefined })}
            />
            {field.bind && (
              <Check
                label={t("own:settings.writes")}
                checked={writes.includes(field.name)}
                onChange={(on) => {
                  const list = on ? [...writes, field.name] : writes.filter((w) => w !== field.name);
                  onChange({ writes: list.length > 0 ? list : undefined });
                }}
              />
            )}
            {field.bind && (
              <Check
                label={t("own:settings.drop")}
                checked={widget.drop === field.name}
                onChange={(on) => onChange({ drop: on ? field.name : undefined })}
              />
            )}
          </div>
        </fieldset>
      ))}
      <div>
        <Button
          icon={<Plus size={14} aria-hidden />}
          onClick={() => {
            const name = free("value", (s) => settings.some((f) => f.name === s));
            putSettings([
              ...settings,
              { name, kind: "float", title: { [lang]: name, en: name }, group: "data", bind: true },
            ]);
          }}
        >
          {t("own:settings.add")}
        </Button>
      </div>
      <h3>{t("own:events.title")}</h3>
      <p className="muted">{t("own:events.help")}</p>
      {events.map((event, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the name is typed here, the place stays
        <div key={i} className="own-cells">
          <CommitInput
            className="mono"
            aria-label={t("own:events.name")}
            value={event.name}
            wrong={(s) => (nameOk(s.trim(), events.toSpliced(i, 1)) ? "" : t("own:settings.badName"))}
            onCommit={(s) => putEvents(events.map((e, j) => (i === j ? { ...e, name: s.trim() } : e)))}
          />
          <TextIn
            value={event.title}
            lang={lang}
            label={t("own:settings.title")}
            onChange={(title) => putEvents(events.map((e, j) => (i === j ? { ...e, title } : e)))}
          />
          <IconButton
            label={t("own:events.remove", { name: event.name })}
            onClick={() => putEvents(events.toSpliced(i, 1))}
          >
            <Trash2 size={16} aria-hidden />
          </IconButton>
        </div>
      ))}
      <div>
        <Button
          icon={<Plus size={14} aria-hidden />}
          onClick={() => {
            const name = free("event", (s) => events.some((e) => e.name === s));
            putEvents([...events, { name, title: { [lang]: name, en: name } }]);
          }}
        >
          {t("own:events.add")}
        </Button>
      </div>
    </div>
  );
}

/** Without what is not there. */
const tidy = (field: Field): Field =>
  Object.fromEntries(Object.entries(field).filter(([, v]) => v !== undefined)) as unknown as Field;

function Labelled(props: { label: string; children: React.ReactNode }) {
  return (
    <div className="own-cell">
      <span className="label" aria-hidden>
        {props.label}
      </span>
      {props.children}
    </div>
  );
}

/** A text in the language of the page; English stands in where there is none. */
export function TextIn(props: {
  value: Record<string, string> | undefined;
  lang: Language;
  label: string;
  onChange: (text: Record<string, string>) => void;
}) {
  return (
    <CommitInput
      aria-label={props.label}
      value={props.value?.[props.lang] ?? ""}
      placeholder={props.value?.en}
      onCommit={(s) => {
        const { [props.lang]: _, ...rest } = props.value ?? {};
        const text = s.trim();
        // English is what every other language falls back to.
        props.onChange(text ? { en: text, ...rest, [props.lang]: text } : rest);
      }}
    />
  );
}
