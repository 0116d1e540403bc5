import type { Route } from "../router";

export default [{ path: "/design/:installation", load: () => import("./DesignPage") }] satisfies Route[];
