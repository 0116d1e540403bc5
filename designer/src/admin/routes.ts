import type { Route } from "../router";
import { member } from "../shell/me";

export default [{ path: "/admin", load: () => import("./AdminPage").then(member) }] satisfies Route[];
