import type { Route } from "../router";
import { member } from "../shell/me";

export default [
  { path: "/reports", load: () => import("./ReportsPage").then(member) },
  { path: "/reports/:id", load: () => import("./EditPage").then(member) },
] satisfies Route[];
