import type { ReactNode } from "react";

/** A part of the inspector that can be folded. */
export function Section(props: { title: string; children: ReactNode }) {
  return (
    <details className="section" open>
      <summary>{props.title}</summary>
      <div className="section-body">{props.children}</div>
    </details>
  );
}
