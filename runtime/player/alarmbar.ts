// The strip above a screen, always at its place and of the same height: the alarm that needs somebody most, how many there are
// of each priority, and the sound.
import {
  type AlarmNow,
  type AlarmPriority,
  AlarmSounder,
  alarmMarks,
  alarmWaits,
  type Live,
  soundNames,
} from "@lineside/client";
import type { Lang } from "@lineside/widgets";
import type { LiveAlarms } from "./alarmsource";
import { ask, button, el } from "./dialogs";
import { alarmPriority, alarmState, clock, say, soundName } from "./texts";
import "./alarmbar.css";

interface Around {
  readonly live: Live;
  readonly lang: Lang;
  readonly alarmSource: LiveAlarms;
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

/** A loudspeaker, with waves or crossed out. */
function speaker(on: boolean): SVGElement {
  const e = document.createElementNS(svg, "svg");
  e.setAttribute("class", "ls-alarm-speaker");
  e.setAttribute("viewBox", "0 0 24 24");
  e.setAttribute("aria-hidden", "true");
  const shape = document.createElementNS(svg, "path");
  shape.setAttribute(
    "d",
    `M3 9v6h4l5 5V4L7 9Z${on ? "M15.5 8a5 5 0 0 1 0 8M18 5a9 9 0 0 1 0 14" : "M16 9l6 6M22 9l-6 6"}`,
  );
  e.append(shape);
  return e;
}

export class AlarmBar {
  readonly element = el("section", "ls-alarms");
  private readonly off: (() => void)[];
  private readonly sound: AlarmSounder;
  private readonly first = el("span", "ls-alarm-text");
  private readonly none = el("span", "ls-alarm-none");
  private readonly open: HTMLButtonElement;
  private readonly counts = el("ul", "ls-alarm-counts");
  private readonly acknowledge: HTMLButtonElement;
  private readonly hush: HTMLButtonElement;
  private readonly settings: HTMLButtonElement;
  private readonly all = el("a");
  private shape: SVGElement | undefined;
  private top: AlarmNow | undefined;
  private said = "";
  private busy = false;

  constructor(private readonly around: Around) {
    this.sound = new AlarmSounder(around.live);
    this.first.setAttribute("role", "status");
    this.all.href = "/alarms";
    this.open = button("ls-alarm-open", "", () => void this.look());
    this.acknowledge = button("", "", () => void this.seen());
    this.hush = button("ls-alarm-hush", "", () => {
      if (this.sound.blocked) void this.sound.open();
      else this.sound.silence();
    });
    this.settings = button("ls-alarm-sound", "", () => void this.choose());
    this.first.append(this.open, this.none);
    this.element.append(this.first, this.acknowledge, this.hush, this.counts, this.settings, this.all);
    this.off = [around.live.on("alarms", () => this.show()), this.sound.on(() => this.showSound())];
    this.show();
  }

  /** Draws everything anew: also after a change of the language. */
  show(): void {
    const { live, lang } = this.around;
    const { first = [], counts = [] } = live.alarms;
    const top = first[0];
    this.top = top;
    this.element.setAttribute("aria-label", say("alarms", lang));
    this.all.textContent = say("allAlarms", lang);
    this.none.textContent = say("noAlarm", lang);
    this.none.hidden = !!top;
    this.open.hidden = !top;
    this.counts.hidden = counts.length === 0;
    this.acknowledge.hidden = true;
    this.showSound();
    this.shape?.remove();
    this.shape = undefined;
    if (!top) {
      this.said = "";
      return;
    }
    const waits = alarmWaits(top.state);
    this.shape = mark(top.priority, waits, lang);
    this.element.prepend(this.shape);
    // A screen reader says it when it changes, not when the counts do.
    const said = `${top.title} ${top.name}: ${top.message} ${alarmState(top.state, lang)} · ${clock(top.since)}`;
    if (said !== this.said) {
      this.said = said;
      this.open.title = `${said}\n${say("showAlarm", lang)}`;
      this.open.replaceChildren(
        el("b", "", top.title),
        ` ${top.name}: ${top.message} `,
        el("small", "", `${alarmState(top.state, lang)} · ${clock(top.since)}`),
      );
    }
    this.acknowledge.hidden = !waits || !top.may;
    this.acknowledge.textContent = say("acknowledge", lang);
    this.counts.setAttribute("aria-label", say("alarmCounts", lang));
    this.counts.replaceChildren(
      ...counts.map((c) =>
        el("li", "", mark(c.priority, c.unacknowledged > 0, lang), `${c.unacknowledged}/${c.active}`),
      ),
    );
  }

  destroy(): void {
    for (const off of this.off) off();
    this.sound.destroy();
    this.element.remove();
  }

  private showSound(): void {
    const { lang } = this.around;
    this.hush.hidden = !this.sound.sounding;
    this.hush.textContent = say(this.sound.blocked ? "soundOn" : "silence", lang);
    this.hush.title = say(this.sound.blocked ? "soundBlocked" : "silenceHint", lang);
    this.settings.replaceChildren(speaker(!this.sound.isOff && this.sound.volume > 0));
    this.settings.setAttribute("aria-label", say("alarmSound", lang));
    this.settings.title = say("alarmSound", lang);
  }

  private async look(): Promise<void> {
    if (this.top) await this.around.alarmSource.show(this.top.key);
  }

  /** Asks how loud this station is. */
  private async choose(): Promise<void> {
    const { lang, element } = this.around;
    const { sound } = this;
    await sound.open();
    await ask<void>(element, say("alarmSound", lang), (d, done) => {
      const on = el("input");
      on.type = "checkbox";
      on.checked = !sound.isOff;
      const volume = el("input");
      volume.type = "range";
      volume.min = "0";
      volume.max = "100";
      volume.step = "5";
      volume.value = String(Math.round(sound.volume * 100));
      volume.disabled = sound.isOff;
      on.addEventListener("change", () => {
        sound.isOff = !on.checked;
        volume.disabled = sound.isOff;
      });
      volume.addEventListener("input", () => {
        sound.volume = Number(volume.value) / 100;
      });
      d.append(
        el("h2", "", say("alarmSound", lang)),
        el("label", "ls-sound-row", on, say("soundHeard", lang)),
        el("label", "ls-sound-row", say("volume", lang), volume),
        el("div", "ls-sound-tries", ...soundNames.map((n) => button("", soundName(n, lang), () => void sound.test(n)))),
        el("p", "ls-facts", say("soundHelp", lang)),
        el(
          "div",
          "ls-actions",
          button("ls-primary", say("close", lang), () => done(undefined)),
        ),
      );
    });
  }

  private async seen(): Promise<void> {
    const alarm = this.top;
    if (!alarm || this.busy) return;
    this.busy = true;
    try {
      await this.around.alarmSource.acknowledge([{ ...alarm, title: `${alarm.title} ${alarm.name}` }]);
    } finally {
      this.busy = false;
    }
  }
}
