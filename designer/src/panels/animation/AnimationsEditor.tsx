// What values change of the looks of the selected widgets: visible, colour, level, turning, moving.
import type { Animation, Binding, Widget } from "@lineside/client";
import { Plus } from "lucide-react";
import { useState } from "react";
import { useEditor } from "../../design/context";
import { animated, isBinding, newAnimation, same, setAnimations, wholes } from "../../document";
import { textIn, useLanguage, useT } from "../../i18n";
import { Button, Menu, type MenuEntry } from "../../ui";
import { AnimationCard } from "./AnimationCard";
import { ValueSource } from "./ValueSource";
import "./animation.css";

export function AnimationsEditor({ widgets }: { widgets: readonly Widget[] }) {
  const t = useT();
  const lang = useLanguage();
  const editor = useEditor();
  const [pending, setPending] = useState<string>();
  const first = widgets[0] as Widget;
  const manifest = editor.manifests.get(first.type);
  const list = first.animate ?? [];
  const mixed = widgets.some((w) => !same(w.animate ?? [], list));
  const set = (next: readonly Animation[], merge?: string) =>
    setAnimations(
      editor.doc,
      editor.screen(),
      widgets.map((w) => w.id),
      next,
      merge,
    );
  const title = (what: string) => {
    const own = manifest?.settings.find((f) => f.name === what);
    return own ? textIn(own.title, lang) : t(`animation:what.${what}`);
  };
  const add = (what: string, by: Binding, of: { type?: string; low?: number; high?: number }) => {
    setPending(undefined);
    set([...list, newAnimation(what, by, of, manifest)]);
  };
  const begin = (what: string) => {
    const main = first.props?.[manifest?.drop ?? "value"];
    if (isBinding(main)) add(what, main, editor.live.meta(first.id, manifest?.drop ?? "value") ?? {});
    else setPending(what);
  };
  const sameType = widgets.every((w) => w.type === first.type);
  const properties = sameType ? animated(manifest) : [];
  const entries: MenuEntry[] = [
    { kind: "label", id: "whole", label: t("animation:whole") },
    ...wholes.map((what): MenuEntry => ({ id: what, label: title(what), run: () => begin(what) })),
    ...(properties.length > 0
      ? [
          { kind: "line", id: "line" } as MenuEntry,
          { kind: "label", id: "props", label: t("animation:properties") } as MenuEntry,
          ...properties.map(
            (f): MenuEntry => ({ id: `p:${f.name}`, label: textIn(f.title, lang), run: () => begin(f.name) }),
          ),
        ]
      : []),
  ];
  return (
    <div className="actions" data-prop="animate">
      {(mixed || (list.length === 0 && !pending)) && (
        <p className="prop-label">{mixed ? t("common:field.mixed") : t("animation:empty")}</p>
      )}
      {!mixed &&
        list.map((animation, i) => (
          <AnimationCard
            // biome-ignore lint/suspicious/noArrayIndexKey: animations have no identity but their place
            key={i}
            index={i}
            count={list.length}
            title={title(animation.what)}
            animation={animation}
            widget={first}
            manifest={manifest}
            onChange={(next, merge) => set(list.with(i, next), merge)}
            onRemove={() => set(list.toSpliced(i, 1))}
            onMove={(to) => set(list.toSpliced(i, 1).toSpliced(to, 0, animation))}
          />
        ))}
      {pending && (
        <div className="action">
          <strong>{title(pending)}</strong>
          <span className="hint">{t("animation:choose")}</span>
          <ValueSource
            label={t("animation:by")}
            binding={undefined}
            widget={first}
            prop=""
            onSet={(by, tag) => add(pending, by, tag ?? {})}
          />
          <button type="button" className="button quiet" onClick={() => setPending(undefined)}>
            {t("common:cancel")}
          </button>
        </div>
      )}
      <div className="events-add">
        <Menu entries={entries}>
          <Button icon={<Plus size={14} aria-hidden />}>{t("animation:add")}</Button>
        </Menu>
      </div>
    </div>
  );
}
