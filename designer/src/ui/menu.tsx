import { Check as CheckMark, ChevronRight } from "lucide-react";
import { DropdownMenu as Radix, ContextMenu as RadixContext } from "radix-ui";
import type { ReactNode } from "react";

/** One line of a menu, or a line between, or a heading, or a menu within. */
export type MenuEntry =
  | {
      kind?: "item";
      id: string;
      label: string;
      icon?: ReactNode;
      keys?: string;
      danger?: boolean;
      checked?: boolean /** Why it cannot be chosen now. */;
      reason?: string;
      run: () => void;
    }
  | { kind: "menu"; id: string; label: string; icon?: ReactNode; entries: MenuEntry[] }
  | { kind: "label"; id: string; label: string }
  | { kind: "line"; id: string };

function entries(list: MenuEntry[], Parts: typeof Radix | typeof RadixContext): ReactNode {
  const P = Parts as typeof Radix;
  return list.map((e) => {
    if (e.kind === "line") return <P.Separator key={e.id} className="menu-separator" />;
    if (e.kind === "label")
      return (
        <P.Label key={e.id} className="menu-label">
          {e.label}
        </P.Label>
      );
    if (e.kind === "menu")
      return (
        <P.Sub key={e.id}>
          <P.SubTrigger className="menu-item">
            <span className="icon">{e.icon}</span>
            <span className="label">{e.label}</span>
            <ChevronRight size={14} aria-hidden />
          </P.SubTrigger>
          <P.Portal>
            <P.SubContent className="menu" sideOffset={4} collisionPadding={8}>
              {entries(e.entries, Parts)}
            </P.SubContent>
          </P.Portal>
        </P.Sub>
      );
    return (
      <P.Item
        key={e.id}
        className={e.danger ? "menu-item danger" : "menu-item"}
        disabled={!!e.reason}
        title={e.reason}
        onSelect={e.run}
      >
        <span className="icon">{e.checked ? <CheckMark size={14} aria-hidden /> : e.icon}</span>
        <span className="label">{e.label}</span>
        {e.keys && <span className="keys">{e.keys}</span>}
      </P.Item>
    );
  });
}

/** A menu that opens from a button. */
export function Menu(props: {
  entries: MenuEntry[];
  children: ReactNode;
  align?: "start" | "center" | "end";
  side?: "top" | "right" | "bottom" | "left";
}) {
  return (
    <Radix.Root modal={false}>
      <Radix.Trigger asChild>{props.children}</Radix.Trigger>
      <Radix.Portal>
        <Radix.Content
          className="menu"
          align={props.align ?? "start"}
          side={props.side}
          sideOffset={4}
          collisionPadding={8}
        >
          {entries(props.entries, Radix)}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

/** A menu at the pointer by the right button. `entries` is asked when it opens. */
export function ContextMenu(props: {
  entries: () => MenuEntry[];
  onOpen?: (open: boolean) => void;
  children: ReactNode;
}) {
  return (
    <RadixContext.Root modal={false} onOpenChange={props.onOpen}>
      <RadixContext.Trigger asChild>{props.children}</RadixContext.Trigger>
      <RadixContext.Portal>
        <RadixContext.Content className="menu" collisionPadding={8}>
          <ContextEntries entries={props.entries} />
        </RadixContext.Content>
      </RadixContext.Portal>
    </RadixContext.Root>
  );
}

function ContextEntries(props: { entries: () => MenuEntry[] }) {
  return entries(props.entries(), RadixContext);
}
