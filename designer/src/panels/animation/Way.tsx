import { Plus, Trash2 } from "lucide-react";
import { useT } from "../../i18n";
import { Button, IconButton, NumberInput } from "../../ui";

/** The points of a way, in pixels from the widget's own place: x0, y0, x1, y1, … */
export function Way(props: { out: readonly number[]; onChange: (out: number[]) => void }) {
  const { out, onChange } = props;
  const t = useT();
  const points = Array.from({ length: Math.floor(out.length / 2) }, (_, i) => i);
  const set = (at: number, n: number | undefined) => {
    if (n !== undefined) onChange(out.with(at, n));
  };
  return (
    <>
      <span className="prop-label animation-wide">{t("animation:way")}</span>
      {points.map((i) => (
        <div className="animation-point" key={i}>
          <NumberInput
            lead="X"
            label={t("animation:pointX", { n: i + 1 })}
            value={out[2 * i]}
            onChange={(n) => set(2 * i, n)}
          />
          <NumberInput
            lead="Y"
            label={t("animation:pointY", { n: i + 1 })}
            value={out[2 * i + 1]}
            onChange={(n) => set(2 * i + 1, n)}
          />
          <IconButton
            small
            label={t("animation:removePoint", { n: i + 1 })}
            disabled={points.length <= 2}
            onClick={() => onChange([...out.slice(0, 2 * i), ...out.slice(2 * i + 2)])}
          >
            <Trash2 size={14} aria-hidden />
          </IconButton>
        </div>
      ))}
      <Button
        look="quiet"
        className="animation-wide"
        icon={<Plus size={14} aria-hidden />}
        onClick={() => onChange([...out, (out.at(-2) ?? 0) + 50, out.at(-1) ?? 0])}
      >
        {t("animation:addPoint")}
      </Button>
    </>
  );
}
