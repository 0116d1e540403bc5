import { CircleCheck, Info, LoaderCircle, OctagonAlert, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { useT } from "../i18n";

/** Something is under way. */
export function Busy(props: { label?: string }) {
  const t = useT();
  return (
    <div className="busy" role="status" aria-label={props.label ?? t("common:loading")}>
      <LoaderCircle size={24} aria-hidden />
    </div>
  );
}

/** Nothing is here yet: says what would be here and how to begin. */
export function Empty(props: { icon?: ReactNode; title: string; text?: ReactNode; children?: ReactNode }) {
  return (
    <div className="empty">
      {props.icon}
      <strong>{props.title}</strong>
      {props.text && <p>{props.text}</p>}
      {props.children}
    </div>
  );
}

const icons = { info: Info, good: CircleCheck, warning: TriangleAlert, bad: OctagonAlert };

/** A message that belongs to its place on the page. */
export function Note(props: { kind?: "info" | "good" | "warning" | "bad"; title?: ReactNode; children?: ReactNode }) {
  const kind = props.kind ?? "info";
  const Mark = icons[kind];
  return (
    <div className={`note ${kind}`} role={kind === "bad" ? "alert" : "status"}>
      <Mark size={16} aria-hidden />
      <div>
        {props.title && <strong>{props.title}</strong>}
        {props.children && <div>{props.children}</div>}
      </div>
    </div>
  );
}

/** An error of the API: what went wrong and what to do. */
export function ErrorNote(props: {
  error: { message: string; hint?: string; code?: string } | undefined;
  children?: ReactNode;
}) {
  if (!props.error) return null;
  return (
    <Note kind="bad" title={props.error.message}>
      {props.error.hint && <div>{props.error.hint}</div>}
      {props.children}
    </Note>
  );
}

/** A small mark beside a name. */
export function Badge(props: { children: ReactNode; title?: string }) {
  return (
    <span className="badge" title={props.title}>
      {props.children}
    </span>
  );
}
