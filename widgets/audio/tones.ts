// Sounds made of tones: no file has to be fetched, and they are the same everywhere.

/** A tone: its pitch in Hz, when it begins and how long it lasts in seconds. */
type Tone = readonly [pitch: number, at: number, length: number];

const tones: Record<string, readonly Tone[]> = {
  chime: [
    [880, 0, 0.25],
    [660, 0.22, 0.45],
  ],
  alert: [
    [988, 0, 0.14],
    [988, 0.22, 0.14],
    [988, 0.44, 0.14],
  ],
  siren: [
    [620, 0, 0.4],
    [830, 0.4, 0.4],
    [620, 0.8, 0.4],
    [830, 1.2, 0.4],
  ],
};

let context: AudioContext | undefined;

/** One for the page: browsers allow few. */
export function sound(): AudioContext | undefined {
  try {
    context ??= new AudioContext();
  } catch {
    return undefined; // this machine has no sound
  }
  return context;
}

/** May there be sound now? Browsers allow it once the page has been touched. */
export const allowed = (): boolean => context?.state === "running";

/** Sounds; gives back how long it takes in seconds. */
export function play(name: string, volume: number): number {
  const ctx = sound();
  const list = tones[name];
  if (!ctx || !list || ctx.state !== "running") return 0;
  const loud = Math.max(0.0001, Math.min(1, volume)) * 0.4;
  let end = 0;
  for (const [pitch, at, length] of list) {
    const from = ctx.currentTime + at;
    const tone = ctx.createOscillator();
    const gain = ctx.createGain();
    tone.type = name === "siren" ? "sawtooth" : "sine";
    tone.frequency.value = pitch;
    gain.gain.setValueAtTime(0.0001, from);
    gain.gain.exponentialRampToValueAtTime(loud, from + 0.02);
    gain.gain.setValueAtTime(loud, from + length * 0.6);
    gain.gain.exponentialRampToValueAtTime(0.0001, from + length);
    tone.connect(gain).connect(ctx.destination);
    tone.start(from);
    tone.stop(from + length + 0.02);
    end = Math.max(end, at + length);
  }
  return end;
}

/** Speaks, where the browser has a voice. */
export function speak(text: string, lang: string, volume: number): void {
  if (typeof speechSynthesis === "undefined" || text === "") return;
  const words = new SpeechSynthesisUtterance(text);
  words.lang = lang === "zh" ? "zh-CN" : "en-GB";
  words.volume = Math.max(0, Math.min(1, volume));
  speechSynthesis.speak(words);
}
