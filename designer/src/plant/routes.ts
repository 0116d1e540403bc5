import type { Route } from "../router";
import { member } from "../shell/me";

export default [{ path: "/plant", load: () => import("./PlantPage").then(member) }] satisfies Route[];
