import type { Route } from "../router";
import { member } from "../shell/me";

export default [{ path: "/scripts", load: () => import("./ScriptsPage").then(member) }] satisfies Route[];
