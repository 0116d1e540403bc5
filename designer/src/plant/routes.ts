import type { Route } from "../router";

export default [{ path: "/plant", load: () => import("./PlantPage") }] satisfies Route[];
