import type { JournalRow } from "@lineside/client";
import { eventName, follow, make, markOf, ownTouch, press, queryOf, timeText, word } from "../alarm";
import { flag, string } from "../kit";
import { seconds } from "../trend/view";
import type { ElementView, Env, Settings } from "../view";

/** How many lines are read at a time. */
const part = 100;

/** What has become of alarms, the newest first; more is read as one scrolls. */
export default {
  mount(host: HTMLElement, settings: Settings, env: Env) {
    const { lang } = env;
    const root = make("section", "ls-alarmview");
    const title = string(settings, "label") || word("journal", lang);
    root.setAttribute("aria-label", title);
    const body = make("div", "ls-alarmview-body");
    body.tabIndex = 0;
    body.setAttribute("role", "region");
    body.setAttribute("aria-label", title);
    const lines = make("tbody");
    if (flag(settings, "head")) root.append(make("div", "ls-alarmview-head", title));
    root.append(body);
    ownTouch(root);
    host.append(root);
    const span = seconds(string(settings, "span")) ?? 24 * 3600;
    let gone = false;
    let newest = 0;
    let next = 0;
    let reading = false;

    const line = (e: JournalRow): HTMLTableRowElement =>
      make(
        "tr",
        "",
        make("td", "", markOf(e.priority, false, lang)),
        make("td", "ls-alarmview-time", timeText(e.time, lang)),
        make(
          "td",
          "",
          press("ls-alarmview-open", `${env.t(e.title)} ${env.t(e.name)}`, () => void env.alarms?.show?.(e.key)),
          make("small", "", env.t(e.message)),
        ),
        make(
          "td",
          "",
          [eventName(e.event, lang), e.by].filter(Boolean).join(" · "),
          ...(e.comment ? [make("small", "", e.comment)] : []),
        ),
      );
    const asked = (before: number) => {
      const query = queryOf(settings);
      query.set("limit", String(part));
      query.set("from", new Date(Date.now() - span * 1000).toISOString());
      if (flag(settings, "raisedOnly")) query.set("event", "raise");
      if (before) query.set("before", String(before));
      return query;
    };
    const end = follow(env, async () => {
      try {
        const page = await env.alarms?.journal(asked(0));
        if (!page || gone) return;
        const fresh = page.entries.filter((e) => e.id > newest);
        if (newest === 0 || fresh.length === part) {
          // All anew: the first time, or because so much has happened.
          lines.replaceChildren(...page.entries.map(line));
          next = page.next ?? 0;
        } else lines.prepend(...fresh.map(line));
        newest = page.entries[0]?.id ?? newest;
        if (!lines.childElementCount) body.replaceChildren(make("p", "ls-alarmview-empty", word("nothing", lang)));
        else if (!body.contains(lines)) body.replaceChildren(make("table", "", lines));
      } catch {
        if (!gone && newest === 0) body.replaceChildren(make("p", "ls-alarmview-empty", word("refused", lang)));
      }
    });
    body.addEventListener("scroll", async () => {
      if (reading || !next || gone || body.scrollTop + body.clientHeight < body.scrollHeight - 400) return;
      reading = true;
      try {
        const page = await env.alarms?.journal(asked(next));
        if (!page || gone) return;
        lines.append(...page.entries.map(line));
        next = page.next ?? 0;
      } catch {
        // Scrolling on asks again.
      } finally {
        reading = false;
      }
    });
    return {
      update() {},
      resize() {},
      destroy() {
        gone = true;
        end();
        root.remove();
      },
    };
  },
} satisfies ElementView;
