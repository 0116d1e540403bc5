import { X } from "lucide-react";
import { Dialog as Radix, Popover as RadixPopover } from "radix-ui";
import { type ReactNode, useCallback, useRef, useState } from "react";
import { useT } from "../i18n";
import { Button, IconButton } from "./button";
import { giveBack, Origin, type Origins } from "./origin";

/** Where the focus of a dialog begins: the first field, else what is there to choose, else the button that does it, but none that does harm. */
function beginning(content: HTMLElement): HTMLElement {
  for (const place of [
    ".body[tabindex]",
    ".body :is(input, textarea, select):not(:disabled, [type=hidden], .visually-hidden)",
    ".body :is(.button, .choice):not(:disabled)",
    "footer .button.primary:not(:disabled)",
    "footer button:not(:disabled, .danger)",
  ]) {
    const found = content.querySelector<HTMLElement>(place);
    if (found) return found;
  }
  return content;
}

/** Is a list of completions open at the field or text editor that has the focus? */
const completing = (e: KeyboardEvent) =>
  (e.target as Element).matches("[role=combobox][aria-expanded=true]") ||
  !!(e.target as Element).shadowRoot?.querySelector(".cm-tooltip-autocomplete");

/** A dialog over the page. Escape closes it; the focus stays within. */
export function Dialog(props: {
  open: boolean;
  onClose: () => void;
  title: ReactNode;
  /** Said to screen readers and shown under the title. */
  text?: ReactNode;
  size?: "wide" | "full";
  /** There is nothing but a text to read: the keys scroll it. */
  reading?: boolean;
  footer?: ReactNode;
  children?: ReactNode;
}) {
  const t = useT();
  const content = useRef<HTMLDivElement>(null);
  const from = useRef<Origins>([]);
  return (
    <Radix.Root open={props.open} onOpenChange={(open) => !open && props.onClose()}>
      <Radix.Portal>
        {/* Radix' own overlay would put a style element into the page, which the content security policy forbids. */}
        <div className="overlay" />
        <Radix.Content
          ref={content}
          // The first thing to focus would be the button that closes: begin where there is something to do.
          onOpenAutoFocus={(e) => {
            e.preventDefault();
            if (content.current && !content.current.contains(document.activeElement))
              beginning(content.current).focus();
          }}
          onCloseAutoFocus={(e) => giveBack(e, from.current)}
          onEscapeKeyDown={(e) => {
            // The first Escape closes a list of completions, the next one this.
            if (completing(e)) e.preventDefault();
          }}
          className={["dialog", props.size].filter(Boolean).join(" ")}
          {...(props.text ? {} : { "aria-describedby": undefined })}
        >
          {/* A header element would be a landmark of the page. */}
          <Origin into={from} content={content} />
          <div className="dialog-head">
            <Radix.Title asChild>
              <h2>{props.title}</h2>
            </Radix.Title>
            <Radix.Close asChild>
              <IconButton label={t("common:close")}>
                <X size={16} aria-hidden />
              </IconButton>
            </Radix.Close>
          </div>
          <div className="body" tabIndex={props.reading ? 0 : undefined}>
            {props.text && (
              <Radix.Description asChild>
                <p className="muted">{props.text}</p>
              </Radix.Description>
            )}
            {props.children}
          </div>
          {props.footer && <footer>{props.footer}</footer>}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

/** A small panel beside its trigger. */
export function Popover(props: {
  trigger: ReactNode;
  children: ReactNode;
  open?: boolean;
  onOpenChange?: (open: boolean) => void;
  align?: "start" | "center" | "end";
  side?: "top" | "right" | "bottom" | "left";
  className?: string;
  label?: string;
  /** How far from its trigger it stands. */
  offset?: number;
}) {
  const from = useRef<Origins>([]);
  return (
    <RadixPopover.Root open={props.open} onOpenChange={props.onOpenChange}>
      <RadixPopover.Trigger asChild>{props.trigger}</RadixPopover.Trigger>
      <RadixPopover.Portal>
        <RadixPopover.Content
          className={["popover", props.className].filter(Boolean).join(" ")}
          align={props.align ?? "start"}
          side={props.side}
          sideOffset={props.offset ?? 4}
          collisionPadding={8}
          aria-label={props.label}
          onCloseAutoFocus={(e) => giveBack(e, from.current)}
          onEscapeKeyDown={(e) => {
            // The first Escape closes a list of completions, the next one this.
            if (completing(e)) e.preventDefault();
          }}
        >
          <Origin into={from} />
          {props.children}
        </RadixPopover.Content>
      </RadixPopover.Portal>
    </RadixPopover.Root>
  );
}

type Question = {
  title: string;
  text?: ReactNode;
  /** Stands below the text: a list of what is concerned. */
  more?: ReactNode;
  action: string;
  danger?: boolean;
  resolve: (yes: boolean) => void;
};

/** Asks before something that cannot be undone: `const [ask, dialog] = useConfirm()`, show `dialog`, `if (await ask({…}))`. */
export function useConfirm(): [(question: Omit<Question, "resolve">) => Promise<boolean>, ReactNode] {
  const t = useT();
  const [question, setQuestion] = useState<Question>();
  const ask = useCallback(
    (q: Omit<Question, "resolve">) => new Promise<boolean>((resolve) => setQuestion({ ...q, resolve })),
    [],
  );
  const answer = (yes: boolean) => {
    question?.resolve(yes);
    setQuestion(undefined);
  };
  const dialog = question && (
    <Dialog
      open
      onClose={() => answer(false)}
      title={question.title}
      text={question.text}
      footer={
        <>
          <Button onClick={() => answer(false)} autoFocus={question.danger}>
            {t("common:cancel")}
          </Button>
          <Button
            look={question.danger ? "danger" : "primary"}
            onClick={() => answer(true)}
            autoFocus={!question.danger}
          >
            {question.action}
          </Button>
        </>
      }
    >
      {question.more}
    </Dialog>
  );
  return [ask, dialog];
}
