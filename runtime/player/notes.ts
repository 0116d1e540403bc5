import type { Lang } from "@lineside/widgets";
import { el } from "./dialogs";
import { say } from "./texts";

const brief = 4000;
const most = 5;

/** Short messages at the foot of a screen. Good news goes by itself; a failure stays until closed and can be copied. */
export class Notes {
  private readonly list: HTMLElement;

  constructor(
    host: HTMLElement,
    private readonly lang: () => Lang,
  ) {
    this.list = el("div", "ls-notes");
    this.list.setAttribute("role", "log");
    host.append(this.list);
  }

  /** Says that something went well. */
  good(text: string): void {
    const n = this.add("", text, "");
    setTimeout(() => n.remove(), brief);
  }

  /** Says what an app wants the operator to know. A warning stays until it is closed. */
  tell(text: string, level: "info" | "success" | "warning"): void {
    const n = this.add(level === "warning" ? "ls-fault-note" : "", text, "");
    n.dataset.level = level;
    if (level === "warning") {
      n.setAttribute("role", "alert");
      n.append(this.closer(n));
    } else setTimeout(() => n.remove(), 2 * brief);
  }

  /** Says that something did not, with the details. */
  fault(text: string, detail: string): void {
    const n = this.add("ls-fault-note", text, detail);
    n.setAttribute("role", "alert");
    const copy = el("button", "", say("copy", this.lang()));
    copy.type = "button";
    copy.addEventListener("click", async () => {
      if (await toClipboard(`${text}\n${detail}`, n)) copy.textContent = say("copied", this.lang());
    });
    n.append(copy, this.closer(n));
  }

  private closer(n: HTMLElement): HTMLButtonElement {
    const close = el("button", "", "×");
    close.type = "button";
    close.setAttribute("aria-label", say("close", this.lang()));
    close.addEventListener("click", () => n.remove());
    return close;
  }

  destroy(): void {
    this.list.remove();
  }

  private add(name: string, text: string, detail: string): HTMLElement {
    const n = el(
      "div",
      `ls-note ${name}`,
      el("span", "", el("b", "", text), ...(detail === "" ? [] : [el("br"), detail])),
    );
    this.list.append(n);
    while (this.list.childElementCount > most) this.list.firstElementChild?.remove();
    return n;
  }
}

/** The clipboard API needs a secure context; a panel in the plant has plain HTTP. */
async function toClipboard(text: string, shown: HTMLElement): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const range = document.createRange();
    range.selectNodeContents(shown.firstElementChild ?? shown);
    const selection = getSelection();
    selection?.removeAllRanges();
    selection?.addRange(range);
    return document.execCommand("copy");
  }
}
