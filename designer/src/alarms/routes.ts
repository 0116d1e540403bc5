import type { Route } from "../router";
import { member } from "../shell/me";

export default [{ path: "/alarms", load: () => import("./AlarmsPage").then(member) }] satisfies Route[];
