/** What is wrong and what to do, as one text. */
export function sentence(problem: { message: string; hint?: string }): string {
  return problem.hint ? `${problem.message.replace(/[.。]$/, "")}. ${problem.hint}` : problem.message;
}

/** A live value as a short text; with the decimals of its tag, where they are known. */
export function formatValue(value: unknown, decimals?: number): string {
  if (typeof value === "number") {
    if (decimals !== undefined && Number.isFinite(value)) return value.toFixed(decimals);
    if (!Number.isFinite(value)) return String(value);
    return Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(5)));
  }
  if (typeof value === "string") return value.length > 40 ? `${value.slice(0, 39)}…` : value;
  if (value === undefined || value === null) return "–";
  const text = JSON.stringify(value);
  return text.length > 40 ? `${text.slice(0, 39)}…` : text;
}
