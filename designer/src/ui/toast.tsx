import { CircleCheck, Info, OctagonAlert, X } from "lucide-react";
import { Toast as Radix, Tooltip } from "radix-ui";
import { type ReactNode, useSyncExternalStore } from "react";
import { useT } from "../i18n";
import { Button, IconButton } from "./button";

interface Message {
  id: number;
  kind: "info" | "good" | "bad";
  title: string;
  text?: ReactNode;
  action?: { label: string; run(): void };
}

let messages: Message[] = [];
let next = 1;
const listeners = new Set<() => void>();

function change(list: Message[]): void {
  messages = list;
  for (const listener of [...listeners]) listener();
}

/** Says something in the corner for a while, longer when something can be done about it; a bad message stays until it is closed. */
export function toast(title: string, options: Partial<Pick<Message, "kind" | "text" | "action">> = {}): void {
  change([...messages.slice(-3), { ...options, id: next++, kind: options.kind ?? "info", title }]);
}

const icons = { info: Info, good: CircleCheck, bad: OctagonAlert };

/** What the kit needs around the page: toasts and tooltips. */
export function Providers(props: { children: ReactNode }) {
  const t = useT();
  const list = useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => messages,
  );
  return (
    <Tooltip.Provider delayDuration={450} skipDelayDuration={200}>
      <Radix.Provider label={t("common:notice")} duration={5000} swipeDirection="right">
        {props.children}
        {list.map((m) => {
          const Mark = icons[m.kind];
          return (
            <Radix.Root
              key={m.id}
              className={`toast ${m.kind}`}
              duration={m.kind === "bad" ? 1e7 : m.action ? 15000 : 5000}
              onOpenChange={(open) => !open && change(messages.filter((o) => o.id !== m.id))}
            >
              <Mark size={16} aria-hidden />
              <div>
                <Radix.Title asChild>
                  <strong>{m.title}</strong>
                </Radix.Title>
                {m.text && (
                  <Radix.Description asChild>
                    <p>{m.text}</p>
                  </Radix.Description>
                )}
              </div>
              {m.action && (
                <Radix.Action asChild altText={m.action.label}>
                  <Button onClick={m.action.run}>{m.action.label}</Button>
                </Radix.Action>
              )}
              <Radix.Close asChild>
                <IconButton small label={t("common:close")}>
                  <X size={14} aria-hidden />
                </IconButton>
              </Radix.Close>
            </Radix.Root>
          );
        })}
        <Radix.Viewport label={`${t("common:notice")} ({hotkey})`} className="toasts" />
      </Radix.Provider>
    </Tooltip.Provider>
  );
}
