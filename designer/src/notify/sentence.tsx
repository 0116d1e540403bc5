// A route as a sentence, so that nobody has to read a form to know who is told.
import type { MessageRoute, MessageStep, Messages } from "@lineside/client";
import { useLanguage, useT } from "../i18n";
import { useHoursText, useReceiver } from "./fields";
import { seconds } from "./setup";

/** Says a time as people do: 5 min, 1.5 h. */
export function useSpan(): (text: string | undefined) => string {
  const lang = useLanguage();
  return (text) => {
    const s = seconds(text);
    const [n, unit] = s < 60 ? [s, "second"] : s < 7200 ? [s / 60, "minute"] : [s / 3600, "hour"];
    return new Intl.NumberFormat(lang, {
      style: "unit",
      unit,
      unitDisplay: "short",
      maximumFractionDigits: 1,
    }).format(n as number);
  };
}

/** Makes sentences of routes. */
export function useSentence(config: Messages): (route: MessageRoute) => { which: string; steps: string[] } {
  const t = useT();
  const lang = useLanguage();
  const receiver = useReceiver(config.rosters ?? []);
  const hours = useHoursText();
  const span = useSpan();
  const list = (type: "conjunction" | "disjunction", items: string[]) =>
    new Intl.ListFormat(lang, { type }).format(items);
  const channel = (id: string) => config.channels?.find((c) => c.id === id)?.name || id;
  const tell = (step: MessageStep) =>
    t(step.to?.length ? "notify:sentence.by" : "notify:sentence.into", {
      who: list("conjunction", (step.to ?? []).map(receiver)),
      how: list("conjunction", step.channels.map(channel)),
    });
  return (route) => {
    const priorities = (route.priorities ?? []).map((p) => t(`alarms:priorities.${p}`));
    let which = priorities.length
      ? t("notify:sentence.priorities", { list: list("conjunction", priorities) })
      : t("notify:sentence.all");
    if (route.classes?.length) which += t("notify:sentence.classes", { list: list("disjunction", route.classes) });
    if (route.areas?.length) which += t("notify:sentence.areas", { list: list("disjunction", route.areas) });
    if (route.when?.length) which += t("notify:sentence.when", { list: list("disjunction", route.when.map(hours)) });
    const steps = route.steps.map((step, i) => {
      let text = tell(step);
      if (i > 0) text = t("notify:sentence.next", { after: span(step.after ?? "0s"), tell: text });
      else if (seconds(step.after)) text = t("notify:sentence.later", { after: span(step.after), tell: text });
      if (step.every) text += t("notify:sentence.every", { every: span(step.every), count: step.times || 20 });
      return text;
    });
    return { which, steps };
  };
}
