// The pages of a report: the same marks that the PDF is drawn of.
import type { ReportBlock, ReportLayout, ReportMark } from "@lineside/client";
import { memo } from "react";
import { useT } from "../i18n";

// The patterns of lines, as in runtime/report/pdf.go.
const dashes = ["", "5 2", "1.5 1.5", "6 2 1.5 2", "9 3", "3 1", "1 3", "8 2 1.5 2 1.5 2"];

function MarkView({ mark, pictures }: { mark: ReportMark; pictures: Map<string, string> }) {
  const { x = 0, y = 0, w = 0, h = 0 } = mark;
  switch (mark.k) {
    case "text":
      return (
        <text x={x} y={y} fontSize={mark.s} fill={mark.c} textLength={w || undefined} lengthAdjust="spacingAndGlyphs">
          {mark.t}
        </text>
      );
    case "line":
      return <line x1={x} y1={y} x2={w} y2={h} stroke={mark.c} strokeWidth={mark.s} />;
    case "rect":
      return <rect x={x} y={y} width={w} height={h} fill={mark.c} />;
    case "path":
      return (
        <polyline
          points={(mark.p ?? []).join(" ")}
          fill="none"
          stroke={mark.c}
          strokeWidth={mark.s}
          strokeLinejoin="round"
          strokeDasharray={dashes[(mark.d ?? 0) % dashes.length] || undefined}
        />
      );
    default: {
      const source = pictures.get(mark.b ?? "");
      return source ? (
        <image href={source} x={x} y={y} width={w} height={h} preserveAspectRatio="none">
          <title>{mark.t ?? ""}</title>
        </image>
      ) : null;
    }
  }
}

/** The address of a picture that is in a document. */
function sourceOf(data: string): string {
  return `data:image/${data.startsWith("/9j/") ? "jpeg" : "png"};base64,${data}`;
}

/** The pages below each other; the marks of the chosen block are framed, and a click tells which was meant. */
export const Paper = memo(function Paper(props: {
  layout: ReportLayout;
  blocks?: readonly ReportBlock[];
  chosen?: string;
  onChoose?: (block: string) => void;
}) {
  const t = useT();
  const { layout } = props;
  const pictures = new Map<string, string>();
  for (const [id, data] of Object.entries(layout.pictures ?? {})) pictures.set(id, sourceOf(data));
  for (const b of props.blocks ?? []) if (b.picture?.data) pictures.set(b.id, sourceOf(b.picture.data));
  return (
    <div className="report-paper">
      {layout.pages.map((page, n) => {
        const frame = props.chosen ? frameOf(page.marks, props.chosen) : undefined;
        return (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the list of blocks has the keys
          <svg
            // biome-ignore lint/suspicious/noArrayIndexKey: a page has no identity but its number
            key={n}
            className="report-sheet"
            viewBox={`0 0 ${layout.width} ${layout.height}`}
            role="img"
            aria-label={t("reports:pageOf", { page: n + 1, pages: layout.total })}
            onClick={
              props.onChoose &&
              ((e) => {
                const id = (e.target as Element).closest("[data-block]")?.getAttribute("data-block");
                if (id) props.onChoose?.(id);
              })
            }
          >
            <rect width={layout.width} height={layout.height} fill="#ffffff" />
            {groups(page.marks).map(([block, marks], i) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: marks have no identity
              <g key={i} data-block={block || undefined}>
                {marks.map((mark, k) => (
                  // biome-ignore lint/suspicious/noArrayIndexKey: marks have no identity
                  <MarkView key={k} mark={mark} pictures={pictures} />
                ))}
              </g>
            ))}
            {frame && <rect {...frame} className="report-frame" />}
          </svg>
        );
      })}
      {layout.total > layout.pages.length && (
        <p className="muted">{t("reports:morePages", { count: layout.total - layout.pages.length })}</p>
      )}
    </div>
  );
});

/** The marks of a page by block, in order. */
function groups(marks: readonly ReportMark[]): [string, ReportMark[]][] {
  const out: [string, ReportMark[]][] = [];
  for (const mark of marks) {
    const last = out.at(-1);
    if (last && last[0] === (mark.b ?? "")) last[1].push(mark);
    else out.push([mark.b ?? "", [mark]]);
  }
  return out;
}

function frameOf(marks: readonly ReportMark[], block: string) {
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  const take = (x: number, y: number) => {
    left = Math.min(left, x);
    top = Math.min(top, y);
    right = Math.max(right, x);
    bottom = Math.max(bottom, y);
  };
  for (const m of marks) {
    if (m.b !== block) continue;
    const { x = 0, y = 0, w = 0, h = 0 } = m;
    if (m.k === "text") {
      take(x, y - (m.s ?? 0));
      take(x + w, y + (m.s ?? 0) * 0.3);
    } else if (m.k === "line") {
      take(x, y);
      take(w, h);
    } else if (m.k === "path") {
      for (let i = 0; i + 1 < (m.p?.length ?? 0); i += 2) take(m.p?.[i] ?? 0, m.p?.[i + 1] ?? 0);
    } else {
      take(x, y);
      take(x + w, y + h);
    }
  }
  return left < right || top < bottom
    ? { x: left - 4, y: top - 4, width: right - left + 8, height: bottom - top + 8 }
    : undefined;
}
