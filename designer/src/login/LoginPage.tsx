import type { Me, Problem } from "@lineside/client";
import { request } from "@lineside/client";
import { Moon, Sun } from "lucide-react";
import { type FormEvent, type ReactNode, useEffect, useState } from "react";
import { useLanguage, useT } from "../i18n";
import { chooseLanguage, chooseTheme, useTheme } from "../preferences";
import { ProblemList, TextField } from "../shell/form";
import { adopt } from "../shell/me";
import { asApiError } from "../shell/resource";
import { Button, IconButton } from "../ui";

/** Where to go after login: a path of this server, never another host. */
export function nextPath(search: string): string {
  const next = new URLSearchParams(search).get("next") ?? "/";
  return /^\/(?![/\\])/.test(next) ? next : "/";
}

function Card({ title, children }: { title: string; children: ReactNode }) {
  const t = useT();
  const lang = useLanguage();
  const theme = useTheme();
  useEffect(() => {
    document.title = `${title} · Lineside`;
  }, [title]);
  return (
    <main className="door">
      <div className="door-card">
        <div className="door-head">
          <span className="brand grow">Lineside</span>
          <IconButton
            small
            label={theme === "dark" ? t("shell:light") : t("shell:dark")}
            onClick={() => chooseTheme(theme === "dark" ? "light" : "dark")}
          >
            {theme === "dark" ? <Sun size={16} aria-hidden /> : <Moon size={16} aria-hidden />}
          </IconButton>
          <button
            type="button"
            className="link"
            lang={lang === "zh" ? "en" : "zh"}
            onClick={() => chooseLanguage(lang === "zh" ? "en" : "zh")}
          >
            {lang === "zh" ? "English" : "中文"}
          </button>
        </div>
        <h1>{title}</h1>
        {children}
      </div>
    </main>
  );
}

/** Name and password. */
export function LoginPage() {
  const t = useT();
  const [name, setName] = useState("");
  const [password, setPassword] = useState("");
  const [problem, setProblem] = useState<Problem>();
  const [busy, setBusy] = useState(false);
  const [needed, setNeeded] = useState(false);

  useEffect(() => {
    request<{ needed: boolean }>("GET", "/setup").then(
      ({ data }) => setNeeded(data.needed),
      () => {}, // the login itself will say what is wrong
    );
  }, []);

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    try {
      const { data } = await request<Me>("POST", "/login", { name, password });
      adopt(data);
      location.assign(nextPath(location.search));
    } catch (error) {
      setProblem(asApiError(error));
      setBusy(false);
    }
  };

  return (
    <Card title={t("login:title")}>
      {needed ? (
        <p>{t("login:setupNeeded")}</p>
      ) : (
        <form onSubmit={submit}>
          <TextField label={t("login:name")} value={name} onChange={setName} autoComplete="username" autoFocus />
          <TextField
            label={t("login:password")}
            value={password}
            onChange={setPassword}
            type="password"
            autoComplete="current-password"
          />
          {problem && <ProblemList problems={[problem]} />}
          <Button look="primary" large type="submit" disabled={busy || !name || !password}>
            {t("login:enter")}
          </Button>
        </form>
      )}
    </Card>
  );
}

/** The one-time set-up link leads here: it makes the first administrator. */
export function SetupPage() {
  const t = useT();
  const lang = useLanguage();
  const token = location.hash.slice(1);
  const [name, setName] = useState("");
  const [password, setPassword] = useState("");
  const [again, setAgain] = useState("");
  const [problem, setProblem] = useState<Problem>();
  const [busy, setBusy] = useState(false);
  const mismatch = again !== "" && again !== password;

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    try {
      await request("POST", "/setup", { token, name, password, language: lang });
      location.assign("/");
    } catch (error) {
      setProblem(asApiError(error));
      setBusy(false);
    }
  };

  return (
    <Card title={t("login:setupTitle")}>
      {token ? (
        <form onSubmit={submit}>
          <p className="muted">{t("login:setupText")}</p>
          <TextField label={t("login:name")} value={name} onChange={setName} autoComplete="username" autoFocus />
          <TextField
            label={t("login:password")}
            value={password}
            onChange={setPassword}
            type="password"
            autoComplete="new-password"
            hint={t("login:passwordHint")}
            error={again !== "" && password.length < 10 ? t("login:passwordHint") : undefined}
          />
          <TextField
            label={t("login:again")}
            value={again}
            onChange={setAgain}
            type="password"
            autoComplete="new-password"
            error={mismatch ? t("login:mismatch") : undefined}
          />
          {problem && <ProblemList problems={[problem]} />}
          <Button
            look="primary"
            large
            type="submit"
            disabled={busy || !name || password.length < 10 || again !== password}
          >
            {t("login:create")}
          </Button>
        </form>
      ) : (
        <p>{t("login:setupNeeded")}</p>
      )}
    </Card>
  );
}
