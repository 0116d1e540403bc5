import type { Route } from "../router";
import { member } from "../shell/me";

export default [{ path: "/", load: () => import("./LauncherPage").then(member) }] satisfies Route[];
