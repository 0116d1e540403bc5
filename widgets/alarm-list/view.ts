import { type AlarmPage, type AlarmRow, alarmWaits } from "@lineside/client";
import { follow, make, markOf, ownTouch, press, queryOf, stateName, timeText, word } from "../alarm";
import { flag, string } from "../kit";
import type { ElementView, Env, Settings } from "../view";

/** How many alarms are drawn; how many more there are is said. */
const most = 200;

/** The alarms as they stand, those that wait first; by area, priority and state. */
export default {
  mount(host: HTMLElement, settings: Settings, env: Env) {
    const { lang } = env;
    const root = make("section", "ls-alarmview");
    const title = string(settings, "label") || word("alarms", lang);
    root.setAttribute("aria-label", title);
    const note = make("span", "ls-alarmview-note");
    const body = make("div", "ls-alarmview-body");
    body.tabIndex = 0;
    body.setAttribute("role", "region");
    body.setAttribute("aria-label", title);
    if (flag(settings, "head")) root.append(make("div", "ls-alarmview-head", title, note));
    root.append(body);
    ownTouch(root);
    host.append(root);
    let said = "";
    let gone = false;
    const query = queryOf(settings);
    if (string(settings, "show") === "waiting") query.set("state", "unacknowledged,returned,latched-unacknowledged");
    query.set("limit", String(most));
    const acknowledge = flag(settings, "acknowledge") ? env.alarms?.acknowledge : undefined;

    const line = (a: AlarmRow): HTMLTableRowElement => {
      const waits = alarmWaits(a.state);
      const name = `${env.t(a.title)} ${env.t(a.name)}`;
      const open = press("ls-alarmview-open", name, () => void env.alarms?.show?.(a.key));
      const act = make("td", "ls-alarmview-act");
      if (waits && a.mayAcknowledge && acknowledge) {
        const b = press(
          "ls-alarmview-ack",
          word("acknowledge", lang),
          () => void env.alarms?.acknowledge?.([{ key: a.key, comment: a.comment, title: name }]),
        );
        b.setAttribute("aria-label", word("acknowledgeOf", lang, name));
        act.append(b);
      }
      const row = make(
        "tr",
        waits ? "ls-alarmview-waits" : "",
        make("td", "", markOf(a.priority, waits, lang)),
        make("td", "ls-alarmview-time", timeText(a.since, lang)),
        make("td", "", open, make("small", "", `${env.t(a.message)} · ${stateName(a.state, lang)}`)),
        act,
      );
      row.dataset.key = a.key;
      return row;
    };

    const draw = (page: AlarmPage) => {
      note.textContent = page.total ? word("counts", lang, page.unacknowledged, page.active) : "";
      const now = JSON.stringify([page.alarms, page.total]);
      if (now === said) return;
      said = now;
      // Who is on a button stays on it.
      const active = body.contains(document.activeElement) ? (document.activeElement as HTMLElement) : undefined;
      const key = active?.closest<HTMLElement>("tr")?.dataset.key;
      const name = active?.className;
      const top = body.scrollTop;
      if (page.alarms.length === 0) body.replaceChildren(make("p", "ls-alarmview-empty", word("none", lang)));
      else {
        const table = make("table", "", make("tbody", "", ...page.alarms.map(line)));
        const rest = page.total - page.alarms.length;
        body.replaceChildren(table, ...(rest > 0 ? [make("p", "ls-alarmview-more", word("more", lang, rest))] : []));
      }
      body.scrollTop = top;
      if (key)
        for (const row of body.querySelectorAll<HTMLElement>("tr"))
          if (row.dataset.key === key)
            (row.querySelector<HTMLElement>(`.${name}`) ?? row.querySelector("button"))?.focus();
    };

    const end = follow(env, async () => {
      try {
        const page = await env.alarms?.list(query);
        if (page && !gone) draw(page);
      } catch {
        if (!gone && !said) body.replaceChildren(make("p", "ls-alarmview-empty", word("refused", lang)));
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
