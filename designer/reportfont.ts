// Puts the font of reports among what is built, packed: one TrueType font with Latin and Chinese, which the runtime embeds
// into each PDF as far as it is used. Licence: SIL Open Font License 1.1, which goes along.
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import type { Plugin } from "vite";

const family = "@expo-google-fonts/noto-sans-sc";

export function reportFont(): Plugin {
  return {
    name: "report-font",
    apply: "build",
    async buildStart() {
      const home = dirname(createRequire(import.meta.url).resolve(`${family}/package.json`));
      const font = await readFile(join(home, "400Regular", "NotoSansSC_400Regular.ttf"));
      this.emitFile({
        type: "asset",
        fileName: "fonts/report.ttf.gz",
        source: await promisify(gzip)(font, { level: 9 }),
      });
      this.emitFile({ type: "asset", fileName: "fonts/OFL.txt", source: await readFile(join(home, "LICENSE_FONT")) });
    },
  };
}
