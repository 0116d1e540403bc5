// Alarms that are heard: tones made by the browser, repeated until they are silenced or acknowledged.
import type { Live } from "./live.ts";
import type { AlarmSound as Heard } from "./types.gen.ts";

export type SoundName = Heard["sound"];

/** One tone: when it begins and how long it is, in seconds; from one frequency to another, in Hz. */
interface Tone {
  at: number;
  length: number;
  from: number;
  to?: number;
}

/** What is heard, and after how many seconds again. The more urgent, the faster and the more varied (IEC 60073, 5.2). */
const patterns: Record<SoundName, { every: number; tones: readonly Tone[] }> = {
  chime: {
    every: 8,
    tones: [
      { at: 0, length: 0.5, from: 660 },
      { at: 0.3, length: 0.8, from: 523 },
    ],
  },
  beep: { every: 4, tones: [{ at: 0, length: 0.3, from: 880 }] },
  pulse: { every: 2, tones: [0, 0.25, 0.5].map((at) => ({ at, length: 0.15, from: 988 })) },
  siren: {
    every: 1.2,
    tones: [
      { at: 0, length: 0.55, from: 700, to: 1250 },
      { at: 0.6, length: 0.55, from: 1250, to: 700 },
    ],
  },
};

export const soundNames = Object.keys(patterns) as SoundName[];

/** What this station wants to hear. It is kept in the browser. */
interface Kept {
  /** 0 to 1. */
  volume: number;
  off: boolean;
  /** The number up to which alarms are silenced. */
  silenced: number;
}

const storeKey = "lineside.alarm-sound";
const lockName = "lineside.alarm-sound";

function read(): Kept {
  try {
    const kept = JSON.parse(localStorage.getItem(storeKey) ?? "{}") as Partial<Kept>;
    const volume = typeof kept.volume === "number" ? Math.max(0, Math.min(1, kept.volume)) : 0.5;
    return { volume, off: kept.off === true, silenced: Number(kept.silenced) || 0 };
  } catch {
    return { volume: 0.5, off: false, silenced: 0 };
  }
}

/** What is to be heard: the most urgent that was not silenced. */
export const loudest = (sounds: readonly Heard[] | undefined, silenced: number): Heard | undefined =>
  sounds?.find((s) => s.newest > silenced);

/** The sound of the alarms of one connection. Of several pages of a browser one is heard. */
export class AlarmSounder {
  /** What is to be heard now, unless it is off. */
  wanted: Heard | undefined;
  /** The browser lets no page sound that nobody has touched: a press on the page switches it on. */
  blocked = false;
  private kept = read();
  private context: AudioContext | undefined;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private playing: SoundName | undefined;
  private mine = false;
  private asked = false;
  private readonly gone = new AbortController();
  private readonly listeners = new Set<() => void>();
  private readonly off: () => void;

  constructor(private readonly live: Live) {
    this.off = live.on("alarms", () => this.look());
    const { signal } = this.gone;
    window.addEventListener(
      "storage",
      (e) => {
        if (e.key === storeKey) this.changed(read(), false);
      },
      { signal },
    );
    const touched = () => void this.open();
    window.addEventListener("pointerdown", touched, { signal, capture: true });
    window.addEventListener("keydown", touched, { signal, capture: true });
    this.look();
  }

  get volume(): number {
    return this.kept.volume;
  }

  set volume(volume: number) {
    this.changed({ ...this.kept, volume: Math.max(0, Math.min(1, volume)) });
  }

  /** Whether this station is to be silent for good. */
  get isOff(): boolean {
    return this.kept.off;
  }

  set isOff(off: boolean) {
    this.changed({ ...this.kept, off });
  }

  /** Whether something is heard, or would be if the browser let it. */
  get sounding(): boolean {
    return !this.kept.off && !!this.wanted;
  }

  /** Silences what is there; a new alarm is heard again. Nothing is acknowledged by it. */
  silence(): void {
    const newest = Math.max(0, ...(this.live.alarms.sounds ?? []).map((s) => s.newest));
    this.changed({ ...this.kept, silenced: Math.max(this.kept.silenced, newest) });
  }

  /** Called by a press: the browser lets the page sound then. */
  async open(): Promise<void> {
    if (!("AudioContext" in window)) return;
    this.context ??= new AudioContext();
    if (this.context.state === "suspended") await this.context.resume().catch(() => {});
    this.look();
  }

  /** Plays a sound once, to try it. */
  async test(name: SoundName): Promise<void> {
    await this.open();
    this.play(name);
  }

  on(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  destroy(): void {
    this.off();
    this.gone.abort();
    clearTimeout(this.timer);
    void this.context?.close().catch(() => {});
    this.listeners.clear();
  }

  private changed(kept: Kept, keep = true): void {
    this.kept = kept;
    if (keep) {
      try {
        localStorage.setItem(storeKey, JSON.stringify(kept));
      } catch {
        // Without a place to keep it, it holds as long as the page.
      }
    }
    this.look();
  }

  private look(): void {
    this.wanted = loudest(this.live.alarms.sounds, this.kept.silenced);
    const want = this.sounding && "AudioContext" in window;
    if (want && !this.context && navigator.userActivation?.hasBeenActive) {
      void this.open();
      return;
    }
    const runs = this.context?.state === "running";
    this.blocked = want && !runs;
    if (want && runs && !this.asked) this.claim();
    const name = want && runs && this.mine ? this.wanted?.sound : undefined;
    if (name !== this.playing) {
      clearTimeout(this.timer);
      this.playing = name;
      if (name) this.repeat(name);
    }
    if (this.blocked) void this.elsewhere();
    for (const listener of [...this.listeners]) listener();
  }

  /** Takes the turn of this browser, once another page has given it back. */
  private claim(): void {
    this.asked = true;
    const held = () => {
      this.mine = true;
      this.look();
      return new Promise<void>((done) => this.gone.signal.addEventListener("abort", () => done()));
    };
    if (!navigator.locks) {
      void held();
      return;
    }
    navigator.locks.request(lockName, { signal: this.gone.signal }, held).catch(() => {});
  }

  /** A page that is silent need not say so while another one is heard. */
  private async elsewhere(): Promise<void> {
    const held = (await navigator.locks?.query())?.held?.some((l) => l.name === lockName);
    if (held && this.blocked) {
      this.blocked = false;
      for (const listener of [...this.listeners]) listener();
    }
  }

  private repeat(name: SoundName): void {
    this.play(name);
    this.timer = setTimeout(() => this.repeat(name), patterns[name].every * 1000);
  }

  private play(name: SoundName): void {
    const c = this.context;
    if (c?.state !== "running") return;
    for (const tone of patterns[name].tones) {
      const start = c.currentTime + 0.02 + tone.at;
      const end = start + tone.length;
      const wave = new OscillatorNode(c, { type: "triangle", frequency: tone.from });
      if (tone.to) wave.frequency.linearRampToValueAtTime(tone.to, end);
      const level = new GainNode(c, { gain: 0 });
      // Without a soft beginning and end every tone clicks.
      level.gain.setValueAtTime(0, start);
      level.gain.linearRampToValueAtTime(this.kept.volume, start + 0.02);
      level.gain.setValueAtTime(this.kept.volume, Math.max(start + 0.02, end - 0.05));
      level.gain.linearRampToValueAtTime(0, end);
      wave.connect(level).connect(c.destination);
      wave.start(start);
      wave.stop(end);
    }
  }
}
