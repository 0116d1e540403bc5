import type { ChannelKind, ChannelPreset, MessageChannel, Problem } from "@lineside/client";
import { request } from "@lineside/client";
import { ArrowLeft, Send } from "lucide-react";
import { useState } from "react";
import { textIn, useT } from "../i18n";
import { NumberField, ProblemList, problemsOf, SelectField, TextField } from "../shell/form";
import { asApiError } from "../shell/resource";
import { Button, Dialog, Note, Row, type SpecField, SpecForm, TextArea } from "../ui";
import { wrongAt } from "./fields";
import { ServiceIcon } from "./ServiceIcon";
import { below, freeId, put, type Setup } from "./setup";

const placeholders =
  "{event} {title} {name} {value} {limit} {unit} {priority} {area} {path} {time} {message} {cause} {consequence} {action} {link} {by} {comment}";

interface Choice {
  kind: ChannelKind;
  preset?: ChannelPreset;
}

/** Makes a channel, or changes one: first which service, then what it needs, and a try. */
export function ChannelDialog(props: { setup: Setup; present?: MessageChannel; onClose(): void }) {
  const { setup, present, onClose } = props;
  const t = useT();
  const choices: Choice[] = setup.kinds
    .flatMap<Choice>((kind) => (kind.presets?.length ? kind.presets.map((preset) => ({ kind, preset })) : [{ kind }]))
    .sort((a, b) => order(a) - order(b));
  const [choice, setChoice] = useState<Choice | undefined>(() => {
    const kind = setup.kinds.find((k) => k.id === present?.kind);
    return kind && { kind, preset: kind.presets?.find((p) => p.id === present?.preset) };
  });
  const [name, setName] = useState(present?.name ?? present?.id ?? "");
  const [settings, setSettings] = useState((present?.settings ?? {}) as Record<string, unknown>);
  const [language, setLanguage] = useState(present?.language ?? "");
  const [perMinute, setPerMinute] = useState(present?.perMinute);
  const [texts, setTexts] = useState(present?.texts ?? {});
  const [problems, setProblems] = useState<Problem[]>([]);
  const [busy, setBusy] = useState(false);
  const all = setup.config.channels ?? [];
  const others = all.filter((c) => c !== present).map((c) => c.id);

  const choose = (next: Choice | undefined) => {
    setChoice(next);
    setProblems([]);
    setSettings((next?.preset?.settings as Record<string, unknown>) ?? {});
    setName(next ? textIn((next.preset ?? next.kind).title) : "");
  };
  const draft = (): MessageChannel => ({
    id: present?.id ?? freeId(name, others, choice?.preset?.id ?? choice?.kind.id ?? "channel"),
    name: name || undefined,
    kind: choice?.kind.id ?? "",
    preset: choice?.preset?.id,
    settings,
    language: (language || undefined) as MessageChannel["language"],
    perMinute,
    texts: Object.keys(texts).length ? texts : undefined,
    disabled: present?.disabled,
  });
  const save = async () => {
    setBusy(true);
    try {
      const channel = draft();
      const channels = put(all, channel);
      await setup.save({ ...setup.config, channels }).catch((failure) => {
        const at = `/channels/${channels.findIndex((c) => c.id === channel.id)}`;
        const found = problemsOf(failure);
        setProblems(found.map((p) => (p.at?.startsWith(at) ? { ...p, at: p.at.slice(at.length) } : p)));
        throw failure;
      });
      onClose();
    } catch {
      // The form says what is wrong.
    } finally {
      setBusy(false);
    }
  };
  const fields = choice ? arranged(choice) : [];
  const ofSettings = below(problems, "/settings");
  return (
    <Dialog
      open
      size="wide"
      title={
        choice ? (
          <span className="dialog-title">
            <ServiceIcon name={choice.preset?.icon ?? choice.kind.icon} size={20} />
            {present ? t("notify:editChannel", { name }) : textIn((choice.preset ?? choice.kind).title)}
          </span>
        ) : (
          t("notify:addChannel")
        )
      }
      onClose={onClose}
      footer={
        <>
          {choice && !present && (
            <Button look="quiet" icon={<ArrowLeft size={16} aria-hidden />} onClick={() => choose(undefined)}>
              {t("notify:other")}
            </Button>
          )}
          <span className="grow" />
          <Button onClick={onClose}>{t("common:cancel")}</Button>
          {choice && (
            <Button look="primary" disabled={busy} onClick={() => void save()}>
              {present ? t("common:save") : t("common:add")}
            </Button>
          )}
        </>
      }
    >
      {!choice ? (
        <fieldset className="choices">
          <legend>{t("notify:choose")}</legend>
          {choices.map((c) => (
            <button key={`${c.kind.id} ${c.preset?.id}`} type="button" className="choice" onClick={() => choose(c)}>
              <span className="app-icon">
                <ServiceIcon name={c.preset?.icon ?? c.kind.icon} size={24} />
              </span>
              <strong>
                {c.preset && c.kind.id === "sms" ? `${textIn(c.kind.title)} · ` : ""}
                {textIn((c.preset ?? c.kind).title)}
              </strong>
              <span className="muted">{textIn((c.preset ?? c.kind).summary)}</span>
            </button>
          ))}
        </fieldset>
      ) : (
        <div className="notify-form">
          <p className="muted">{textIn((choice.preset ?? choice.kind).summary)}</p>
          <TextField label={t("notify:name")} value={name} onChange={setName} autoFocus />
          <SpecForm
            fields={fields}
            value={settings}
            onChange={(next) => {
              setSettings(next);
              setProblems([]);
            }}
            problems={ofSettings}
          />
          <details className="fold">
            <summary>{t("notify:textsAndRate")}</summary>
            <div className="form-group">
              <SelectField
                label={t("notify:languageOf")}
                hint={t("notify:languageOfHint")}
                value={language}
                onChange={setLanguage}
                options={[
                  { value: "", label: "English" },
                  { value: "zh", label: "中文" },
                ]}
              />
              <NumberField
                label={t("notify:perMinute")}
                hint={t("notify:perMinuteHint")}
                value={perMinute}
                onChange={setPerMinute}
                min={1}
                max={600}
                integer
                error={wrongAt(problems, "/perMinute")}
              />
              <p className="hint">{t("notify:templateHint", { placeholders })}</p>
              {(["en", "zh"] as const).map((lang) => (
                <Template
                  key={lang}
                  language={lang}
                  value={texts[lang]}
                  wrong={{
                    subject: wrongAt(problems, `/texts/${lang}/subject`),
                    text: wrongAt(problems, `/texts/${lang}/text`),
                  }}
                  onChange={(next) => {
                    const { [lang]: _, ...rest } = texts;
                    setTexts(next ? { ...rest, [lang]: next } : rest);
                    setProblems([]);
                  }}
                />
              ))}
            </div>
          </details>
          {problems.length > 0 && <ProblemList problems={problems} />}
          <Try channel={draft} reach={choice.kind.reach} onProblems={setProblems} />
        </div>
      )}
    </Dialog>
  );
}

