import { describe, expect, it } from "vitest";
import { keyboardMode, wanted } from "./keyboard";

const store = (start?: string) => {
  let v: string | null = start ?? null;
  return {
    getItem: () => v,
    setItem(_k: string, x: string) {
      v = x;
    },
  };
};

describe("the keyboard on the screen", () => {
  it("is as the address says, and that is remembered", () => {
    const s = store();
    expect(keyboardMode("", s)).toBe("auto");
    expect(keyboardMode("keyboard=always", s)).toBe("always");
    expect(keyboardMode("", s)).toBe("always");
    expect(keyboardMode("keyboard=nonsense", s)).toBe("always");
    expect(keyboardMode("keyboard=never", undefined)).toBe("never");
  });
  it("comes by itself at a touch where the system has none", () => {
    const linux = "Mozilla/5.0 (X11; Linux x86_64) Chrome/140";
    expect(wanted("auto", "touch", linux, 10)).toBe(true);
    expect(wanted("auto", "mouse", linux, 10)).toBe(false);
    expect(wanted("auto", "touch", "Mozilla/5.0 (Linux; Android 15)", 5)).toBe(false);
    expect(wanted("auto", "touch", "Mozilla/5.0 (Macintosh; Intel Mac OS X)", 5)).toBe(false);
    expect(wanted("always", "mouse", linux, 0)).toBe(true);
    expect(wanted("never", "touch", linux, 5)).toBe(false);
  });
});
