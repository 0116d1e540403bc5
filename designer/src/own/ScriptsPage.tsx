// How the scripts of all apps fare, and what they have written.
import type { ScriptLine, ScriptList, ScriptState } from "@lineside/client";
import { Braces } from "lucide-react";
import { useEffect, useState } from "react";
import { textIn, useLanguage, useT } from "../i18n";
import { Link } from "../router";
import { ProblemList } from "../shell/form";
import { Page } from "../shell/Page";
import { useResource } from "../shell/resource";
import { Badge, Busy, Empty, Note, Select } from "../ui";
import { readScriptLog } from "./api";
import "./own.css";

/** Lines of the log that the page keeps. */
const most = 500;

const keyOf = (s: { installation: string; widget: string }): string => `${s.installation}\n${s.widget}`;

export default function ScriptsPage() {
  const t = useT();
  const list = useResource<ScriptList>("/scripts", 2000);
  return (
    <Page title={t("own:scripts.title")}>
      <div className="own-scripts">
        <p className="muted">{t("own:scripts.help")}</p>
        {list.error && <ProblemList problems={[list.error]} />}
        {list.data && !list.data.running && <Note kind="warning" title={t("own:scripts.stopped")} />}
        {list.loading && !list.data && <Busy />}
        {list.data && <States list={list.data.scripts} />}
        <Log scripts={list.data?.scripts ?? []} />
      </div>
    </Page>
  );
}

function States({ list }: { list: readonly ScriptState[] }) {
  const t = useT();
  const lang = useLanguage();
  if (list.length === 0)
    return (
      <Empty icon={<Braces size={32} aria-hidden />} title={t("own:scripts.none")} text={t("own:scripts.noneText")} />
    );
  const number = (n: number) => n.toLocaleString(lang);
  return (
    <table className="table">
      <thead>
        <tr>
          <th>{t("own:scripts.app")}</th>
          <th>{t("own:scripts.widget")}</th>
          <th className="number">{t("own:scripts.instances")}</th>
          <th className="number">{t("own:scripts.calls")}</th>
          <th className="number">{t("own:scripts.p95")}</th>
          <th className="number">{t("own:scripts.longest")}</th>
          <th className="number">{t("own:scripts.errors")}</th>
          <th className="number">{t("own:scripts.strikes")}</th>
          <th>{t("own:scripts.state")}</th>
        </tr>
      </thead>
      <tbody>
        {list.map((s) => (
          <tr key={`${keyOf(s)}\n${s.draft}`}>
            <td>
              <Link to={`/design/${encodeURIComponent(s.installation)}`}>{s.installation}</Link>{" "}
              {s.draft && <Badge>{t("own:scripts.draft")}</Badge>}
            </td>
            <td>{textIn(s.title, lang) || s.widget}</td>
            <td className="number">{number(s.instances)}</td>
            <td className="number">{number(s.calls)}</td>
            <td className="number">{number(s.p95)} µs</td>
            <td className="number">{number(s.longest)} µs</td>
            <td className="number">{number(s.errors)}</td>
            <td className="number">{number(s.strikes)}</td>
            <td>
              {s.paused ? (
                <span className="wrong">
                  {t("own:scripts.paused", { time: new Date(s.paused).toLocaleTimeString(lang) })}
                </span>
              ) : (
                t("own:scripts.ok")
              )}
              {s.last && (
                <div className="wrong selectable">
                  {t("own:scripts.failed")}: {s.last.line ? `${s.last.line}:${s.last.column ?? 1} ` : ""}
                  {s.last.message}
                </div>
              )}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Log({ scripts }: { scripts: readonly ScriptState[] }) {
  const t = useT();
  const lang = useLanguage();
  const [of, setOf] = useState("");
  const [lines, setLines] = useState<readonly ScriptLine[]>([]);
  useEffect(() => {
    const stop = new AbortController();
    const [installation, widget] = of.split("\n");
    let after = 0;
    let timer: ReturnType<typeof setTimeout>;
    setLines([]);
    const ask = async () => {
      try {
        const log = await readScriptLog({ installation, widget }, after, stop.signal);
        after = log.next;
        if (log.lines.length > 0) setLines((before) => [...before, ...log.lines].slice(-most));
      } catch {
        // The table above tells that the server is away.
      }
      if (!stop.signal.aborted) timer = setTimeout(() => void ask(), 2000);
    };
    void ask();
    return () => {
      stop.abort();
      clearTimeout(timer);
    };
  }, [of]);
  const names = new Map(scripts.map((s) => [keyOf(s), `${s.installation} · ${textIn(s.title, lang) || s.widget}`]));
  return (
    <div className="own-scripts">
      <div className="own-try-head">
        <h2>{t("own:scripts.log")}</h2>
        <Select
          aria-label={t("own:scripts.all")}
          value={of}
          onChange={setOf}
          options={[
            { value: "", label: t("own:scripts.all") },
            ...[...names].map(([value, label]) => ({ value, label })),
          ]}
        />
      </div>
      {lines.length === 0 ? (
        <p className="muted">{t("own:scripts.logNone")}</p>
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard
        <section className="own-log-table" tabIndex={0} aria-label={t("own:scripts.log")}>
          <table className="table">
            <thead>
              <tr>
                <th>{t("own:scripts.time")}</th>
                <th>{t("own:scripts.widget")}</th>
                <th>{t("own:scripts.state")}</th>
                <th>{t("own:scripts.text")}</th>
                <th>{t("own:scripts.place")}</th>
              </tr>
            </thead>
            <tbody>
              {lines.toReversed().map((line) => (
                <tr key={line.id}>
                  <td>{new Date(line.time).toLocaleTimeString(lang)}</td>
                  <td>{names.get(keyOf(line)) ?? `${line.installation} · ${line.widget}`}</td>
                  <td className={line.kind === "log" ? undefined : "wrong"}>{t(`own:scripts.kinds.${line.kind}`)}</td>
                  <td className="selectable mono">{line.text}</td>
                  <td className="mono">
                    {[line.screen, line.element].filter(Boolean).join("/")}
                    {line.line ? ` ${line.line}:${line.column ?? 1}` : ""}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      )}
    </div>
  );
}
