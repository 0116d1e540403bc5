import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";
import { reportFont } from "./designer/reportfont.ts";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const server = process.env.LINESIDE_DEV ?? "http://127.0.0.1:8080";

export default defineConfig({
  root: here("./designer"),
  base: "/",
  plugins: [react(), reportFont()],
  resolve: {
    alias: {
      "@lineside/client": here("./runtime/client/index.ts"),
      "@lineside/scene": here("./runtime/scene/index.ts"),
      "@lineside/player": here("./runtime/player/index.ts"),
      "@lineside/widgets": here("./widgets/index.ts"),
    },
  },
  build: {
    outDir: here("./designer/dist"),
    emptyOutDir: false,
    // light-dark() follows the colour scheme that the theme sets at run time; rewritten for older browsers it would not.
    target: ["chrome123", "firefox120", "safari17.5"],
    cssTarget: ["chrome123", "firefox120", "safari17.5"],
    rollupOptions: { input: { index: here("./designer/index.html"), run: here("./designer/run.html") } },
  },
  server: { proxy: { "/api": { target: server, ws: true, changeOrigin: true, rewriteWsOrigin: true } } },
  test: {
    root: here("."),
    include: ["runtime/**/*.test.ts", "widgets/**/*.test.ts", "designer/**/*.test.ts"],
  },
});
