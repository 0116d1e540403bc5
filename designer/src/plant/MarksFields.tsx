// Labels and attributes: what people say of a thing to find it and to sort it.
import type { Marks } from "@lineside/client";
import { useState } from "react";
import { useT } from "../i18n";
import { TextField } from "../shell/form";
import { EditRows, TextCell } from "./EditRows";

interface Fact {
  key: string;
  text: string;
}

const wordsOf = (text: string) => text.split(/[\s,;]+/).filter(Boolean);

/** The fields of labels and attributes. */
export function MarksFields({
  value,
  onChange,
  wrong,
}: {
  value: Marks;
  onChange(change: Marks): void;
  /** What the server says of a place ("/labels/0"). */
  wrong?(at: string): string | undefined;
}) {
  const t = useT();
  // What is typed is kept as it is: a space at the end begins the next label, a key may be double for a moment.
  const [labels, setLabels] = useState((value.labels ?? []).join(" "));
  const [facts, setFacts] = useState<Fact[]>(() =>
    Object.entries(value.attributes ?? {}).map(([key, text]) => ({ key, text })),
  );
  const failed = (value.labels ?? []).map((_, i) => wrong?.(`/labels/${i}`)).filter(Boolean);
  const change = (next: Fact[]) => {
    setFacts(next);
    const kept = next.filter((f) => f.key.trim() !== "");
    onChange({ attributes: kept.length ? Object.fromEntries(kept.map((f) => [f.key.trim(), f.text])) : undefined });
  };
  return (
    <div className="form">
      <TextField
        label={t("things:labels")}
        value={labels}
        onChange={(text) => {
          setLabels(text);
          const words = [...new Set(wordsOf(text))];
          onChange({ labels: words.length ? words : undefined });
        }}
        hint={t("things:labelsHint")}
        error={failed.length ? failed.join(" ") : wrong?.("/labels")}
      />
      <EditRows<Fact>
        rows={facts}
        onChange={change}
        fresh={() => ({ key: "", text: "" })}
        addLabel={t("things:addAttribute")}
        nameOf={(fact, i) => fact.key || String(i + 1)}
        wrong={(i) => [
          wrong?.(`/attributes/${facts[i]?.key}`),
          facts.findIndex((f) => f.key.trim() === facts[i]?.key.trim()) < i ? t("things:attributeTwice") : undefined,
        ]}
        columns={[
          {
            head: t("things:attribute"),
            edit: (cell) => <TextCell cell={cell} value={cell.row.key} onChange={(key) => cell.set({ key })} />,
          },
          {
            head: t("things:attributeText"),
            edit: (cell) => <TextCell cell={cell} value={cell.row.text} onChange={(text) => cell.set({ text })} />,
          },
        ]}
      />
    </div>
  );
}

/** The same, folded unless there is something. */
export function MarksFold(props: {
  value: Marks;
  onChange(change: Marks): void;
  wrong?(at: string): string | undefined;
}) {
  const t = useT();
  const [open] = useState(() => !!props.value.labels?.length || Object.keys(props.value.attributes ?? {}).length > 0);
  return (
    <details className="fold" open={open || undefined}>
      <summary>{t("things:marks")}</summary>
      <MarksFields {...props} />
    </details>
  );
}
