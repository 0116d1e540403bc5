// The tester: a click on a widget lists what its actions would do, in order, without doing it.
import type { Scalar, TryResult } from "@lineside/client";
import { X } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import type { Board } from "../../canvas";
import { tryApp } from "../../design/api";
import { useEditor, useScreen, useSelected, useUi } from "../../design/context";
import { textIn, useLanguage, useT } from "../../i18n";
import { asApiError } from "../../shell/resource";
import { Button, FieldControl, IconButton } from "../../ui";
import { formatValue, sentence } from "../format";

/** The test over the board, while it is switched on. */
export function TryActions({ board }: { board: Board | undefined }) {
  return useUi((s) => s.testing) ? <TryPanel board={board} /> : null;
}

function TryPanel({ board }: { board: Board | undefined }) {
  const t = useT();
  const lang = useLanguage();
  const editor = useEditor();
  const record = useScreen();
  const selected = useSelected();
  const [subject, setSubject] = useState<string>();
  const [data, setData] = useState<Scalar>();
  const [variables, setVariables] = useState<Record<string, Scalar>>({});
  const [result, setResult] = useState<{ event: string; steps: TryResult["steps"] }>();
  const [failed, setFailed] = useState("");
  const panel = useRef<HTMLElement>(null);
  const screen = record?.screen;
  const screenId = screen?.id;

  // Another screen begins anew.
  // biome-ignore lint/correctness/useExhaustiveDependencies: the id of the screen is what matters
  useEffect(() => {
    setSubject(undefined);
    setVariables({});
    setResult(undefined);
    setFailed("");
  }, [screenId]);
  useEffect(() => panel.current?.focus(), []);
  // What is selected by keyboard can be tried as what is clicked can.
  const chosen = selected.length === 1 ? selected[0]?.id : undefined;
  useEffect(() => {
    if (chosen) setSubject(chosen);
  }, [chosen]);

  if (!record || !screen) return null;
  const end = () => editor.ui.setState({ testing: false });
  const widget = subject === undefined ? undefined : record.widgets[subject];
  const on = (widget ? widget.on : screen.on) ?? {};
  const manifest = widget && editor.manifests.get(widget.type);
  const { events } = editor.catalogue;
  const names = Object.keys(on).filter((e) => (on[e]?.length ?? 0) > 0 && e !== "change");
  // Writing what was entered is what such a widget does by itself; what follows a change comes with it.
  if (manifest?.writes && !names.includes("set")) names.unshift("set");
  const title = (event: string) =>
    textIn(
      manifest?.events?.find((e) => e.name === event)?.title ??
        [...events.widget, ...events.input, ...events.screen].find((e) => e.value === event)?.title,
      lang,
    ) || event.replace(/^key:/, "");
  const run = async (id: string, event: string, value: Scalar | undefined) => {
    setFailed("");
    try {
      const r = await tryApp(editor.installation, {
        document: editor.app(),
        screen: screen.id,
        widget: id,
        event,
        variables,
        ...(value === undefined ? {} : { data: value }),
      });
      setResult({ event, steps: r.steps });
      setVariables(r.variables);
    } catch (e) {
      setResult(undefined);
      setFailed(asApiError(e).message);
    }
  };
  const press = (x: number, y: number) => {
    let id = board?.view.hit(x, y);
    // A group takes what its widgets leave.
    while (id !== undefined && Object.keys(record.widgets[id]?.on ?? {}).length === 0 && record.widgets[id]?.parent)
      id = record.widgets[id]?.parent;
    setSubject(id);
    setResult(undefined);
    setFailed("");
    const hit = id === undefined ? undefined : record.widgets[id];
    const first = ["click", "double", "long", "down"].find((e) => hit?.on?.[e]?.length);
    if (id !== undefined && first) void run(id, first, undefined);
  };
  return (
    <>
      <div
        className="try-layer"
        onPointerDown={(e) => {
          const box = e.currentTarget.getBoundingClientRect();
          press(e.clientX - box.left, e.clientY - box.top);
        }}
      />
      <section
        className="try-panel"
        aria-label={t("actions:try.title")}
        ref={panel}
        tabIndex={-1}
        onKeyDown={(e) => {
          if (e.key !== "Escape") return;
          e.stopPropagation();
          end();
        }}
      >
        <div className="try-head">
          <strong>
            {t("actions:try.title")}
            {" · "}
            {widget
              ? widget.name || `${textIn(manifest?.title, lang)} ${widget.id}`
              : textIn(screen.name, lang) || t("actions:try.screen")}
          </strong>
          <IconButton small label={t("actions:try.end")} onClick={end}>
            <X size={14} aria-hidden />
          </IconButton>
        </div>
        {names.length === 0 ? (
          <p className="muted">{t(widget ? "actions:try.nothing" : "actions:try.hint")}</p>
        ) : (
          <>
            {names.includes("set") && (
              <FieldControl
                field={{ name: "data", kind: "any", title: { en: t("actions:try.data") } }}
                value={data}
                placeholder={t("actions:try.data")}
                onChange={(v) => setData(v as Scalar)}
              />
            )}
            <div className="try-events">
              {names.map((event) => (
                <Button
                  key={event}
                  aria-label={t("actions:try.run", { event: title(event) })}
                  onClick={() => void run(widget?.id ?? "", event, event === "set" ? (data ?? null) : undefined)}
                >
                  {title(event)}
                </Button>
              ))}
            </div>
          </>
        )}
        <div aria-live="polite">
          {failed && <p className="wrong">{failed}</p>}
          {result && (
            <>
              <p className="muted">{`${title(result.event)}: ${t("actions:try.would")}`}</p>
              {result.steps.length === 0 && <p>{t("actions:try.none")}</p>}
              <ol className="try-steps">
                {result.steps.map((s, i) => (
                  // biome-ignore lint/suspicious/noArrayIndexKey: steps have no identity but their place
                  <li key={i} className={s.skipped ? "skipped" : undefined}>
                    <span className="try-text">{s.text}</span>
                    {s.skipped && <div className="muted">{t("actions:try.skipped", { text: s.if ?? "" })}</div>}
                    {s.problem && (
                      <div className="wrong">{t("actions:try.wouldFail", { message: sentence(s.problem) })}</div>
                    )}
                    {!s.skipped && s.value !== undefined && s.do === "add" && (
                      <div className="muted">{t("actions:try.value", { value: formatValue(s.value) })}</div>
                    )}
                  </li>
                ))}
              </ol>
            </>
          )}
        </div>
        {Object.keys(variables).length > 0 && (
          <>
            <p className="muted">{t("actions:try.variables")}</p>
            <dl className="try-variables">
              {Object.entries(variables).map(([id, v]) => (
                <div key={id} style={{ display: "contents" }}>
                  <dt className="mono">{id}</dt>
                  <dd className="mono">{formatValue(v)}</dd>
                </div>
              ))}
            </dl>
            <Button
              onClick={() => {
                setVariables({});
                setResult(undefined);
              }}
            >
              {t("actions:try.reset")}
            </Button>
          </>
        )}
      </section>
    </>
  );
}
