import type { AppSummary } from "@lineside/client";
import { request } from "@lineside/client";
import {
  GraduationCap,
  LayoutGrid,
  Pencil,
  Plus,
  SearchX,
  SquareArrowOutUpRight,
  Trash2,
  TriangleAlert,
  Upload,
} from "lucide-react";
import { useRef, useState } from "react";
import { beginGuide } from "../guide/emulator";
import { remember } from "../guide/progress";
import { language, textIn, useT } from "../i18n";
import { Link, navigate } from "../router";
import { ProblemList, problemsOf, sayFailure, TextField } from "../shell/form";
import { useMay } from "../shell/me";
import { Page } from "../shell/Page";
import { asApiError, useResource } from "../shell/resource";
import { useTime } from "../shell/time";
import { Badge, Busy, Button, Dialog, Empty, Icon, IconButton, SearchInput, Tooltip, useConfirm } from "../ui";
import { Machines } from "./Machines";

/** The apps of this runtime, like the first page of a phone. */
export default function LauncherPage() {
  const t = useT();
  const design = useMay("design");
  const apps = useResource<AppSummary[]>("/apps", 5000);
  const [query, setQuery] = useState("");
  const [making, setMaking] = useState(false);
  const [ask, question] = useConfirm();
  const file = useRef<HTMLInputElement>(null);
  const time = useTime();
  const words = query.trim().toLowerCase();
  const shown = (apps.data ?? []).filter(
    (app) =>
      (design || app.revision > 0) &&
      (!words ||
        [app.id, ...Object.values(app.name), ...Object.values(app.description ?? {})]
          .join(" ")
          .toLowerCase()
          .includes(words)),
  );

  const importApp = async (chosen: File) => {
    try {
      const document = JSON.parse(await chosen.text());
      await request("POST", "/apps", { document });
      await apps.reload();
    } catch (error) {
      sayFailure(error instanceof SyntaxError ? { message: t("launcher:notJson") } : asApiError(error));
    }
  };
  const guide = async () => {
    try {
      const id = await beginGuide((apps.data ?? []).map((app) => app.id));
      remember(id, { at: 0, deeds: [] });
      navigate(`/design/${id}`);
    } catch (error) {
      sayFailure(asApiError(error));
    }
  };
  const remove = async (app: AppSummary) => {
    const title = t("launcher:remove", { name: textIn(app.name) });
    if (!(await ask({ title, text: t("launcher:removeText"), action: t("common:remove"), danger: true }))) return;
    try {
      await request("DELETE", `/apps/${app.id}`);
      await apps.reload();
    } catch (error) {
      sayFailure(asApiError(error));
    }
  };

  return (
    <Page title={t("shell:apps")}>
      <div className="page-tools">
        {(apps.data ?? []).length > 0 && <SearchInput label={t("launcher:search")} value={query} onChange={setQuery} />}
        <span className="grow" />
        {design && (
          <>
            <input
              ref={file}
              type="file"
              accept="application/json,.json"
              hidden
              aria-label={t("launcher:import")}
              onChange={(event) => {
                const chosen = event.target.files?.[0];
                if (chosen) void importApp(chosen);
                event.target.value = "";
              }}
            />
            <Tooltip text={t("guide:startText")}>
              <Button icon={<GraduationCap size={16} aria-hidden />} onClick={() => void guide()}>
                {t("guide:start")}
              </Button>
            </Tooltip>
            <Button icon={<Upload size={16} aria-hidden />} onClick={() => file.current?.click()}>
              {t("launcher:import")}
            </Button>
            <Button icon={<Plus size={16} aria-hidden />} look="primary" onClick={() => setMaking(true)}>
              {t("launcher:newApp")}
            </Button>
          </>
        )}
      </div>
      {apps.error && <ProblemList problems={[apps.error]} />}
      {apps.loading && <Busy />}
      {apps.data && shown.length === 0 && (
        <Empty
          icon={words ? <SearchX size={32} aria-hidden /> : <LayoutGrid size={32} aria-hidden />}
          title={t(words ? "launcher:noMatch" : "launcher:none")}
          text={words ? t("launcher:noMatchText") : design ? t("launcher:noneText") : t("launcher:noneViewer")}
        >
          {words ? (
            <Button onClick={() => setQuery("")}>{t("launcher:showAll")}</Button>
          ) : (
            design && (
              <ol className="first-steps">
                <li>
                  <button type="button" className="link" onClick={() => void guide()}>
                    {t("guide:start")}
                  </button>
                  <span className="muted"> {t("guide:startText")}</span>
                </li>
                <li>
                  <Link to="/plant">{t("launcher:firstPlant")}</Link>
                </li>
                <li>
                  <button type="button" className="link" onClick={() => setMaking(true)}>
                    {t("launcher:firstApp")}
                  </button>
                </li>
              </ol>
            )
          )}
        </Empty>
      )}
      <ul className="launcher">
        {shown.map((app) => (
          <li key={app.id} className="launcher-app" aria-label={textIn(app.name)}>
            <a className="launcher-open" href={app.revision > 0 ? `/run/${app.id}` : `/design/${app.id}`}>
              <span className="app-icon">
                <Icon name={app.icon ?? "layout-dashboard"} size={28} />
              </span>
              <strong>{textIn(app.name)}</strong>
              {app.description && <span className="app-text">{textIn(app.description)}</span>}
              <span className="muted">
                {app.revision > 0
                  ? `${t("launcher:revision", { revision: app.revision })} · ${app.publishedAt ? time(app.publishedAt) : ""}`
                  : t("launcher:unpublished")}
              </span>
              {(app.problems?.length ?? 0) > 0 && (
                <span className="app-problem" title={app.problems?.[0]?.message}>
                  <TriangleAlert size={14} aria-hidden /> {t("launcher:problems", { count: app.problems?.length ?? 0 })}
                </span>
              )}
              {app.draftChanged && app.revision > 0 && design && <Badge>{t("launcher:draftChanged")}</Badge>}
            </a>
            {design && (
              <span className="row-actions">
                {app.revision > 0 && (
                  <IconButton
                    label={t("launcher:run", { name: textIn(app.name) })}
                    onClick={() => location.assign(`/run/${app.id}`)}
                  >
                    <SquareArrowOutUpRight size={16} aria-hidden />
                  </IconButton>
                )}
                <Tooltip text={t("launcher:design", { name: textIn(app.name) })}>
                  <Link
                    to={`/design/${app.id}`}
                    className="icon-button"
                    aria-label={t("launcher:design", { name: textIn(app.name) })}
                  >
                    <Pencil size={16} aria-hidden />
                  </Link>
                </Tooltip>
                <IconButton label={t("launcher:remove", { name: textIn(app.name) })} onClick={() => void remove(app)}>
                  <Trash2 size={16} aria-hidden />
                </IconButton>
              </span>
            )}
          </li>
        ))}
      </ul>
      <Machines />
      {making && <NewApp taken={(apps.data ?? []).map((app) => app.id)} onClose={() => setMaking(false)} />}
      {question}
    </Page>
  );
}

function NewApp({ taken, onClose }: { taken: string[]; onClose(): void }) {
  const t = useT();
  const lang = language();
  const [name, setName] = useState("");
  const [problem, setProblem] = useState<ReturnType<typeof asApiError>>();

  const make = async () => {
    const base =
      name
        .toLowerCase()
        .replace(/[^a-z0-9]+/g, "-")
        .replace(/^-+|-+$/g, "")
        .slice(0, 40) || "app";
    let id = base;
    for (let n = 2; taken.includes(id); n++) id = `${base}-${n}`;
    try {
      await request("POST", "/apps", { id, name: lang === "en" ? { en: name } : { en: name, [lang]: name } });
      navigate(`/design/${id}`);
    } catch (error) {
      setProblem(asApiError(error));
    }
  };
  return (
    <Dialog
      open
      title={t("launcher:newApp")}
      onClose={onClose}
      footer={
        <Button look="primary" disabled={!name.trim()} onClick={make}>
          {t("launcher:create")}
        </Button>
      }
    >
      <TextField
        label={t("launcher:name")}
        value={name}
        onChange={setName}
        onEnter={() => name.trim() && void make()}
        autoFocus
      />
      {problem && <ProblemList problems={problemsOf(problem)} />}
    </Dialog>
  );
}
