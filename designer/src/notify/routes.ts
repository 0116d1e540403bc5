import type { Route } from "../router";
import { member } from "../shell/me";

export default [{ path: "/messages", load: () => import("./NotifyPage").then(member) }] satisfies Route[];