/** Mail first, then chats, what is left last. */
function order(c: Choice): number {
  if (c.kind.id === "mail") return 0;
  if (c.kind.id === "push") return 1;
  if (c.preset?.id === "custom") return 9;
  return c.kind.id === "sms" ? 5 : 3;
}

/** The fields of a service: those that it asks for in its order, the rest folded. */
function arranged({ kind, preset }: Choice): SpecField[] {
  const fields = (kind.settings ?? []) as SpecField[];
  if (!preset) return fields;
  const asked = preset.fields.flatMap((name) => fields.filter((f) => f.name === name));
  return [
    ...asked.map((f) => ({ ...f, advanced: f.name === "user" || f.name === "password" ? f.advanced : false })),
    ...fields.filter((f) => !preset.fields.includes(f.name)).map((f) => ({ ...f, advanced: true })),
  ];
}

interface TemplateText {
  subject?: string;
  text?: string;
}

function Template(props: {
  language: "en" | "zh";
  value: TemplateText | undefined;
  wrong: TemplateText;
  onChange(value: TemplateText | undefined): void;
}) {
  const t = useT();
  const name = props.language === "en" ? "English" : "中文";
  const set = (change: TemplateText) => {
    const next = { ...props.value, ...change };
    props.onChange(next.subject || next.text ? next : undefined);
  };
  return (
    <>
      <TextField
        label={t("notify:subjectIn", { language: name })}
        value={props.value?.subject ?? ""}
        error={props.wrong.subject}
        placeholder={
          props.language === "en" ? "[{priority}] {event}: {title} – {name}" : "【{priority}】{event}：{title} – {name}"
        }
        onChange={(subject) => set({ subject: subject || undefined })}
      />
      <Row label={t("notify:textIn", { language: name })} wrong={props.wrong.text}>
        {(id) => (
          <TextArea
            id={id}
            rows={5}
            value={props.value?.text ?? ""}
            placeholder={
              props.language === "en"
                ? "{message}\nValue: {value} {unit}\nLimit: {limit} {unit}\n…"
                : "{message}\n数值：{value} {unit}\n限值：{limit} {unit}\n…"
            }
            onChange={(e) => set({ text: e.target.value || undefined })}
          />
        )}
      </Row>
    </>
  );
}

/** The button that sends a test message, and what the service answers. */
function Try(props: { channel(): MessageChannel; reach: ChannelKind["reach"]; onProblems(problems: Problem[]): void }) {
  const t = useT();
  const [to, setTo] = useState("");
  const [busy, setBusy] = useState(false);
  const [said, setSaid] = useState<{ good: boolean; text: string; ms?: number }>();
  const needsTo = props.reach === "mail" || props.reach === "phone";
  const run = async () => {
    setBusy(true);
    setSaid(undefined);
    props.onProblems([]);
    try {
      const { data } = await request<{ answer: string; milliseconds: number }>("POST", "/notify/try", {
        channel: props.channel(),
        to: needsTo ? to.trim() : undefined,
      });
      setSaid({ good: true, text: data.answer, ms: data.milliseconds });
    } catch (error) {
      const failure = asApiError(error);
      if (failure.code === "message_refused") setSaid({ good: false, text: failure.message });
      else props.onProblems(problemsOf(failure).map((p) => ({ ...p, at: p.at?.replace(/^\/channel(?=\/)/, "") })));
    } finally {
      setBusy(false);
    }
  };
  return (
    <fieldset className="fieldset notify-try">
      <legend>{t("notify:try")}</legend>
      <div className="notify-adder">
        {needsTo && (
          <TextField
            label={props.reach === "mail" ? t("notify:tryMail") : t("notify:tryPhone")}
            type={props.reach === "mail" ? "email" : "tel"}
            value={to}
            onChange={setTo}
            onEnter={() => void run()}
          />
        )}
        <Button
          icon={<Send size={16} aria-hidden />}
          disabled={busy || (needsTo && !to.trim())}
          onClick={() => void run()}
        >
          {busy ? t("notify:trying") : t("notify:tryNow")}
        </Button>
      </div>
      {said && (
        <Note
          kind={said.good ? "good" : "bad"}
          title={said.good ? t("notify:tookIt", { ms: said.ms }) : t("notify:refusedIt")}
        >
          <code className="selectable notify-answer">{said.text}</code>
        </Note>
      )}
    </fieldset>
  );
}
