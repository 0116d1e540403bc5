// Paths to pages. A folder of src says its own routes in routes.ts, so adding a page touches that folder only.
import { type ComponentType, lazy, type MouseEvent, type ReactNode, Suspense, useSyncExternalStore } from "react";
import { useT } from "./i18n";
import { Boundary, Busy, Empty } from "./ui";

/** What a page gets: the parts of the path that begin with ":". */
export type PageProps = { params: Record<string, string> };

/** One page. `path` is like "/design/:installation"; `load` imports the module whose default is the page. */
export interface Route {
  path: string;
  load: () => Promise<{ default: ComponentType<PageProps> }>;
}

const modules = import.meta.glob<{ default: Route[] }>("./*/routes.ts", { eager: true });
const table = Object.values(modules)
  .flatMap((m) => m.default)
  .map((route) => ({ parts: split(route.path), Page: lazy(route.load) }));

function split(path: string): string[] {
  return path.split("/").filter(Boolean);
}

function match(path: string): { Page: ComponentType<PageProps>; params: Record<string, string> } | undefined {
  const given = split(path);
  for (const { parts, Page } of table) {
    if (parts.length !== given.length) continue;
    const params: Record<string, string> = {};
    const fits = parts.every((part, i) => {
      const value = given[i] as string;
      if (!part.startsWith(":")) return part === value;
      try {
        params[part.slice(1)] = decodeURIComponent(value);
        return true;
      } catch {
        return false;
      }
    });
    if (fits) return { Page, params };
  }
  return undefined;
}

const listeners = new Set<() => void>();

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  window.addEventListener("popstate", listener);
  return () => {
    listeners.delete(listener);
    window.removeEventListener("popstate", listener);
  };
}

/** Goes to another page of this application; with replace the present one is not kept in the history. */
export function navigate(to: string, options: { replace?: boolean } = {}): void {
  if (options.replace) history.replaceState(null, "", to);
  else history.pushState(null, "", to);
  for (const listener of [...listeners]) listener();
}

/** The path of the address now. */
export function usePath(): string {
  return useSyncExternalStore(subscribe, () => location.pathname);
}

/** A link that stays within the page; with a modifier key, or to /run/, the browser does what it always does. */
export function Link(props: {
  to: string;
  className?: string;
  children: ReactNode;
  title?: string;
  "aria-label"?: string;
}) {
  const { to, ...rest } = props;
  const go = (event: MouseEvent) => {
    if (
      event.button !== 0 ||
      event.metaKey ||
      event.ctrlKey ||
      event.shiftKey ||
      event.altKey ||
      to.startsWith("/run/")
    )
      return;
    event.preventDefault();
    navigate(to);
  };
  return <a href={to} onClick={go} {...rest} />;
}

/** Shows the page of the address. */
export function Router() {
  const path = usePath();
  const t = useT();
  const found = match(path);
  if (!found) {
    return (
      <main className="page-center">
        <Empty title={t("common:notFound.title")} text={t("common:notFound.text")}>
          <Link to="/">{t("common:notFound.home")}</Link>
        </Empty>
      </main>
    );
  }
  const { Page, params } = found;
  return (
    <Suspense fallback={<Busy />}>
      <Boundary again={path}>
        <Page key={JSON.stringify(params)} params={params} />
      </Boundary>
    </Suspense>
  );
}
