// What names a tag, an area or the tags of a device: in the plant and in all apps.
import type { TagRenamed, TagUses, Use } from "@lineside/client";
import { useEffect, useState } from "react";
import { tagUses } from "../design/uses";
import { textIn, useT } from "../i18n";
import { asApiError } from "../shell/resource";
import { Badge, Button, Dialog, ErrorNote, Note } from "../ui";
import "./uses.css";

type Of = Parameters<typeof tagUses>[0];

/** The uses of something, asked when it changes; undefined while it is asked. */
export function useTagUses(of: Of | undefined): { uses: TagUses | undefined; error: { message: string } | undefined } {
  const [state, setState] = useState<{ key: string; uses?: TagUses; error?: { message: string } }>({ key: "" });
  const key = of ? JSON.stringify(of) : "";
  useEffect(() => {
    if (!key) return;
    let alive = true;
    const timer = setTimeout(
      () =>
        tagUses(JSON.parse(key) as Of).then(
          (uses) => alive && setState({ key, uses }),
          (error) => alive && setState({ key, error: asApiError(error) }),
        ),
      150,
    );
    return () => {
      alive = false;
      clearTimeout(timer);
    };
  }, [key]);
  return state.key === key ? { uses: state.uses, error: state.error } : { uses: undefined, error: undefined };
}

const most = 100;

/** The uses, by where they are; each leads to its place. */
export function UsesList({ uses, warn }: { uses: TagUses | undefined; warn?: boolean }) {
  const t = useT();
  if (!uses) return <p className="muted">{t("bind:uses.loading")}</p>;
  const total = uses.uses.length + uses.hidden;
  if (total === 0) return <p className="muted">{t("bind:plant.unused")}</p>;
  const groups = new Map<string, Use[]>();
  for (const u of uses.uses.slice(0, most)) groups.set(u.app ?? "", [...(groups.get(u.app ?? "") ?? []), u]);
  return (
    <div className="tag-uses">
      <p className={warn ? "wrong" : "muted"}>
        {warn ? t("bind:plant.mustFollow", { count: total }) : t("bind:plant.uses", { count: total })}
      </p>
      <div className="tag-uses-list">
        {[...groups].map(([app, list]) => (
          <section key={app}>
            <h3>{app ? textIn(list[0]?.name) || app : t("bind:plant.plant")}</h3>
            <ul>
              {list.map((u) => (
                <li key={`${u.at}${u.where}${u.draft}`}>
                  <a href={u.link} target="_blank" rel="noreferrer">
                    {u.where}
                  </a>
                  <code className="muted">{u.text}</code>
                  {u.published && <Badge>{t("bind:plant.published")}</Badge>}
                  {u.app && u.draft && !u.published && <Badge>{t("bind:plant.draft")}</Badge>}
                </li>
              ))}
            </ul>
          </section>
        ))}
      </div>
      {uses.uses.length > most && <p className="muted">{t("bind:uses.more", { count: uses.uses.length - most })}</p>}
      {uses.hidden > 0 && <p className="muted">{t("bind:plant.hidden", { count: uses.hidden })}</p>}
    </div>
  );
}

/** The uses of something that is about to be removed, for a question. */
export function UsesOf({ of }: { of: Of }) {
  const { uses, error } = useTagUses(of);
  return error ? <ErrorNote error={error} /> : <UsesList uses={uses} warn />;
}

/** What a rename did, and what is left to be done by hand. */
export function RenamedDialog({ result, onClose }: { result: TagRenamed; onClose: () => void }) {
  const t = useT();
  return (
    <Dialog
      open
      onClose={onClose}
      title={t("bind:plant.doneTitle")}
      footer={
        <Button look="primary" onClick={onClose}>
          {t("common:close")}
        </Button>
      }
    >
      <p>
        {t("bind:plant.done", { count: result.tags })}
        {result.places > 0 && ` · ${t("bind:plant.plant")}: ${t("bind:plant.followed", { count: result.places })}`}
      </p>
      {result.apps.map((app) => (
        <Note key={app.id} kind={app.stale > 0 ? "warning" : "good"} title={textIn(app.name) || app.id}>
          {[
            app.places > 0 && t("bind:plant.followed", { count: app.places }),
            app.revision && t("bind:plant.again", { revision: app.revision }),
            app.stale > 0 && t("bind:plant.stale"),
            app.left?.length && t("bind:plant.left", { count: app.left.length }),
          ]
            .filter(Boolean)
            .map((line) => (
              <div key={String(line)}>{line}</div>
            ))}
          {(app.stale > 0 || !!app.left?.length) && (
            <a href={`/design/${encodeURIComponent(app.id)}`} target="_blank" rel="noreferrer">
              {t("bind:plant.open", { name: textIn(app.name) || app.id })}
            </a>
          )}
        </Note>
      ))}
      {result.rights > 0 && <Note kind="warning" title={t("bind:plant.rights", { count: result.rights })} />}
    </Dialog>
  );
}

/** Whether there is anything to be told beyond that it was done. */
export function worthTelling(result: TagRenamed): boolean {
  return result.apps.length > 0 || result.rights > 0;
}
