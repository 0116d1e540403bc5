import type { AskedWrite } from "@lineside/client";
import { useT } from "../i18n";
import { useTime } from "../shell/time";
import { Button, useConfirm } from "../ui";
import { decide, valueText } from "./useWrites";
import "./writes.css";

/** The writes that wait for a second person: one's own to withdraw, others' to release or refuse. */
export function Asked({ list }: { list: readonly AskedWrite[] }) {
  const t = useT();
  const time = useTime();
  const [ask, question] = useConfirm();
  const release = async (a: AskedWrite, words: Record<string, string>) => {
    const title = t("writes:releaseAsk", words);
    const text = t(a.reason ? "writes:releaseTextReason" : "writes:releaseText", words);
    if (await ask({ title, text, action: t("writes:release") })) await decide(a, true);
  };
  return (
    <>
      <ul className="asked-writes" aria-label={t("writes:asked")}>
        {list.map((a) => {
          const words = { by: a.by, tag: a.title || a.tag, value: valueText(a), reason: a.reason ?? "" };
          return (
            <li key={a.id}>
              <span className="grow">
                {t(a.mine ? "writes:mine" : "writes:other", words)}{" "}
                <span className="muted">
                  {a.reason ? `${a.reason} · ` : ""}
                  {t("writes:until", { time: time(a.until) })}
                </span>
              </span>
              {a.mine ? (
                <Button onClick={() => void decide(a, false)}>{t("writes:withdraw")}</Button>
              ) : (
                <>
                  <Button onClick={() => void decide(a, false)}>{t("writes:refuse")}</Button>
                  <Button look="primary" onClick={() => void release(a, words)}>
                    {t("writes:release")}
                  </Button>
                </>
              )}
            </li>
          );
        })}
      </ul>
      {question}
    </>
  );
}
