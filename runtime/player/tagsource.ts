// Where tables have the tags of the plant from, and how they write several.
import {
  type AssetPage,
  type HistoryAnswer,
  type Live,
  LiveError,
  type LiveValue,
  request,
  type TagPage,
  type View,
  type WriteResult,
} from "@lineside/client";
import type { AssetFacts, HistoryAsk, Lang, TagEdit, TagFacts, TagListener, TagSource } from "@lineside/widgets";
import { confirm } from "./dialogs";
import type { Notes } from "./notes";
import { say } from "./texts";

/** How many patterns one watch may have (MaxPatterns of the live protocol). */
const mostPatterns = 1000;
/** How many tags or assets one part of a list holds. */
const part = 5000;

/** The tags as the live connection tells them; nothing is written. */
export class LiveTags implements TagSource {
  constructor(protected readonly live: Live) {}

  watch(patterns: readonly string[], listener: TagListener): () => void {
    const list = [...new Set(patterns)];
    const views: View[] = [];
    const follow = (tags: string[]) => {
      const view = this.live.watch(tags);
      const tell = (changed: ReadonlyMap<number, LiveValue>) => {
        const out = new Map<string, LiveValue>();
        for (const [slot, v] of changed) {
          const path = view.slots.get(slot);
          if (path !== undefined) out.set(path, v);
        }
        if (out.size > 0) listener.values(out);
      };
      const found = () => listener.found?.([...view.slots.values()]);
      view.on("open", found);
      view.on("slots", found);
      view.on("values", tell);
      view.on("error", (e) => listener.refused?.(e.message));
      views.push(view);
    };
    for (let i = 0; i < list.length; i += mostPatterns) follow(list.slice(i, i + mostPatterns));
    const off = this.live.on("status", (s) => s === "lost" && listener.lost?.());
    return () => {
      off();
      for (const v of views) v.close();
    };
  }

  async tags(pattern: string, most: number): Promise<readonly TagFacts[]> {
    const out: TagFacts[] = [];
    for (let after = ""; out.length < most; ) {
      const query = new URLSearchParams({ pattern, limit: String(Math.min(part, most - out.length)), after });
      const { data } = await request<TagPage>("GET", `/tags?${query}`);
      out.push(...data.tags);
      if (!data.next) break;
      after = data.next;
    }
    return out;
  }

  async assets(under: string, model: string, most: number): Promise<readonly AssetFacts[]> {
    const language = globalThis.document?.documentElement.lang === "zh" ? "zh" : "en";
    const out: AssetFacts[] = [];
    for (let after = ""; out.length < most; ) {
      const query = new URLSearchParams({ under, model, limit: String(Math.min(part, most - out.length)), after });
      const { data } = await request<AssetPage>("GET", `/assets?${query}`);
      for (const a of data.assets)
        if (!a.disabled)
          out.push({
            path: a.path,
            model: a.model,
            title: a.title?.[language] || a.title?.en || a.path.split("/").pop() || "",
          });
      if (!data.next) break;
      after = data.next;
    }
    return out;
  }

  async history(ask: HistoryAsk): Promise<HistoryAnswer> {
    const { data } = await request<HistoryAnswer>("POST", "/history/query", ask);
    return data;
  }
}

interface Around {
  readonly live: Live;
  readonly lang: Lang;
  readonly notes: Notes;
  /** Where questions are asked. */
  readonly element: HTMLElement;
}

/** How many changes a question lists one by one. */
const listed = 12;

/** The tags, and writing several of them after one question. */
export class WritableTags extends LiveTags {
  constructor(private readonly around: Around) {
    super(around.live);
  }

  async write(edits: readonly TagEdit[]): Promise<ReadonlyMap<string, WriteResult> | undefined> {
    const { element, lang, notes } = this.around;
    let reason = "";
    if (edits.length > 1 || edits.some((e) => e.confirm !== "none")) {
      const lines = edits.slice(0, listed).map((e) => say("set", lang, e.title, e.text));
      if (edits.length > listed) lines.push(say("andMore", lang, edits.length - listed));
      const answer = await confirm(element, lang, {
        text: lines.join("\n"),
        yes: say("confirm", lang),
        reason: edits.some((e) => e.confirm === "reason"),
      });
      if (answer === undefined) return undefined;
      reason = answer;
    }
    const out = new Map<string, WriteResult>();
    let good = 0;
    // One after the other: each takes the gate, and what one changes may be the condition of the next.
    for (const e of edits) {
      let r: WriteResult;
      try {
        r = await this.live.write(e.path, e.value, reason || undefined);
      } catch (error) {
        const code = error instanceof LiveError ? error.code : "";
        const message = error instanceof Error ? error.message : String(error);
        r = { outcome: "failed", code, message: code === "not_connected" ? say("notConnected", lang) : message };
      }
      if (r.outcome === "good" || r.outcome === "running") good++;
      out.set(e.path, r);
    }
    const first = edits[0];
    if (good === edits.length && first)
      notes.good(edits.length === 1 ? say("done", lang, first.title, first.text) : say("doneMany", lang, good));
    else
      notes.fault(
        say("failedMany", lang, edits.length - good, edits.length),
        [...out.values()].find((r) => r.message)?.message ?? "",
      );
    return out;
  }
}
