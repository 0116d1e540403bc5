// A slider that fakes the value of an animation: the canvas shows at once what comes of it. Nothing is saved.
import type { Animation, Widget } from "@lineside/client";
import { Radio } from "lucide-react";
import { useEffect, useState } from "react";
import { useEditor } from "../../design/context";
import { span } from "../../document";
import { useT } from "../../i18n";
import { IconButton, Segmented } from "../../ui";
import { formatValue } from "../format";

export function TryValue({ animation, index, widget }: { animation: Animation; index: number; widget: Widget }) {
  const t = useT();
  const editor = useEditor();
  const [fake, setFake] = useState<unknown>();
  const prop = `animate/${index}`;
  useEffect(() => {
    const view = editor.board?.view;
    view?.fake(widget.id, index, fake);
    return () => view?.fake(widget.id, index, undefined);
  }, [editor, widget.id, index, fake]);
  const meta = editor.live.meta(widget.id, prop);
  const live = editor.live.value(widget.id, prop);
  const truth = [...(animation.steps ?? []).map((s) => s.is)].some((v) => typeof v === "boolean");
  const bool = meta?.type === "bool" || typeof live?.v === "boolean" || (truth && typeof live?.v !== "number");
  const words = (animation.steps ?? []).flatMap((s) => (typeof s.is === "string" ? [s.is] : []));
  const [low, high] = span(animation, meta);
  const whole = (animation.steps ?? []).some((s) => s.mask);
  return (
    <div className="animation-try">
      <span className="prop-label">{t("animation:try")}</span>
      {bool ? (
        <Segmented
          label={t("animation:try")}
          value={fake === true ? "on" : fake === false ? "off" : "live"}
          onChange={(v) => setFake(v === "live" ? undefined : v === "on")}
          options={[
            { value: "live", label: t("animation:live") },
            { value: "off", label: t("animation:off") },
            { value: "on", label: t("animation:on") },
          ]}
        />
      ) : words.length > 0 ? (
        <Segmented
          label={t("animation:try")}
          value={typeof fake === "string" ? fake : ""}
          onChange={(v) => setFake(v || undefined)}
          options={[{ value: "", label: t("animation:live") }, ...words.map((w) => ({ value: w, label: w || '""' }))]}
        />
      ) : (
        <>
          <input
            type="range"
            aria-label={t("animation:try")}
            min={whole ? 0 : low}
            max={whole ? 255 : high}
            step={whole ? 1 : (high - low) / 200}
            value={typeof fake === "number" ? fake : typeof live?.v === "number" ? live.v : low}
            onChange={(e) => setFake(Number(e.target.value))}
          />
          <span className="mono animation-value">{formatValue(fake ?? live?.v)}</span>
          <IconButton small label={t("animation:live")} pressed={fake === undefined} onClick={() => setFake(undefined)}>
            <Radio size={14} aria-hidden />
          </IconButton>
        </>
      )}
    </div>
  );
}
