import type { Route } from "../router";

export default [
  { path: "/login", load: () => import("./LoginPage").then((m) => ({ default: m.LoginPage })) },
  { path: "/setup", load: () => import("./LoginPage").then((m) => ({ default: m.SetupPage })) },
] satisfies Route[];
