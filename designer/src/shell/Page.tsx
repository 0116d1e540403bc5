import { request } from "@lineside/client";
import {
  Bell,
  Braces,
  CircleUser,
  Factory,
  FileText,
  LayoutGrid,
  LogOut,
  MessageSquare,
  MonitorSmartphone,
  Moon,
  Ruler,
  Send,
  ShieldCheck,
  Sun,
  TrendingUp,
} from "lucide-react";
import { type ReactNode, useEffect, useState } from "react";
import { AlarmBanner } from "../alarms/AlarmBanner";
import { useLanguage, useT } from "../i18n";
import { chooseLanguage, chooseTheme, useTheme } from "../preferences";
import { Link, navigate, usePath } from "../router";
import { Button, Menu, type MenuEntry } from "../ui";
import { UnitsDialog } from "../units/UnitsDialog";
import { WritesBanner } from "../writes/WritesBanner";
import { useMay, useMe } from "./me";
import { StationDialog, station } from "./StationDialog";

/** The frame around every page but the editor and the player: where one is, where one can go, who one is. */
export function Page({ title, tools, children }: { title: string; tools?: ReactNode; children: ReactNode }) {
  const t = useT();
  const path = usePath();
  const view = useMay("view");
  const administer = useMay("administer");
  const design = useMay("design");
  useEffect(() => {
    document.title = `${title} · Lineside`;
  }, [title]);
  const places = [
    { href: "/", icon: LayoutGrid, label: t("shell:apps"), show: true },
    { href: "/alarms", icon: Bell, label: t("alarms:title"), show: view },
    { href: "/history", icon: TrendingUp, label: t("trends:title"), show: view },
    { href: "/reports", icon: FileText, label: t("reports:title"), show: view },
    { href: "/plant", icon: Factory, label: t("shell:plant"), show: design },
    { href: "/scripts", icon: Braces, label: t("own:scripts.title"), show: design },
    { href: "/messages", icon: Send, label: t("notify:title"), show: administer },
    { href: "/admin", icon: ShieldCheck, label: t("shell:admin"), show: administer },
  ];
  return (
    <div className="page">
      <header className="page-header">
        <span className="brand">Lineside</span>
        <nav aria-label={t("shell:places")}>
          {places
            .filter((place) => place.show)
            .map(({ href, icon: Icon, label }) => (
              <Link key={href} to={href} className={path === href ? "place current" : "place"}>
                <Icon size={16} aria-hidden /> {label}
              </Link>
            ))}
        </nav>
        <span className="grow" />
        {tools}
        <UserMenu />
      </header>
      <WritesBanner />
      {view && <AlarmBanner />}
      <main className="page-main">
        <h1 className="page-title">{title}</h1>
        {children}
      </main>
    </div>
  );
}

/** Language, theme and leaving; the choice is kept with the person. */
export function UserMenu() {
  const t = useT();
  const lang = useLanguage();
  const me = useMe();
  const theme = useTheme();
  const design = useMay("design");
  const [units, setUnits] = useState(false);
  const [naming, setNaming] = useState(false);
  const keep = (change: Record<string, string>) => void request("PATCH", "/me", change).catch(() => {});
  const entries: MenuEntry[] = [
    {
      id: "language",
      label: lang === "zh" ? "English" : "中文",
      run: () => {
        const next = lang === "zh" ? "en" : "zh";
        chooseLanguage(next);
        keep({ language: next });
      },
    },
    {
      id: "theme",
      label: theme === "dark" ? t("shell:light") : t("shell:dark"),
      icon: theme === "dark" ? <Sun size={14} aria-hidden /> : <Moon size={14} aria-hidden />,
      run: () => {
        const next = theme === "dark" ? "light" : "dark";
        chooseTheme(next);
        keep({ theme: next });
      },
    },
    {
      id: "units",
      label: t("units:menu"),
      icon: <Ruler size={14} aria-hidden />,
      run: () => setUnits(true),
    },
    {
      id: "messages",
      label: t("notify:mine"),
      icon: <MessageSquare size={14} aria-hidden />,
      run: () => navigate("/messages#mine"),
    },
    {
      id: "station",
      label: station() ? t("station:menuNow", { name: station() }) : t("station:menu"),
      icon: <MonitorSmartphone size={14} aria-hidden />,
      run: () => setNaming(true),
    },
    {
      id: "logout",
      label: t("shell:logout"),
      icon: <LogOut size={14} aria-hidden />,
      run: async () => {
        await request("POST", "/logout").catch(() => {});
        location.assign("/login");
      },
    },
  ];
  return (
    <>
      <Menu entries={entries} align="end">
        <Button look="quiet" icon={<CircleUser size={16} aria-hidden />}>
          <span className="user-name">{me.name}</span>
        </Button>
      </Menu>
      {units && <UnitsDialog plantToo={design} onClose={() => setUnits(false)} />}
      {naming && <StationDialog onClose={() => setNaming(false)} />}
    </>
  );
}
