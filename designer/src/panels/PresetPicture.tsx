// The picture of a preset, drawn once from the paths of its widget's view.
import { type Stroke, views } from "@lineside/widgets";
import { memo, useEffect, useState } from "react";

interface Picture {
  width: number;
  height: number;
  strokes: readonly Stroke[];
}

const known = new Map<string, Picture>();

async function pictureOf(type: string, preset: string, size: number): Promise<Picture | undefined> {
  const view = views[type];
  if (!view || !("picture" in view)) return undefined;
  const found = await view.picture?.(preset, { width: size, height: size });
  if (found) known.set(`${type} ${preset} ${size}`, found);
  return found;
}

const color = (token: string | undefined): string => (token ? `var(--${token})` : "none");

/** What a preset looks like, in a square. */
export const PresetPicture = memo(function PresetPicture(props: { type: string; preset: string; size: number }) {
  const { type, preset, size } = props;
  const [picture, setPicture] = useState(known.get(`${type} ${preset} ${size}`));
  useEffect(() => {
    let here = true;
    const got = known.get(`${type} ${preset} ${size}`);
    if (got) setPicture(got);
    else
      pictureOf(type, preset, size).then(
        (p) => here && setPicture(p),
        () => {},
      );
    return () => {
      here = false;
    };
  }, [type, preset, size]);
  const left = picture ? (size - picture.width) / 2 : 0;
  const top = picture ? (size - picture.height) / 2 : 0;
  return (
    <svg
      className="preset-picture"
      width={size + 2}
      height={size + 2}
      viewBox={`${-1 - left} ${-1 - top} ${size + 2} ${size + 2}`}
      aria-hidden="true"
    >
      {picture?.strokes.map((s, i) =>
        s.text ? (
          <text
            // biome-ignore lint/suspicious/noArrayIndexKey: the parts of a picture never change places
            key={i}
            x={s.text.x}
            y={s.text.y}
            fontSize={s.text.size}
            textAnchor="middle"
            fill={color(s.fill)}
          >
            {s.text.text}
          </text>
        ) : (
          <path
            // biome-ignore lint/suspicious/noArrayIndexKey: the parts of a picture never change places
            key={i}
            d={s.d}
            fill={color(s.fill)}
            stroke={color(s.stroke)}
            strokeWidth={s.strokeWidth}
          />
        ),
      )}
    </svg>
  );
});
