import type { DeviceStatus } from "@lineside/client";
import { useMemo } from "react";
import { useT } from "../../i18n";
import { QualityText, Status } from "../../shell/form";
import { useTagValues } from "../../shell/live";
import { useResource } from "../../shell/resource";
import { Note } from "../../ui";

/** So many of the new tags are shown with their values. */
const most = 200;

/** What was made, and how it lives. */
export function DoneStep({
  device,
  name,
  added,
  tags,
}: {
  device: string;
  name: string;
  added: boolean;
  tags: readonly { path: string; unit?: string }[];
}) {
  const t = useT();
  const shown = tags.slice(0, most);
  const values = useTagValues(useMemo(() => tags.slice(0, most).map((tag) => tag.path), [tags]));
  const status = useResource<DeviceStatus[]>("/devices", 1000).data?.find((d) => d.id === device);
  return (
    <>
      <Note
        kind="good"
        title={
          added
            ? t("adddevice:madeDevice", { name, count: tags.length })
            : t("adddevice:madeTags", { count: tags.length })
        }
      />
      {status && (
        <p>
          <Status state={status.state} label={t(`plant:states.${status.state}`)} />
          {status.error && <span className="error-text selectable"> {status.error}</span>}
        </p>
      )}
      {shown.length > 0 && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reached by the keyboard
        <section className="preview-rows" tabIndex={0} aria-label={t("adddevice:newTags")}>
          <table className="table compact">
            <thead>
              <tr>
                <th>{t("plant:path")}</th>
                <th className="number">{t("plant:value")}</th>
                <th>{t("plant:unit")}</th>
                <th>{t("plant:quality")}</th>
              </tr>
            </thead>
            <tbody>
              {shown.map((tag) => (
                <tr key={tag.path}>
                  <td className="mono">{tag.path}</td>
                  <td className="number">
                    <QualityText live={values.get(tag.path)} />
                  </td>
                  <td>{tag.unit}</td>
                  <td>
                    <QualityText live={values.get(tag.path)} name />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      )}
      {tags.length > most && <p className="muted">{t("plant:moreRows", { count: tags.length - most })}</p>}
    </>
  );
}
