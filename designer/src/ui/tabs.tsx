import { Tabs as Radix } from "radix-ui";
import type { ReactNode } from "react";

/** Tabs over panels; the arrow keys go along them. */
export function Tabs(props: {
  value: string;
  onChange: (value: string) => void;
  label: string;
  tabs: { id: string; label: ReactNode; panel: ReactNode }[];
  className?: string;
  /** The tabs stand below each other, at the left. */
  vertical?: boolean;
  /** Stands at the end of the row of tabs. */
  end?: ReactNode;
}) {
  return (
    <Radix.Root
      className={props.className}
      orientation={props.vertical ? "vertical" : "horizontal"}
      value={props.value}
      onValueChange={props.onChange}
    >
      <div className="tabs-row">
        <Radix.List className="tabs-list" aria-label={props.label}>
          {props.tabs.map((tab) => (
            <Radix.Trigger key={tab.id} value={tab.id}>
              {tab.label}
            </Radix.Trigger>
          ))}
        </Radix.List>
        {props.end}
      </div>
      {props.tabs.map((tab) => (
        <Radix.Content key={tab.id} value={tab.id} className="tabs-panel">
          {tab.panel}
        </Radix.Content>
      ))}
    </Radix.Root>
  );
}
