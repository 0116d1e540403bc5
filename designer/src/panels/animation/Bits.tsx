import { useT } from "../../i18n";
import { Popover } from "../../ui";

/** Bits of a word that must all be set. */
export function Bits(props: { mask: number; onChange: (mask: number) => void }) {
  const { mask } = props;
  const t = useT();
  const set = Array.from({ length: 32 }, (_, bit) => bit).filter((bit) => (mask >>> bit) & 1);
  const said = set.length > 0 ? t("animation:bitList", { bits: set.join(", ") }) : t("animation:noBits");
  return (
    <Popover
      label={t("animation:bits")}
      trigger={
        <button type="button" className="input menu-input" aria-label={`${t("animation:bits")}: ${said}`}>
          {said}
        </button>
      }
    >
      <div className="animation-bits">
        {Array.from({ length: 32 }, (_, i) => 31 - i).map((bit) => (
          <button
            key={bit}
            type="button"
            className="button"
            aria-pressed={((mask >>> bit) & 1) === 1}
            onClick={() => props.onChange((mask ^ (1 << bit)) >>> 0 || mask)}
          >
            {bit}
          </button>
        ))}
      </div>
      <p className="hint mono">0x{mask.toString(16).toUpperCase().padStart(8, "0")}</p>
    </Popover>
  );
}
