import type { Route } from "../router";

export default [{ path: "/admin", load: () => import("./AdminPage") }] satisfies Route[];
