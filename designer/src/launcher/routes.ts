import type { Route } from "../router";

export default [{ path: "/", load: () => import("./LauncherPage") }] satisfies Route[];
