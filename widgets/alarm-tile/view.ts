import { follow, make, markOf, press, queryOf, word } from "../alarm";
import { string } from "../kit";
import type { ElementView, Env, Settings } from "../view";

/** How many alarms an area has, with the worst priority. Pressing it shows them, or does what the engineer said. */
export default {
  mount(host: HTMLElement, settings: Settings, env: Env) {
    const { lang } = env;
    const area = string(settings, "area").trim();
    const name = string(settings, "label") || env.name || area.split("/").pop() || word("alarms", lang);
    const root = press("ls-alarmtile", "", () => {
      if (env.actions.includes("click")) void env.emit("click");
      else if (env.mode === "run") env.alarms?.showArea?.(area);
    });
    root.append(make("span", "", name), make("b", "", "–"));
    host.append(root);
    let gone = false;
    let said = "";
    const query = queryOf(settings);
    query.set("limit", "1");
    const end = follow(env, async () => {
      try {
        const page = await env.alarms?.list(query);
        if (!page || gone) return;
        const { unacknowledged, active } = page;
        const worst = page.waiting ?? page.worst;
        const now = `${worst} ${unacknowledged}/${active}`;
        if (now === said) return;
        said = now;
        root.replaceChildren(
          ...(worst ? [markOf(worst, !!page.waiting, lang)] : []),
          make("span", "", name),
          make("b", "", `${unacknowledged}/${active}`),
        );
        root.title = `${name}: ${word("counts", lang, unacknowledged, active)}`;
      } catch {
        // It stays as it was; that nothing is known yet is seen.
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
