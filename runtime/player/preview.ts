// The run page within the editor's preview: the frame around it chooses language and theme, and has touch targets marked.
import type { Theme } from "@lineside/scene";
import type { ScreenView } from "./screen-view";
import { Targets } from "./targets";

/** What the preview asks of the page. What is not named stays. */
export interface PreviewAsk {
  lineside: "preview";
  language?: string;
  theme?: Theme;
  /** The least size of a touch target in CSS pixels; 0 marks none. */
  targets?: number;
}

/** What the page answers: it is there, or how many targets are too small. */
export interface PreviewAnswer {
  lineside: "ready" | "targets";
  small?: number;
}

/** What of the page the preview may change. */
export interface Previewed {
  language(language: string): void;
  theme(theme: Theme): void;
  view(): ScreenView | undefined;
}

/** Whether this page is in a frame of the editor. */
export const inPreview = (draft: boolean): boolean => draft && window.parent !== window;

/** Listens to the preview around the page, and to nobody else. */
export function listenToPreview(page: Previewed): void {
  const tell = (answer: PreviewAnswer) => window.parent.postMessage(answer, location.origin);
  const targets = new Targets(page.view, (small) => tell({ lineside: "targets", small }));
  window.addEventListener("message", (e: MessageEvent<Partial<PreviewAsk> | null>) => {
    if (e.origin !== location.origin || e.source !== window.parent || e.data?.lineside !== "preview") return;
    const { language, theme, targets: least } = e.data;
    if (language) page.language(language);
    if (theme === "light" || theme === "dark") page.theme(theme);
    if (typeof least === "number") targets.least = least;
  });
  tell({ lineside: "ready" });
}
