import type { Problem } from "@lineside/client";
import { request } from "@lineside/client";
import { useEffect, useState } from "react";
import { useT } from "../i18n";
import { ProblemList } from "../shell/form";
import { asApiError } from "../shell/resource";
import { Row, TextArea } from "../ui";

export interface ExpressionCheck {
  type?: string;
  problems?: Problem[];
  value?: unknown;
  quality?: number;
  tags?: string[];
}

/** An expression with completion, its problems under the cursor and its present result below. */
export function ExpressionField({
  label,
  value,
  onChange,
  installation,
}: {
  label: string;
  value: string;
  onChange(text: string): void;
  installation?: string;
}) {
  const t = useT();
  const [check, setCheck] = useState<ExpressionCheck>();

  useEffect(() => {
    if (!value.trim()) return setCheck(undefined);
    let alive = true;
    const timer = setTimeout(async () => {
      try {
        const { data } = await request<ExpressionCheck>("POST", "/expressions/check", { text: value, installation });
        if (alive) setCheck(data);
      } catch (error) {
        if (alive) setCheck({ problems: [asApiError(error)] });
      }
    }, 250);
    return () => {
      alive = false;
      clearTimeout(timer);
    };
  }, [value, installation]);

  return (
    <div className="expression-field">
      <Row label={label}>
        {(id) => (
          <TextArea
            id={id}
            className="mono"
            rows={2}
            value={value}
            onChange={(event) => onChange(event.target.value)}
          />
        )}
      </Row>
      <div className="field-hint" aria-live="polite">
        {check && !check.problems?.length && (
          <span>
            {t("plant:result")}{" "}
            <output className="live-value">
              {check.value === null || check.value === undefined ? "– –" : String(check.value)}
            </output>{" "}
            <span className="muted">{check.type}</span>
          </span>
        )}
        {check?.problems?.length ? <ProblemList problems={check.problems} /> : null}
      </div>
    </div>
  );
}
