// Reads the pictures that Chromium takes: PNG (ISO/IEC 15948), 8 bits a channel, RGB or RGBA, not interlaced.
import { inflateSync } from "node:zlib";

export interface Picture {
  width: number;
  height: number;
  /** Red, green, blue, row by row. */
  rgb: Uint8Array;
}

export function readPng(file: Buffer): Picture {
  let at = 8;
  let width = 0;
  let height = 0;
  let channels = 0;
  const packed: Buffer[] = [];
  while (at < file.length) {
    const length = file.readUInt32BE(at);
    const kind = file.toString("latin1", at + 4, at + 8);
    const data = file.subarray(at + 8, at + 8 + length);
    if (kind === "IHDR") {
      width = data.readUInt32BE(0);
      height = data.readUInt32BE(4);
      channels = data[9] === 6 ? 4 : data[9] === 2 ? 3 : 0;
      if (data[8] !== 8 || channels === 0 || data[12] !== 0) throw new Error("png: a kind that this does not read");
    } else if (kind === "IDAT") packed.push(data);
    at += length + 12;
  }
  const raw = inflateSync(Buffer.concat(packed));
  const line = width * channels;
  const out = new Uint8Array(line * height);
  for (let y = 0; y < height; y++) {
    const filter = raw[y * (line + 1)] as number;
    for (let x = 0; x < line; x++) {
      const v = raw[y * (line + 1) + 1 + x] as number;
      const left = x >= channels ? (out[y * line + x - channels] as number) : 0;
      const up = y > 0 ? (out[(y - 1) * line + x] as number) : 0;
      const corner = x >= channels && y > 0 ? (out[(y - 1) * line + x - channels] as number) : 0;
      out[y * line + x] = v + ([0, left, up, (left + up) >> 1, paeth(left, up, corner)][filter] ?? 0);
    }
  }
  const rgb = new Uint8Array(width * height * 3);
  for (let i = 0; i < width * height; i++) for (let c = 0; c < 3; c++) rgb[i * 3 + c] = out[i * channels + c] as number;
  return { width, height, rgb };
}

function paeth(a: number, b: number, c: number): number {
  const p = a + b - c;
  const [pa, pb, pc] = [Math.abs(p - a), Math.abs(p - b), Math.abs(p - c)];
  return pa <= pb && pa <= pc ? a : pb <= pc ? b : c;
}

/** A part of a picture. */
export function cut(p: Picture, x: number, y: number, width: number, height: number): Picture {
  const w = Math.max(1, Math.min(width, p.width - x));
  const h = Math.max(1, Math.min(height, p.height - y));
  const rgb = new Uint8Array(w * h * 3);
  for (let row = 0; row < h; row++)
    rgb.set(p.rgb.subarray(((y + row) * p.width + x) * 3, ((y + row) * p.width + x + w) * 3), row * w * 3);
  return { width: w, height: h, rgb };
}
