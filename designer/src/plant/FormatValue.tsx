// A live value as its format shows it: an image as a thumbnail, a reference as a link, the rest as text.
import type { LiveValue, TagDefinition } from "@lineside/client";
import { isBad } from "@lineside/client";
import { QualityText } from "../shell/form";

/** Pages show images of their own server and such that are in the value itself. */
const shown = (address: string) => address.startsWith("data:image/") || /^\/(?!\/)/.test(address);

export function FormatValue({
  tag,
  live,
  onSelect,
}: {
  tag: Pick<TagDefinition, "format" | "decimals">;
  live: LiveValue | undefined;
  /** Goes to the asset that a reference names. */
  onSelect?(path: string): void;
}) {
  const text = live && !isBad(live.q) && typeof live.v === "string" ? live.v : "";
  if (tag.format === "image" && shown(text)) return <img className="value-image" src={text} alt="" />;
  if (tag.format === "image" && /^https?:\/\//.test(text))
    return (
      <a href={text} target="_blank" rel="noopener noreferrer">
        {text}
      </a>
    );
  if (tag.format === "reference" && text && onSelect)
    return (
      <button type="button" className="link" onClick={() => onSelect(text)}>
        {text}
      </button>
    );
  return <QualityText live={live} decimals={tag.decimals} format={tag.format} />;
}
