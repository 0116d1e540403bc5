import { OctagonMinus } from "lucide-react";
import { useT } from "../i18n";
import { useTime } from "../shell/time";
import { Asked } from "./Asked";
import { useWrites } from "./useWrites";
import "./writes.css";

/** On every page: who has blocked all writes, and what waits for this person to release it. */
export function WritesBanner() {
  const t = useT();
  const time = useTime();
  const { blocked, asked = [] } = useWrites();
  if (!blocked && asked.length === 0) return null;
  return (
    <div className="writes-banner">
      {blocked && (
        <p role="status">
          <OctagonMinus size={16} aria-hidden />
          <strong>{t("writes:blocked", { ...blocked, since: time(blocked.since) })}</strong>
        </p>
      )}
      {asked.length > 0 && <Asked list={asked} />}
    </div>
  );
}
