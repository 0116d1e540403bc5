// After tags were dropped beside the widgets: which widgets fit them.
import { Grid3x3 } from "lucide-react";
import { useEffect, useRef } from "react";
import { fitting } from "../canvas";
import { useEditor, useUi } from "../design/context";
import { textIn, useLanguage, useT } from "../i18n";
import { Icon } from "../ui";

export function OfferPopover() {
  const t = useT();
  const lang = useLanguage();
  const editor = useEditor();
  const offer = useUi((s) => s.offer);
  const box = useRef<HTMLDivElement>(null);
  const from = useRef<HTMLElement>(null);
  const close = () => editor.ui.setState({ offer: undefined });

  useEffect(() => {
    if (!offer) return;
    from.current = document.activeElement as HTMLElement | null;
    box.current?.querySelector("button")?.focus();
    const away = (e: PointerEvent) => {
      if (!box.current?.contains(e.target as Node)) editor.ui.setState({ offer: undefined });
    };
    window.addEventListener("pointerdown", away);
    return () => window.removeEventListener("pointerdown", away);
  }, [offer, editor]);

  if (!offer) return null;
  const list = fitting(editor.widgets, offer.tags);
  const left = Math.max(8, Math.min(offer.client.x, window.innerWidth - 260));
  const top = Math.max(8, Math.min(offer.client.y, window.innerHeight - Math.min(420, 80 + list.length * 32)));
  return (
    <div
      ref={box}
      className="popover offer"
      role="dialog"
      aria-label={t("design:offer.title", { count: offer.tags.length })}
      style={{ left, top }}
      onKeyDown={(e) => {
        const items = [...(box.current?.querySelectorAll("button") ?? [])];
        const at = items.indexOf(document.activeElement as HTMLButtonElement);
        if (e.key === "Escape") {
          close();
          // Back to the list of tags that it was opened from, else to the board.
          const list = from.current?.closest<HTMLElement>("[role=listbox]");
          (list ?? editor.board?.host)?.focus();
        } else if (e.key === "ArrowDown") items[(at + 1) % items.length]?.focus();
        else if (e.key === "ArrowUp") items[(at - 1 + items.length) % items.length]?.focus();
        else return;
        e.preventDefault();
        e.stopPropagation();
      }}
    >
      <p className="menu-label">
        {offer.tags.length === 1 ? offer.tags[0]?.path : t("design:offer.title", { count: offer.tags.length })}
      </p>
      {list.length === 0 && <p className="muted menu-label">{t("design:offer.none")}</p>}
      {list.map((m) => (
        <button
          key={m.id}
          type="button"
          className="menu-item offer-item"
          data-offer={m.id}
          onClick={() => {
            editor.board?.addForTags(m, offer.tags, offer.free ? undefined : offer.at);
            close();
          }}
        >
          <span className="icon">
            <Icon name={m.icon} size={16} />
          </span>
          <span className="label">{textIn(m.title, lang)}</span>
        </button>
      ))}
      {offer.tags.length > 1 && list.length > 0 && (
        <button
          type="button"
          className="menu-item offer-item"
          data-offer="more"
          onClick={() => {
            editor.ui.setState({ dropMany: { tags: offer.tags, at: offer.at } });
            close();
          }}
        >
          <span className="icon">
            <Grid3x3 size={16} aria-hidden />
          </span>
          <span className="label">{t("bind:drop.more")}</span>
        </button>
      )}
    </div>
  );
}
