// Markdown as elements that cannot do anything: loaded when a screen has such a text.
import createDOMPurify from "dompurify";
import { Marked } from "marked";

const marked = new Marked({ gfm: true, breaks: true });

/** What may be in a text; anything else is left out, its words stay. */
const allowed = {
  ALLOWED_TAGS:
    "h1 h2 h3 h4 h5 h6 p br hr ul ol li blockquote pre code strong em del a table thead tbody tr th td img".split(" "),
  ALLOWED_ATTR: ["href", "src", "alt", "title", "align", "start"],
  ALLOWED_URI_REGEXP: /^(?:https?:\/\/|data:image\/(?:png|jpeg|gif|webp);base64,)/i,
  ALLOW_DATA_ATTR: false,
  ALLOW_ARIA_ATTR: false,
};

/** The elements of a text. */
export function render(text: string): DocumentFragment {
  const purify = createDOMPurify(window);
  purify.addHook("afterSanitizeAttributes", (node) => {
    if (node.nodeName !== "A") return;
    node.setAttribute("target", "_blank");
    node.setAttribute("rel", "noopener noreferrer");
  });
  const html = marked.parse(text, { async: false });
  return purify.sanitize(html, { ...allowed, RETURN_DOM_FRAGMENT: true });
}

/** Puts an element in place of each {1} to {4} in the words of a text, and gives them by their number. */
export function places(root: DocumentFragment): Map<number, HTMLElement[]> {
  const out = new Map<number, HTMLElement[]>();
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  const texts: Text[] = [];
  while (walker.nextNode()) texts.push(walker.currentNode as Text);
  for (const node of texts) {
    const parts = node.data.split(/\{([1-4])\}/);
    if (parts.length === 1) continue;
    node.replaceWith(
      ...parts.map((part, i) => {
        if (i % 2 === 0) return part;
        const span = document.createElement("span");
        const n = Number(part);
        out.set(n, [...(out.get(n) ?? []), span]);
        return span;
      }),
    );
  }
  return out;
}
