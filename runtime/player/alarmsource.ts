// Where widgets and the strip above a screen have the alarms from, and what can be done about them.
import {
  type AlarmPage,
  type AlarmPlace,
  type AlarmsNow,
  ApiError,
  type JournalPage,
  type Live,
  request,
} from "@lineside/client";
import type { AlarmSource, Lang } from "@lineside/widgets";
import { confirm } from "./dialogs";
import type { Params } from "./effects";
import type { Notes } from "./notes";
import { say } from "./texts";

interface Around {
  readonly live: Live;
  readonly lang: Lang;
  readonly notes: Notes;
  readonly installation: string;
  /** Where questions are asked. */
  readonly element: HTMLElement;
  /** Opens another screen of the same app. */
  here(screen: string, params: Params, chain: number): void;
}

const list = async (query: URLSearchParams): Promise<AlarmPage> =>
  (await request<AlarmPage>("GET", `/alarms?${query}`)).data;
const journal = async (query: URLSearchParams): Promise<JournalPage> =>
  (await request<JournalPage>("GET", `/alarms/journal?${query}`)).data;

/** The alarms as the live connection tells them. */
export class LiveAlarms implements AlarmSource {
  readonly list = list;
  readonly journal = journal;

  constructor(private readonly around: Around) {}

  get now(): AlarmsNow {
    return this.around.live.alarms;
  }

  watch(listener: () => void): () => void {
    return this.around.live.on("alarms", listener);
  }

  async acknowledge(alarms: readonly { key: string; comment?: boolean; title: string }[]): Promise<void> {
    const { lang, element } = this.around;
    let comment: string | undefined;
    const asking = alarms.find((a) => a.comment);
    if (asking) {
      const title = alarms.length === 1 ? asking.title : `${asking.title} (+${alarms.length - 1})`;
      const text = say("acknowledgeAsk", lang, title);
      comment = await confirm(element, lang, { text, yes: say("acknowledge", lang), reason: true });
      if (comment === undefined) return;
    }
    try {
      await request("POST", "/alarms/ack", { alarms: alarms.map((a) => a.key), comment });
    } catch (e) {
      this.fault(e);
    }
  }

  /** Opens the screen of an alarm, or its line in the list when no screen shows it. */
  async show(key: string): Promise<void> {
    const query = new URLSearchParams({ alarm: key });
    let place: AlarmPlace | undefined;
    try {
      place = (await request<AlarmPlace[]>("GET", `/alarms/places?${query}`)).data[0];
    } catch {
      // The list says what is wrong.
    }
    if (!place || place.kind === "history" || place.kind === "tag") {
      location.assign(`/alarms?${query}`);
      return;
    }
    const to = new URL(place.link, location.href);
    const [, , installation, screen] = to.pathname.split("/").map(decodeURIComponent);
    if (installation === this.around.installation)
      this.around.here(screen ?? "", Object.fromEntries(to.searchParams), 0);
    else location.assign(place.link);
  }

  showArea(area: string): void {
    location.assign(area ? `/alarms?${new URLSearchParams({ area })}` : "/alarms");
  }

  private fault(e: unknown): void {
    const { lang, notes } = this.around;
    notes.fault(
      say("notDecided", lang),
      e instanceof ApiError ? [e.message, e.hint].filter(Boolean).join(" ") : String(e),
    );
  }
}

/** How often the alarms are asked for where there is no live connection, in ms. */
const beat = 5000;
let polling: ReturnType<typeof setInterval> | undefined;
const watching = new Set<() => void>();

/** The alarms where there is no live connection, as in the editor: asked for as long as somebody watches. Nothing acts. */
export const polledAlarms: AlarmSource = {
  now: {},
  list,
  journal,
  watch(listener) {
    watching.add(listener);
    polling ??= setInterval(() => {
      for (const l of [...watching]) l();
    }, beat);
    return () => {
      watching.delete(listener);
      if (watching.size) return;
      clearInterval(polling);
      polling = undefined;
    };
  },
};
