// The panels that screens are made for.

/** A panel: its size in CSS pixels as it is usually held, and what touches it. */
export interface Profile {
  id: "phone" | "tablet" | "panel" | "wall" | "glove";
  width: number;
  height: number;
  /** The least size of a target for what touches it (WCAG 2.2, 2.5.8 and 2.5.5; 64 px with gloves). */
  target: 24 | 44 | 64;
}

export const profiles: readonly Profile[] = [
  { id: "phone", width: 390, height: 844, target: 44 },
  { id: "tablet", width: 820, height: 1180, target: 44 },
  { id: "panel", width: 1920, height: 1080, target: 44 },
  { id: "wall", width: 3840, height: 2160, target: 24 },
  { id: "glove", width: 1024, height: 768, target: 64 },
];

/** How colours look without one kind of cones (Machado, Oliveira, Fernandes 2009, severity 1), and without any. */
export const visions = {
  protan: [0.152286, 1.052583, -0.204868, 0.114503, 0.786281, 0.099216, -0.003882, -0.048116, 1.051998],
  deutan: [0.367322, 0.860646, -0.227968, 0.280085, 0.672501, 0.047413, -0.01182, 0.04294, 0.968881],
  tritan: [1.255528, -0.076749, -0.178779, -0.078411, 0.930809, 0.147602, 0.004733, 0.691367, 0.3039],
  grey: [0.2126, 0.7152, 0.0722, 0.2126, 0.7152, 0.0722, 0.2126, 0.7152, 0.0722],
} as const;

export type Vision = keyof typeof visions;

/** The values of an feColorMatrix that does it. */
export function colorMatrix(vision: Vision): string {
  const m = visions[vision];
  return `${[0, 1, 2].map((row) => `${m[row * 3]} ${m[row * 3 + 1]} ${m[row * 3 + 2]} 0 0`).join(" ")} 0 0 0 1 0`;
}

/** The scale at which a panel fits a room, at most its own size. */
export function scaleInto(room: { width: number; height: number }, width: number, height: number): number {
  const margin = 24;
  const scale = Math.min(1, (room.width - 2 * margin) / width, (room.height - 2 * margin) / height);
  return Math.max(0.05, Math.floor(scale * 1000) / 1000);
}
