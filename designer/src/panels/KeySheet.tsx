import { type CommandGroup, commands, shownKeys } from "../commands";
import { useLanguage, useT } from "../i18n";
import { Dialog } from "../ui";

const groups: CommandGroup[] = ["edit", "draw", "arrange", "view", "file"];
const pointer = [
  "drag",
  "marquee",
  "shift",
  "alt",
  "ctrl",
  "deep",
  "turn",
  "guide",
  "enter",
  "out",
  "tab",
  "pan",
  "space",
  "zoom",
] as const;
const pointerKeys: Partial<Record<(typeof pointer)[number], string>> = {
  shift: "Shift",
  alt: "Alt",
  ctrl: "Ctrl",
  deep: "Ctrl",
  enter: "Enter",
  out: "Escape",
  tab: "Tab",
  space: "Space",
  zoom: "Ctrl",
};

/** All keys, from the commands themselves. */
export function KeySheet({ onClose }: { onClose: () => void }) {
  const t = useT();
  const lang = useLanguage();
  return (
    <Dialog open reading onClose={onClose} title={t("design:keys.title")} size="wide">
      <div className="key-sheet">
        {groups.map((g) => (
          <section key={g}>
            <h3>{t(`design:keys.${g}`)}</h3>
            <dl>
              {commands
                .filter((c) => c.group === g && c.keys)
                .map((c) => (
                  <div key={c.id}>
                    <dt>{c.label[lang]}</dt>
                    <dd>
                      {c.keys?.slice(0, 2).map((k) => (
                        <kbd key={k}>{shownKeys(k)}</kbd>
                      ))}
                    </dd>
                  </div>
                ))}
            </dl>
          </section>
        ))}
        <section>
          <h3>{t("design:keys.pointer")}</h3>
          <dl>
            {pointer.map((p) => (
              <div key={p}>
                <dt>{t(`design:keys.p.${p}`)}</dt>
                <dd>{pointerKeys[p] && <kbd>{shownKeys(pointerKeys[p] as string)}</kbd>}</dd>
              </div>
            ))}
          </dl>
        </section>
      </div>
    </Dialog>
  );
}
