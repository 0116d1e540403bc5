import type { Route } from "../router";
import { member } from "../shell/me";

export default [{ path: "/design/gallery", load: () => import("./GalleryPage").then(member) }] satisfies Route[];
