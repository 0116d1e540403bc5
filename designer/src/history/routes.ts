import type { Route } from "../router";
import { member } from "../shell/me";

export default [{ path: "/history", load: () => import("./HistoryPage").then(member) }] satisfies Route[];
