// Paths to pages. A folder of src says its own routes in routes.ts, so adding a page touches that folder only.
import { type ComponentType, type MouseEvent, type ReactNode, useEffect, useState, useSyncExternalStore } from "react";
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
  .map((route): Entry => ({ parts: split(route.path), load: route.load }))
  // A path that is written out goes before one with a part that may be anything.
  .toSorted((a, b) => Number(a.parts.some(free)) - Number(b.parts.some(free)));

/** A route, and its page once that was loaded. */
interface Entry {
  parts: string[];
  load: Route["load"];
  Page?: ComponentType<PageProps>;
}

function free(part: string): boolean {
  return part.startsWith(":");
}

function split(path: string): string[] {
  return path.split("/").filter(Boolean);
}

function match(path: string): { entry: Entry; params: Record<string, string> } | undefined {
  const given = split(path);
  for (const entry of table) {
    const { parts } = entry;
    if (parts.length !== given.length) continue;
    const params: Record<string, string> = {};
    const fits = parts.every((part, i) => {
      const value = given[i] as string;
      if (!free(part)) return part === value;
      try {
        params[part.slice(1)] = decodeURIComponent(value);
        return true;
      } catch {
        return false;
      }
    });
    if (fits) return { entry, params };
  }
  return undefined;
}

async function load(entry: Entry): Promise<void> {
  entry.Page ??= (await entry.load()).default;
}

/** Loads the page of the address; one that cannot be loaded is told by the Router. */
export async function preload(): Promise<void> {
  const found = match(location.pathname);
  if (found) await load(found.entry).catch(() => {});
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
  const { entry, params } = found;
  return (
    <Boundary again={path}>
      <Loaded key={entry.parts.join("/") + JSON.stringify(params)} entry={entry} params={params} />
    </Boundary>
  );
}

/**
 * The page of a route as soon as it is there. It is no lazy component in a Suspense, because React shows what
 * follows a fallback 300 ms after that at the earliest.
 */
function Loaded({ entry, params }: { entry: Entry; params: Record<string, string> }) {
  const [, setState] = useState<"loaded">();
  const [fault, setFault] = useState<unknown>();
  useEffect(() => {
    if (!entry.Page) load(entry).then(() => setState("loaded"), setFault);
  }, [entry]);
  if (fault) throw fault;
  return entry.Page ? <entry.Page params={params} /> : <Busy />;
}
