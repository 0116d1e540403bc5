// The strip above a screen: who has blocked all writes, and which writes wait for a second person.
import { ApiError, type AskedWrite, type Live, request } from "@lineside/client";
import { type Lang, onOff } from "@lineside/widgets";
import { confirm, el } from "./dialogs";
import type { Notes } from "./notes";
import { clock, say } from "./texts";
import "./writesbar.css";

export interface Around {
  readonly live: Live;
  readonly lang: Lang;
  readonly notes: Notes;
  /** Where questions are asked. */
  readonly element: HTMLElement;
}

/** The value that is asked for, as the operator knows it. */
const asText = (a: AskedWrite, lang: Lang): string => {
  const v = a.value;
  const text = typeof v === "boolean" ? onOff(v, lang) : typeof v === "string" ? v : JSON.stringify(v);
  return a.unit ? `${text} ${a.unit}` : text;
};

const thing = (a: AskedWrite): string => a.title || a.tag;

/** "1:05" until a time. */
const left = (until: number): string => {
  const s = Math.max(0, Math.ceil((until - Date.now()) / 1000));
  return `${Math.floor(s / 60)}:${String(s % 60).padStart(2, "0")}`;
};

export class WritesBar {
  readonly element = el("div", "ls-writes");
  private readonly blocked = el("p", "ls-blocked");
  private readonly list = el("ul", "ls-asked");
  private readonly rows = new Map<string, { row: HTMLElement; time: HTMLElement; until: number }>();
  private readonly off: () => void;
  private timer: ReturnType<typeof setInterval> | undefined;
  private busy = "";

  constructor(private readonly around: Around) {
    this.blocked.setAttribute("role", "status");
    this.list.setAttribute("aria-live", "polite");
    this.element.append(this.blocked, this.list);
    this.off = around.live.on("writes", () => this.show());
    this.show();
  }

  /** Draws everything anew: also after a change of the language. */
  show(): void {
    const { live, lang } = this.around;
    const { blocked, asked = [] } = live.writes;
    this.blocked.hidden = !blocked;
    this.blocked.textContent = blocked ? say("blocked", lang, blocked.by, clock(blocked.since), blocked.reason) : "";
    const focused = this.list.contains(document.activeElement) ? document.activeElement : null;
    this.list.setAttribute("aria-label", say("askedList", lang));
    this.list.hidden = asked.length === 0;
    for (const [id, r] of this.rows)
      if (!asked.some((a) => a.id === id) || r.row.lang !== lang) {
        r.row.remove();
        this.rows.delete(id);
      }
    for (const a of asked) if (!this.rows.has(a.id)) this.add(a);
    this.element.hidden = !blocked && asked.length === 0;
    if (focused instanceof HTMLElement && focused.isConnected) focused.focus();
    clearInterval(this.timer);
    this.timer = asked.length > 0 ? setInterval(() => this.tick(), 1000) : undefined;
    this.tick();
  }

  destroy(): void {
    this.off();
    clearInterval(this.timer);
    this.element.remove();
  }

  private add(a: AskedWrite): void {
    const { lang } = this.around;
    const value = asText(a, lang);
    const text = el(
      "span",
      "ls-asked-text",
      el("b", "", a.mine ? say("askedMine", lang, thing(a), value) : say("askedOther", lang, a.by, thing(a), value)),
      ...(a.reason ? [` ${say("askedReason", lang, a.reason)}`] : []),
    );
    const time = el("time", "ls-asked-time");
    const row = el("li", "ls-asked-row", text, time);
    row.lang = lang;
    if (a.mine) row.append(this.button("withdraw", "", () => this.decide(a, false)));
    else
      row.append(
        this.button("refuse", "", () => this.decide(a, false)),
        this.button("release", "ls-primary", async () => {
          const question = say("releaseAsk", lang, thing(a), value, a.by);
          const yes = await confirm(this.around.element, lang, {
            text: question,
            yes: say("release", lang),
            reason: false,
          });
          if (yes !== undefined) await this.decide(a, true);
        }),
      );
    this.rows.set(a.id, { row, time, until: a.until });
    this.list.append(row);
  }

  private button(text: "withdraw" | "refuse" | "release", name: string, act: () => Promise<void>): HTMLButtonElement {
    const b = el("button", name, say(text, this.around.lang));
    b.type = "button";
    b.addEventListener("click", () => void act());
    return b;
  }

  private async decide(a: AskedWrite, release: boolean): Promise<void> {
    if (this.busy === a.id) return;
    this.busy = a.id;
    const { lang, notes } = this.around;
    try {
      await request("POST", `/writes/asked/${encodeURIComponent(a.id)}`, { release });
      if (!a.mine) notes.good(say(release ? "released" : "refused", lang, thing(a)));
    } catch (e) {
      notes.fault(
        say("notDecided", lang),
        e instanceof ApiError ? [e.message, e.hint].filter(Boolean).join(" ") : String(e),
      );
    } finally {
      this.busy = "";
    }
  }

  private tick(): void {
    for (const r of this.rows.values()) r.time.textContent = left(r.until);
  }
}
