// The strip above a screen: the alarm that needs somebody most, and how many there are of each priority.
import {
  type AlarmNow,
  type AlarmPriority,
  ApiError,
  alarmMarks,
  alarmWaits,
  type Live,
  request,
} from "@lineside/client";
import type { Lang } from "@lineside/widgets";
import { button, confirm, el } from "./dialogs";
import type { Notes } from "./notes";
import { alarmPriority, alarmState, clock, say } from "./texts";
import "./alarmbar.css";

interface Around {
  readonly live: Live;
  readonly lang: Lang;
  readonly notes: Notes;
  /** Where questions are asked. */
  readonly element: HTMLElement;
}

const svg = "http://www.w3.org/2000/svg";

/** The mark of a priority: shape, digit and colour with an outline. */
function mark(priority: AlarmPriority, waits: boolean, lang: Lang): SVGElement {
  const { digit, path, y } = alarmMarks[priority];
  const e = document.createElementNS(svg, "svg");
  e.setAttribute("class", `ls-alarm-mark ${priority}${waits ? " waits" : ""}`);
  e.setAttribute("viewBox", "0 0 24 24");
  e.setAttribute("role", "img");
  e.setAttribute("aria-label", alarmPriority(priority, lang));
  const shape = document.createElementNS(svg, "path");
  shape.setAttribute("d", path);
  const text = document.createElementNS(svg, "text");
  text.setAttribute("x", "12");
  text.setAttribute("y", String(y));
  text.setAttribute("text-anchor", "middle");
  text.textContent = digit;
  e.append(shape, text);
  return e;
}

export class AlarmBar {
  readonly element = el("section", "ls-alarms");
  private readonly off: () => void;
  private readonly first = el("span", "ls-alarm-text");
  private readonly counts = el("ul", "ls-alarm-counts");
  private readonly acknowledge: HTMLButtonElement;
  private readonly all = el("a");
  private shape: SVGElement | undefined;
  private top: AlarmNow | undefined;
  private busy = false;

  constructor(private readonly around: Around) {
    this.first.setAttribute("role", "status");
    this.all.href = "/alarms";
    this.acknowledge = button("", "", () => void this.seen());
    this.element.append(this.first, this.acknowledge, this.counts, this.all);
    this.off = around.live.on("alarms", () => this.show());
    this.show();
  }

  /** Draws everything anew: also after a change of the language. */
  show(): void {
    const { live, lang } = this.around;
    const { first = [], counts = [] } = live.alarms;
    const top = first[0];
    this.top = top;
    this.element.hidden = !top;
    this.element.setAttribute("aria-label", say("alarms", lang));
    if (!top) return;
    const waits = alarmWaits(top.state);
    const shape = mark(top.priority, waits, lang);
    if (this.shape) this.shape.replaceWith(shape);
    else this.element.prepend(shape);
    this.shape = shape;
    const words = [
      el("b", "", top.title),
      ` ${top.name}: ${top.message} `,
      el("small", "", `${alarmState(top.state, lang)} · ${clock(top.since)}`),
    ];
    // A screen reader says it when it changes, not when the counts do.
    const said = el("span", "", ...words);
    if (said.innerHTML !== this.first.firstElementChild?.innerHTML) this.first.replaceChildren(said);
    this.acknowledge.hidden = !waits || !top.may;
    this.acknowledge.textContent = say("acknowledge", lang);
    this.all.textContent = say("allAlarms", lang);
    this.counts.setAttribute("aria-label", say("alarmCounts", lang));
    this.counts.replaceChildren(
      ...counts.map((c) =>
        el("li", "", mark(c.priority, c.unacknowledged > 0, lang), `${c.unacknowledged}/${c.active}`),
      ),
    );
  }

  destroy(): void {
    this.off();
    this.element.remove();
  }

  private async seen(): Promise<void> {
    const { lang, notes, element } = this.around;
    const alarm = this.top;
    if (!alarm || this.busy) return;
    this.busy = true;
    try {
      let comment: string | undefined;
      if (alarm.comment) {
        const text = say("acknowledgeAsk", lang, `${alarm.title} ${alarm.name}`);
        comment = await confirm(element, lang, { text, yes: say("acknowledge", lang), reason: true });
        if (comment === undefined) return;
      }
      await request("POST", "/alarms/ack", { alarms: [alarm.key], comment });
    } catch (e) {
      notes.fault(
        say("notDecided", lang),
        e instanceof ApiError ? [e.message, e.hint].filter(Boolean).join(" ") : String(e),
      );
    } finally {
      this.busy = false;
    }
  }
}
