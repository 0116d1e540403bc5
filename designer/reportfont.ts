// Puts the font of reports among what is built, cut to what reports need and packed: one TrueType font with Latin and
// Chinese, which the runtime embeds into each PDF as far as it is used. Licence: SIL Open Font License 1.1, which goes along.
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { brotliCompress, constants } from "node:zlib";
import type { Plugin } from "vite";

const family = "@expo-google-fonts/noto-sans-sc";

export function reportFont(): Plugin {
  return {
    name: "report-font",
    apply: "build",
    async buildStart() {
      const home = dirname(createRequire(import.meta.url).resolve(`${family}/package.json`));
      const font = subset(await readFile(join(home, "400Regular", "NotoSansSC_400Regular.ttf")), needed);
      this.emitFile({
        type: "asset",
        fileName: "fonts/report.ttf.br",
        source: await promisify(brotliCompress)(font, {
          params: {
            [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY,
            [constants.BROTLI_PARAM_LGWIN]: constants.BROTLI_MAX_WINDOW_BITS,
            [constants.BROTLI_PARAM_SIZE_HINT]: font.length,
          },
        }),
      });
      this.emitFile({ type: "asset", fileName: "fonts/OFL.txt", source: await readFile(join(home, "LICENSE_FONT")) });
    },
  };
}

// Of Extension A of the Chinese characters reports need those of the table of standard characters (通用规范汉字表); the
// others, some 6,500, are in no plant, and a tenth of the font.
const extensionA = new Set(
  "㑇㑊㕮㘎㙍㙘㙦㛃㛚㛹㟃㠇㠓㤘㥄㧐㧑㧟㫰㬊㬎㬚㭎㭕㮾㰀㳇㳘㳚㴔㵐㶲㸆㸌㺄㻬㽏㿠䁖䂮䃅䃎䅟䌹䎃䎖䏝䏡䏲䐃䓖䓛䓨䓫䓬䗖䗛䗪䗴䜣䝙䢺䢼䣘䥽䦃䲟䲠䲢䴓䴔䴕䴖䴗䴘䴙䶮",
);
const needed = (char: number): boolean => char < 0x3400 || char > 0x4dbf || extensionA.has(String.fromCodePoint(char));

/** What a renderer of outlines reads (OpenType 1.9, "Required tables"); layout, hints and vertical metrics are left out. */
const kept = ["OS/2", "cmap", "glyf", "head", "hhea", "hmtx", "loca", "maxp", "name", "post"];

/**
 * Takes the outlines of characters that are not needed out of a TrueType font, and the characters out of its cmap. Glyphs
 * keep their numbers: all other tables stay as they are.
 */
function subset(font: Buffer, needed: (char: number) => boolean): Buffer {
  const tables = new Map<string, Buffer>();
  for (let i = 0, at = 12; i < font.readUInt16BE(4); i++, at += 16) {
    const start = font.readUInt32BE(at + 8);
    tables.set(font.toString("latin1", at, at + 4), font.subarray(start, start + font.readUInt32BE(at + 12)));
  }
  const table = (tag: string): Buffer => {
    const found = tables.get(tag);
    if (found === undefined) throw new Error(`the font of reports has no table "${tag}"`);
    return found;
  };

  const chars = [...characters(table("cmap"))].filter(([char]) => needed(char)).sort(([a], [b]) => a - b);
  const glyphs = new Set([0, ...chars.map(([, glyph]) => glyph)]);
  const count = table("maxp").readUInt16BE(4);
  if (table("head").readInt16BE(50) !== 1) throw new Error("the font of reports has short offsets in loca");
  const loca = Buffer.alloc(4 * (count + 1));
  const hmtx = Buffer.from(table("hmtx"));
  const outlines: Buffer[] = [];
  let size = 0;
  for (let glyph = 0; glyph < count; glyph++) {
    const [start, end] = [table("loca").readUInt32BE(4 * glyph), table("loca").readUInt32BE(4 * glyph + 4)];
    if (!glyphs.has(glyph)) {
      if (glyph < table("hhea").readUInt16BE(34)) hmtx.fill(0, 4 * glyph, 4 * glyph + 4);
    } else if (end > start) {
      const outline = table("glyf").subarray(start, end);
      if (outline.readInt16BE(0) < 0) throw new Error("the font of reports has glyphs made of others");
      outlines.push(outline);
      size += outline.length;
    }
    loca.writeUInt32BE(size, 4 * glyph + 4);
  }
  tables.set("cmap", cmap(chars));
  tables.set("loca", loca);
  tables.set("hmtx", hmtx);
  tables.set("glyf", Buffer.concat(outlines));
  return assemble(kept.map((tag) => [tag, table(tag)]));
}

type Mapping = [char: number, glyph: number];

/** Reads the mappings of a cmap with the subtables 4 (first plane) and 12 (what is beyond). */
function* characters(cmap: Buffer): Generator<Mapping> {
  for (let i = 0; i < cmap.readUInt16BE(2); i++) {
    if (cmap.readUInt16BE(4 + 8 * i) !== 3) continue; // Windows: Unicode
    const at = cmap.subarray(cmap.readUInt32BE(8 + 8 * i));
    if (at.readUInt16BE(0) === 12) {
      for (let group = 16, n = at.readUInt32BE(12); n > 0; n--, group += 12) {
        const [first, last, glyph] = [at.readUInt32BE(group), at.readUInt32BE(group + 4), at.readUInt32BE(group + 8)];
        for (let char = first; char <= last; char++) yield [char, glyph + char - first];
      }
    }
  }
}

/** Writes a cmap: subtable 4 for those who read the first plane only, 12 for all. */
function cmap(chars: Mapping[]): Buffer {
  const runs = (of: Mapping[]) => {
    const out: { first: number; last: number; glyph: number }[] = [];
    for (const [char, glyph] of of) {
      const run = out.at(-1);
      if (run !== undefined && char === run.last + 1 && glyph - run.glyph === char - run.first) run.last = char;
      else out.push({ first: char, last: char, glyph });
    }
    return out;
  };
  const plane = [...runs(chars.filter(([char]) => char < 0xffff)), { first: 0xffff, last: 0xffff, glyph: 0 }];
  const power = 2 ** Math.floor(Math.log2(plane.length));
  const words = [
    ...[2 * plane.length, 2 * power, Math.log2(power), 2 * (plane.length - power)],
    ...[...plane.map((run) => run.last), 0, ...plane.map((run) => run.first)],
    ...plane.map((run) => (run.glyph - run.first) & 0xffff),
    ...plane.map(() => 0),
  ];
  const four = shorts(4, 6 + 2 * words.length, 0, ...words);
  const all = runs(chars);
  const twelve = Buffer.concat([
    shorts(12, 0),
    longs(16 + 12 * all.length, 0, all.length, ...all.flatMap((run) => [run.first, run.last, run.glyph])),
  ]);
  return Buffer.concat([shorts(0, 2, 3, 1), longs(20), shorts(3, 10), longs(20 + four.length), four, twelve]);
}

const shorts = (...values: number[]): Buffer => Buffer.from(Uint16Array.from(values).buffer).swap16();
const longs = (...values: number[]): Buffer => Buffer.from(Uint32Array.from(values).buffer).swap32();

/** Puts tables together as a font, with the sums that a reader may check. */
function assemble(tables: [tag: string, data: Buffer][]): Buffer {
  const power = 2 ** Math.floor(Math.log2(tables.length));
  const directory: Buffer[] = [
    Buffer.concat([
      longs(0x00010000),
      shorts(tables.length, 16 * power, Math.log2(power), 16 * (tables.length - power)),
    ]),
  ];
  const bodies: Buffer[] = [];
  let at = 12 + 16 * tables.length;
  let head = 0;
  for (const [tag, data] of tables) {
    const body = Buffer.concat([data, Buffer.alloc(-data.length & 3)]);
    if (tag === "head") {
      head = at;
      body.writeUInt32BE(0, 8); // checksumAdjustment, below
    }
    directory.push(Buffer.from(tag, "latin1"), longs(sum(body), at, data.length));
    bodies.push(body);
    at += body.length;
  }
  const font = Buffer.concat([...directory, ...bodies]);
  font.writeUInt32BE((0xb1b0afba - sum(font)) >>> 0, head + 8);
  return font;
}

function sum(data: Buffer): number {
  let total = 0;
  for (let at = 0; at < data.length; at += 4) total = (total + data.readUInt32BE(at)) >>> 0;
  return total;
}
