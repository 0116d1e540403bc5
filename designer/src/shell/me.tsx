// Who is logged in: known before any page but login and set-up is drawn.
import type { Me } from "@lineside/client";
import { ApiError, request } from "@lineside/client";
import { type ComponentType, createContext, type ReactNode, useContext, useEffect, useState } from "react";
import { chooseLanguage, chooseTheme } from "../preferences";
import type { PageProps } from "../router";
import { Busy } from "../ui";
import { ProblemList } from "./form";
import { asApiError } from "./resource";

const Context = createContext<Me | undefined>(undefined);

/** The person who is logged in; only below a Login boundary. */
export function useMe(): Me {
  const me = useContext(Context);
  if (!me) throw new Error("useMe outside of LoggedIn");
  return me;
}

/** Whether an action is allowed anywhere; the server decides, this only decides what is offered. */
export function useMay(action: string): boolean {
  return useMe().actions.includes(action);
}

/** Makes the language and theme of a person those of the page. */
export function adopt(me: Me): void {
  if (me.language) chooseLanguage(me.language);
  if (me.theme) chooseTheme(me.theme);
}

let early: ReturnType<typeof ask> | undefined;

const ask = () => request<Me>("GET", "/me");

/** Asks who is logged in while the page is still being loaded. */
export function askEarly(): void {
  early = ask();
  early.catch(() => {}); // told where it is used
}

/** Draws its children for somebody who is logged in; sends everybody else to the login page and back. */
export function LoggedIn({ children }: { children: ReactNode }) {
  const [me, setMe] = useState<Me>();
  const [problem, setProblem] = useState<ApiError>();
  useEffect(() => {
    const asked = early ?? ask();
    early = undefined;
    asked.then(
      ({ data }) => {
        adopt(data);
        setMe(data);
      },
      (error) => {
        if (error instanceof ApiError && error.status === 401)
          location.replace(`/login?next=${encodeURIComponent(location.pathname + location.search)}`);
        else setProblem(asApiError(error));
      },
    );
  }, []);
  if (problem) return <ProblemList problems={[problem]} />;
  if (!me) return <Busy />;
  return <Context.Provider value={me}>{children}</Context.Provider>;
}

/** Puts a page behind the login: for `load` of a route. */
export function member(module: { default: ComponentType<PageProps> }): { default: ComponentType<PageProps> } {
  const Inner = module.default;
  return {
    default: (props) => (
      <LoggedIn>
        <Inner {...props} />
      </LoggedIn>
    ),
  };
}
