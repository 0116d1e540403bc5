import { type AlarmRow, alarmWaits } from "@lineside/client";
import { follow, make, markOf, ownTouch, press, queryOf, stateName, timeText, word } from "../alarm";
import type { ElementView, Env, Settings } from "../view";

/** One line: the alarm of an area that needs somebody most, with a button that acknowledges it. */
export default {
  mount(host: HTMLElement, settings: Settings, env: Env) {
    const { lang } = env;
    const root = make("section", "ls-alarmview ls-alarmline");
    root.setAttribute("aria-label", word("alarms", lang));
    ownTouch(root);
    host.append(root);
    let gone = false;
    let said = "";
    let top: AlarmRow | undefined;
    const query = queryOf(settings);
    query.set("limit", "1");
    const open = press("ls-alarmview-open", "", () => top && void env.alarms?.show?.(top.key));
    const acknowledge = press(
      "ls-alarmview-ack",
      word("acknowledge", lang),
      () =>
        top &&
        void env.alarms?.acknowledge?.([
          { key: top.key, comment: top.comment, title: `${env.t(top.title)} ${env.t(top.name)}` },
        ]),
    );
    const end = follow(env, async () => {
      try {
        const page = await env.alarms?.list(query);
        if (!page || gone) return;
        top = page.alarms[0];
        const now = JSON.stringify([top, page.total]);
        if (now === said) return;
        said = now;
        if (!top) {
          root.replaceChildren(make("span", "ls-alarmview-empty", word("none", lang)));
          return;
        }
        const waits = alarmWaits(top.state);
        open.replaceChildren(
          make("b", "", env.t(top.title)),
          ` ${env.t(top.name)}: ${env.t(top.message)} · ${stateName(top.state, lang)} · ${timeText(top.since, lang)}`,
        );
        open.title = open.textContent ?? "";
        acknowledge.hidden = !waits || !top.mayAcknowledge || !env.alarms?.acknowledge;
        const rest = page.total > 1 ? [make("span", "", word("more", lang, page.total - 1))] : [];
        if (root.contains(open)) root.replaceChild(markOf(top.priority, waits, lang), root.firstChild as Node);
        else root.replaceChildren(markOf(top.priority, waits, lang), open, acknowledge);
        for (const old of root.querySelectorAll(":scope > span")) old.remove();
        root.append(...rest);
      } catch {
        if (!gone && !said) root.replaceChildren(make("span", "ls-alarmview-empty", word("refused", lang)));
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
