// Several engineers in one app: what another has saved is taken in, a save that lost the race is merged, and of a clash both versions are kept.
import type { App } from "@lineside/client";
import {
  type AppState,
  type Clash,
  differences,
  fromApp,
  type Merged,
  merge,
  renameRecords,
  type Side,
  takeIn,
  toApp,
} from "../document";
import { t } from "../i18n";
import { toast } from "../ui/toast";
import { keepVersion, loadDraft, loadEditors } from "./api";
import type { Editor } from "./editor";

/** Two works that clash, until somebody has chosen. */
export interface Conflict {
  base: AppState;
  mine: AppState;
  theirs: AppState;
  /** ETag of theirs. */
  etag: string;
  /** Who saved theirs; "" when it is not known. */
  by: string;
  clashes: readonly Clash[];
}

/** How often it is asked who is there and whether somebody has saved. */
const interval = 4000;

/** The part of an editor that knows of the others. */
export class Together {
  /** The draft as it was last on the server, as far as this document goes on from it. */
  base: AppState;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #ended = false;
  #told = 0;

  constructor(private readonly editor: Editor) {
    this.base = editor.doc.state;
    // A test has no page; then nobody else is there.
    if (typeof document === "undefined") return;
    this.#later(0);
    document.addEventListener("visibilitychange", this.#shown);
  }

  destroy(): void {
    this.#ended = true;
    clearTimeout(this.#timer);
    if (typeof document !== "undefined") document.removeEventListener("visibilitychange", this.#shown);
  }

  /** A save lost the race. Answers the ETag to save the merged document over; undefined when somebody must choose first. */
  async lost(): Promise<string | undefined> {
    const { editor } = this;
    const [{ app, etag }, { by }] = await Promise.all([loadDraft(editor.installation), this.#others()]);
    // A drag that is going on knows where it began.
    await editor.doc.idle();
    const theirs = fromApp(app);
    const mine = editor.doc.state;
    const { clashes } = merge(this.base, mine, theirs);
    if (clashes.length === 0) {
      this.#take(theirs, by);
      return etag;
    }
    editor.ui.setState({ conflict: { base: this.base, mine, theirs, etag, by, clashes } });
    return undefined;
  }

  /** Keeps both versions in the history, merges them as was chosen, and saves. */
  async settle(conflict: Conflict, choose: (key: string) => Side): Promise<void> {
    const { editor } = this;
    const who = conflict.by || t("merge:somebody");
    await keepVersion(editor.installation, { comment: t("merge:keptTheirs", { who }), lost: true });
    await keepVersion(editor.installation, {
      comment: t("merge:keptMine", { who }),
      document: toApp(conflict.mine),
    });
    this.#take(conflict.theirs, conflict.by, choose);
    editor.ui.setState({ conflict: undefined });
    await editor.autosave.overwrite(conflict.etag);
  }

  /** Puts work that was kept in this browser on top of the draft: merged when it is known what it was made on. */
  async resume(body: App, made: App | undefined): Promise<void> {
    const { editor } = this;
    const now = editor.doc.state;
    const work = fromApp(body);
    const found: Merged = made
      ? merge(fromApp(made), work, now)
      : { state: work, clashes: [], renamed: { screens: {}, widgets: {} } };
    if (!made || found.clashes.length > 0)
      await keepVersion(editor.installation, { comment: t("merge:keptDraft"), lost: true }).catch(() => {});
    editor.doc.put(found.state, "design:step.resume");
    editor.autosave.unsaved();
  }

  /** Merges theirs into the document and says so. */
  #take(theirs: AppState, by: string, choose?: (key: string) => Side): void {
    const { doc, session } = this.editor;
    const before = doc.state;
    const { renamed } = takeIn(doc, this.base, theirs, choose);
    this.base = theirs;
    const place = session.getState();
    const screen = renamed.screens[place.screen] ?? place.screen;
    const names = renamed.widgets[place.screen] ?? {};
    if (screen !== place.screen || place.selection.some((id) => names[id]))
      session.setState({ screen, selection: place.selection.map((id) => names[id] ?? id) });
    const count = differences(renameRecords(before, renamed), doc.state).reduce((n, s) => n + s.widgets.size, 0);
    if (doc.state === before) return;
    const who = by || t("merge:somebody");
    const key = count > 0 ? "merge:taken" : "merge:takenApp";
    this.editor.say(key, { who, count });
    // Somebody who goes on drawing saves every few seconds: one notice in a while is enough.
    if (choose || Date.now() - this.#told > 30_000) toast(t(key, { who, count }));
    this.#told = Date.now();
  }

  readonly #shown = () => {
    if (document.visibilityState === "visible") this.#later(0);
  };

  #later(ms: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#look(), ms);
  }

  /** Asks who is there; takes in what somebody has saved, unless there is unsaved work: then the save finds it. */
  async #look(): Promise<void> {
    const { editor } = this;
    if (document.visibilityState === "visible") {
      const before = editor.autosave.etag;
      const { etag } = await this.#others();
      const still = () =>
        !this.#ended &&
        editor.autosave.etag === before &&
        editor.autosave.state.kind === "saved" &&
        editor.autosave.clean;
      if (etag && bare(etag) !== bare(before) && still())
        try {
          const draft = await loadDraft(editor.installation);
          await editor.doc.idle();
          if (still()) {
            const { by } = await this.#others();
            if (still()) {
              this.#take(fromApp(draft.app), by);
              editor.followed(draft.etag);
            }
          }
        } catch {
          // The next look or save finds it.
        }
    }
    if (!this.#ended) this.#later(interval);
  }

  async #others(): Promise<{ etag: string; by: string }> {
    try {
      const { people, etag, by } = await loadEditors(this.editor.installation);
      if (!this.#ended && people.join("\n") !== this.editor.ui.getState().people.join("\n"))
        this.editor.ui.setState({ people });
      return { etag, by: by ?? "" };
    } catch {
      return { etag: "", by: "" };
    }
  }
}

/** An ETag without its quotes, and whether a proxy has made it weak. */
function bare(etag: string): string {
  return etag.replace(/^W\//, "").replaceAll('"', "");
}
