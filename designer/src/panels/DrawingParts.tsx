// The parts of the drawing that a widget shows: found, named, and so made ready for animations.
import type { Drawing } from "@lineside/client";
import { FileImage, Folder, Spline, Type } from "lucide-react";
import { useMemo, useState } from "react";
import { useEditor } from "../design/context";
import { namePart, partsOf } from "../document";
import { useT } from "../i18n";
import { Input, SearchInput, toast } from "../ui";

const icons = { group: Folder, path: Spline, text: Type, image: FileImage };

/** More rows than this nobody reads; the search finds the rest. */
const most = 200;

export function DrawingParts({ drawing }: { drawing: Drawing }) {
  const t = useT();
  const editor = useEditor();
  const [query, setQuery] = useState("");
  const all = useMemo(() => partsOf(drawing), [drawing]);
  const wanted = query.trim().toLowerCase();
  const found = wanted
    ? all.filter(({ part }) => `${part.id ?? ""} ${part.text ?? ""} ${part.kind}`.toLowerCase().includes(wanted))
    : all;
  return (
    <>
      <p className="hint">{t("drawing:partsHint")}</p>
      {all.length > 8 && <SearchInput value={query} onChange={setQuery} label={t("drawing:search")} />}
      <div className="drawing-parts">
        {found.slice(0, most).map(({ part, way }) => {
          const Sign = icons[part.kind];
          return (
            <div className="drawing-part" key={way.join()} style={{ paddingLeft: (way.length - 1) * 12 }}>
              <Sign size={14} aria-hidden />
              <Input
                key={part.id ?? ""}
                aria-label={t("drawing:name", { n: way.map((i) => i + 1).join(".") })}
                defaultValue={part.id ?? ""}
                placeholder={part.text || t(`drawing:unnamed.${part.kind}`)}
                onBlur={(e) => {
                  const name = e.target.value.trim();
                  if (name === (part.id ?? "") || namePart(editor.doc, drawing.id, way, name)) return;
                  e.target.value = part.id ?? "";
                  toast(t("drawing:badName"), { kind: "bad" });
                }}
                onKeyDown={(e) => e.key === "Enter" && e.currentTarget.blur()}
              />
            </div>
          );
        })}
      </div>
      {found.length === 0 && <p className="muted">{t("drawing:none")}</p>}
      {found.length > most && <p className="muted">{t("drawing:more", { count: found.length - most })}</p>}
    </>
  );
}
