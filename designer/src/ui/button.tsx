import { Tooltip as Radix } from "radix-ui";
import type { ComponentProps, ReactNode } from "react";

/** A short explanation when the pointer or focus rests on something; `keys` are shown beside it. */
export function Tooltip(props: {
  text: ReactNode;
  keys?: string;
  side?: "top" | "right" | "bottom" | "left";
  children: ReactNode;
}) {
  if (!props.text) return props.children;
  return (
    <Radix.Root delayDuration={450} disableHoverableContent>
      {/* Focus that a closed menu or popover gives back is no question. */}
      <Radix.Trigger asChild onFocus={(e) => !e.currentTarget.matches(":focus-visible") && e.preventDefault()}>
        {props.children}
      </Radix.Trigger>
      <Radix.Portal>
        <Radix.Content className="tooltip" side={props.side ?? "bottom"} sideOffset={6} collisionPadding={8}>
          {props.text}
          {props.keys && <span className="keys">{props.keys}</span>}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

type ButtonProps = ComponentProps<"button"> & {
  look?: "primary" | "danger" | "quiet";
  large?: boolean;
  icon?: ReactNode;
};

/** A button with words. */
export function Button({ look, large, icon, className, children, ...rest }: ButtonProps) {
  return (
    <button type="button" {...rest} className={["button", look, large && "large", className].filter(Boolean).join(" ")}>
      {icon}
      {children}
    </button>
  );
}

type IconButtonProps = Omit<ComponentProps<"button">, "title"> & {
  label: string;
  keys?: string;
  small?: boolean;
  pressed?: boolean;
  /** Why it cannot be used now. It stays focusable, so that the reason can be read. */
  reason?: string;
  side?: "top" | "right" | "bottom" | "left";
};

/** A button with a symbol only; its label is the tooltip and the accessible name. */
export function IconButton({
  label,
  keys,
  small,
  pressed,
  reason,
  side,
  className,
  children,
  onClick,
  ...rest
}: IconButtonProps) {
  return (
    <Tooltip text={reason ? `${label}: ${reason}` : label} keys={keys} side={side}>
      <button
        type="button"
        aria-label={label}
        aria-pressed={pressed}
        aria-disabled={reason ? true : undefined}
        {...rest}
        onClick={reason ? undefined : onClick}
        className={["icon-button", small && "small", className].filter(Boolean).join(" ")}
      >
        {children}
      </button>
    </Tooltip>
  );
}

/** A few choices side by side, of which one holds. */
export function Segmented<T extends string>(props: {
  label: string;
  value: T | undefined;
  options: { value: T; label: string; icon?: ReactNode }[];
  onChange: (value: T) => void;
}) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset cannot be laid out as one line in a toolbar
    <div className="segmented" role="group" aria-label={props.label}>
      {props.options.map((o) => (
        <button
          key={o.value}
          type="button"
          aria-pressed={o.value === props.value}
          aria-label={o.label}
          title={o.icon ? o.label : undefined}
          onClick={() => props.onChange(o.value)}
        >
          {o.icon ?? o.label}
        </button>
      ))}
    </div>
  );
}
