import type { Lang } from "@lineside/widgets";

const faults = {
  unknown: {
    en: "There is no widget of this type here; a newer Lineside may have it: ",
    zh: "此处没有该类型的控件,可能需要更新版本的 Lineside:",
  },
  threw: { en: "This widget failed and was stopped. ", zh: "该控件出错,已停止。" },
};

/** What an error tile says. */
export const failed = (what: keyof typeof faults, lang: Lang, detail: string): string => faults[what][lang] + detail;
