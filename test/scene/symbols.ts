// The symbols in their states and appearances, at the sizes they are used.
import type { LiveValue, Widget } from "@lineside/client";
import { symbols } from "../../widgets/symbol/symbols.gen";

type Put = (
  type: string,
  w: number,
  h: number,
  props: Widget["props"],
  live: Record<string, LiveValue>,
  m: undefined,
  extra?: Partial<Widget>,
) => void;

const live = (v: unknown, q = 0): LiveValue => ({ v, q, t: Date.now() });

export function putSymbols(raw: Put, row: () => void, what: string): void {
  // Room for the texts, which stand beside the box.
  const put: Put = (type, w, h, props, values, m, extra) => {
    raw(type, w, h, props, values, m, extra);
    raw("group", what === "all" ? 24 : props?.appearance === "highPerformance" ? 64 : 24, h + 44, {}, {}, undefined);
  };
  const appearances = ["pid", "mimic", "simple", "highPerformance"];
  if (what === "all") {
    for (const [symbol, s] of Object.entries(symbols)) {
      const k = Math.min(1, 96 / Math.max(s.w, s.h));
      put("symbol", s.w * k, s.h * k, { symbol, label: symbol.slice(0, 12) }, {}, undefined);
    }
    return;
  }
  for (const appearance of appearances) {
    for (const [symbol, w, h] of [
      ["pump", 64, 64],
      ["pump-centrifugal", 64, 64],
      ["motor", 48, 48],
    ] as const) {
      const props = { symbol, label: "P-101", appearance };
      const gap = (n: Record<string, LiveValue>, more: Widget["props"] = {}) =>
        put("symbol", w, h, { ...props, ...more }, n, undefined);
      gap({});
      for (const s of ["running", "stopped", "fault", "manual", "nocomm"]) gap({ state: live(s) });
      gap({ state: live(1, 0x40900000) });
      gap({ state: live(null, 0x80050000) });
      gap({ state: live(null, 0x80320000) });
      gap({ state: live(1, 0x00960000) });
      gap({ state: live("running"), value: live(12.5) }, { unit: "bar", decimals: 1 });
      row();
    }
    for (const o of [true, false, 45])
      put("symbol", 48, 48, { symbol: "valve-control", label: "FV-12", appearance }, { open: live(o) }, undefined);
    for (const o of [true, false, 45])
      put("symbol", 48, 48, { symbol: "valve", label: "HV-1", appearance }, { open: live(o) }, undefined);
    for (const [level, q] of [
      [62, 0],
      [100, 0],
      [40, 0x40900000],
      [null, 0x80050000],
    ] as const)
      put("symbol", 64, 112, { symbol: "vessel", label: "V-2", appearance }, { level: live(level, q) }, undefined);
    put(
      "symbol",
      80,
      112,
      { symbol: "reactor", label: "R-1", appearance },
      { level: live(62), state: live(1) },
      undefined,
    );
    for (const rotate of [0, 90, 180, 45])
      put(
        "symbol",
        96,
        48,
        { symbol: "mixer-static", label: `${rotate}°`, appearance },
        { state: live(2) },
        undefined,
        { rotate },
      );
    put("symbol", 64, 64, { symbol: "motor", label: "flip x", appearance }, { state: live(1) }, undefined, {
      flip: "x",
    });
    put("symbol", 64, 64, { symbol: "instrument", label: "TIC-101", appearance }, {}, undefined, {
      rotate: 90,
      flip: "y",
    });
    put(
      "symbol",
      48,
      48,
      { symbol: "instrument-shared", label: "FIC-12", appearance },
      { value: live(42.25) },
      undefined,
    );
    put("symbol", 48, 48, { symbol: "instrument-panel", label: "PI-7", appearance }, {}, undefined);
    put("symbol", 96, 32, { symbol: "off-page-to", label: "PID-0042", appearance }, {}, undefined);
    row();
  }
  for (const priority of ["1", "2", "3", "4"])
    for (const size of [32, 64, 128])
      put("symbol", size, size, { symbol: "pump", label: "P-9", priority }, { state: live(2) }, undefined);
  for (const size of [32, 64, 128])
    put("symbol", size, size, { symbol: "fan", label: "K-9" }, { state: live(true) }, undefined);
}
