import { useId } from "react";
import { type Token, tokens } from "../../../runtime/scene/tokens";
import { useT } from "../i18n";
import { useTheme } from "../preferences";
import { Popover } from "./dialog";
import { Input } from "./field";

const names = Object.keys(tokens.light) as Token[];

/** No colour at all: nothing is drawn. */
const none = "transparent";

/** A colour: a token of the theme, which follows light and dark, or one's own "#RRGGBB". Undefined is the default. */
export function ColorInput(props: {
  value: string | undefined;
  onChange: (value: string | undefined) => void;
  id?: string;
  label: string;
  placeholder?: string;
  disabled?: boolean;
}) {
  const t = useT();
  const theme = useTheme();
  const own = useId();
  const { value } = props;
  const known = [none, ...names] as string[];
  const token = value !== undefined && known.includes(value);
  // The default is shown as what it is, only fainter.
  const fallback = value === undefined && known.includes(props.placeholder ?? "") ? props.placeholder : undefined;
  const paint = fallback
    ? (tokens[theme][fallback as Token] ?? none)
    : value === undefined
      ? undefined
      : token
        ? (tokens[theme][value as Token] ?? none)
        : value;
  const said =
    value === undefined
      ? fallback
        ? t(`common:color.${fallback}`)
        : props.placeholder || t("common:field.default")
      : token
        ? t(`common:color.${value}`)
        : value;
  return (
    <Popover
      label={props.label}
      trigger={
        <button
          type="button"
          id={props.id}
          className="input color-input"
          disabled={props.disabled}
          aria-label={`${props.label}: ${said}`}
        >
          <span className="swatch" style={{ background: paint ?? "transparent" }} />
          <span className={value === undefined ? "muted" : undefined}>{said}</span>
        </button>
      }
    >
      <div className="form">
        <div className="form-row">
          <span className="label">{t("common:field.token")}</span>
          <div className="swatches">
            <button
              type="button"
              className="swatch-none"
              title={t("common:color.transparent")}
              aria-label={t("common:color.transparent")}
              aria-pressed={value === none}
              onClick={() => props.onChange(none)}
            />
            {names.map((name) => (
              <button
                key={name}
                type="button"
                title={t(`common:color.${name}`)}
                aria-label={t(`common:color.${name}`)}
                aria-pressed={value === name}
                style={{ background: tokens[theme][name] }}
                onClick={() => props.onChange(name)}
              />
            ))}
          </div>
        </div>
        <div className="form-row">
          <label className="label" htmlFor={own}>
            {t("common:field.literal")}
          </label>
          <div className="color-own">
            <input
              type="color"
              aria-label={t("common:field.literal")}
              value={/^#[0-9a-f]{6}$/i.test(paint ?? "") ? paint : "#808080"}
              onChange={(e) => props.onChange(e.target.value.toUpperCase())}
            />
            <Input
              id={own}
              key={value}
              defaultValue={token ? "" : value}
              placeholder="#RRGGBB"
              onBlur={(e) => {
                const text = e.target.value.trim();
                if (/^#[0-9a-f]{6}([0-9a-f]{2})?$/i.test(text)) props.onChange(text.toUpperCase());
              }}
              onKeyDown={(e) => e.key === "Enter" && e.currentTarget.blur()}
            />
            <button type="button" className="button quiet" onClick={() => props.onChange(undefined)}>
              {t("common:field.default")}
            </button>
          </div>
        </div>
      </div>
    </Popover>
  );
}
