// The places that backups, exports and reports can be written to: folders and buckets.
import type { KnownTarget, Problem } from "@lineside/client";
import { request } from "@lineside/client";
import { useState } from "react";
import { type Translate, useT } from "../i18n";
import { ProblemList, problemsOf, SelectField, TextField } from "../shell/form";
import { ListSection, ListTable, RowActions, useRows } from "../shell/list";
import { asApiError } from "../shell/resource";
import { Button, Check, Dialog, Note } from "../ui";

/** What a place is called. */
export function targetName(t: Translate, places: readonly KnownTarget[], id: string): string {
  if (id === "local" || id === "") return t("backup:local");
  const place = places.find((p) => p.id === id);
  return place?.title || id;
}

function where(place: KnownTarget): string {
  if (place.kind === "folder") return place.path ?? "";
  return [place.endpoint, place.bucket, place.prefix].filter(Boolean).join("/");
}

export function Targets(props: { places: readonly KnownTarget[]; error?: Problem | Error; reload(): Promise<void> }) {
  const t = useT();
  const rows = useRows<KnownTarget>();
  const remove = (place: KnownTarget) => {
    const title = t("backup:removePlace", { name: targetName(t, props.places, place.id) });
    return rows.remove({ title, text: t("backup:removePlaceText") }, async () => {
      await request("DELETE", `/targets/${encodeURIComponent(place.id)}`);
      await props.reload();
    });
  };
  return (
    <ListSection
      label={t("backup:places")}
      headed
      count={props.error ? undefined : props.places.length}
      error={props.error && asApiError(props.error)}
      add={{ label: t("backup:addPlace"), onClick: rows.add }}
      empty={{ title: t("backup:noPlaces"), text: t("backup:noPlacesText") }}
      more={
        <>
          {rows.editing && (
            <TargetDialog
              place={rows.present}
              onClose={rows.close}
              onSaved={async () => {
                await props.reload();
                rows.close();
              }}
            />
          )}
          {rows.question}
        </>
      }
    >
      <ListTable label={t("backup:places")} columns={[t("backup:placeTitle"), t("backup:kind"), t("backup:where")]}>
        {props.places.map((place) => (
          <tr key={place.id}>
            <td>{place.title || place.id}</td>
            <td>{t(`backup:kinds.${place.kind}`)}</td>
            <td className="clip" title={where(place)}>
              {where(place)}
            </td>
            <RowActions
              edit={{
                label: t("backup:editPlace", { name: place.title || place.id }),
                onClick: () => rows.edit(place),
              }}
              remove={{
                label: t("backup:removePlace", { name: place.title || place.id }),
                onClick: () => void remove(place),
              }}
            />
          </tr>
        ))}
      </ListTable>
    </ListSection>
  );
}

const fresh: KnownTarget = { id: "", kind: "folder", pathStyle: true };

function TargetDialog(props: { place?: KnownTarget; onClose(): void; onSaved(): Promise<void> }) {
  const t = useT();
  const [place, setPlace] = useState<KnownTarget>(props.place ?? fresh);
  const [secret, setSecret] = useState("");
  const [problems, setProblems] = useState<Problem[]>([]);
  const [tried, setTried] = useState<"busy" | "good">();
  const put = (change: Partial<KnownTarget>) => {
    setPlace({ ...place, ...change });
    setTried(undefined);
  };
  const wrong = (at: string) => problems.find((p) => p.at === at)?.message;
  const text = (key: "path" | "endpoint" | "bucket" | "prefix" | "region" | "accessKey") => ({
    value: place[key] ?? "",
    onChange: (value: string) => put({ [key]: value || undefined }),
    error: wrong(`/${key}`),
  });
  const body = () => {
    const { id, title, kind, path, endpoint, bucket, prefix, region, pathStyle, accessKey } = place;
    const own = kind === "folder" ? { path } : { endpoint, bucket, prefix, region, pathStyle, accessKey };
    return { id, title, kind, ...own, ...(secret && { secret }) };
  };
  const send = async (method: string, path: string) => {
    setProblems([]);
    try {
      await request(method, path, body());
      return true;
    } catch (error) {
      setProblems(problemsOf(asApiError(error)));
      return false;
    }
  };
  const attempt = async () => {
    setTried("busy");
    setTried((await send("POST", "/targets/try")) ? "good" : undefined);
  };
  const fields = ["/id", "/path", "/endpoint", "/bucket", "/prefix", "/region", "/accessKey", "/secret"];
  return (
    <Dialog
      open
      title={t(props.place ? "backup:changePlace" : "backup:addPlace")}
      onClose={props.onClose}
      footer={
        <>
          <Button disabled={!place.id || tried === "busy"} onClick={attempt}>
            {t(tried === "busy" ? "backup:trying" : "backup:try")}
          </Button>
          <span className="grow" />
          <Button onClick={props.onClose}>{t("common:cancel")}</Button>
          <Button
            look="primary"
            disabled={!place.id}
            onClick={async () => {
              if (await send("PUT", `/targets/${encodeURIComponent(place.id)}`)) await props.onSaved();
            }}
          >
            {t("common:save")}
          </Button>
        </>
      }
    >
      {!props.place && (
        <TextField
          label={t("backup:id")}
          hint={t("backup:idHint")}
          required
          value={place.id}
          onChange={(id) => put({ id })}
          error={wrong("/id")}
        />
      )}
      <TextField label={t("backup:placeTitle")} value={place.title ?? ""} onChange={(title) => put({ title })} />
      <SelectField
        label={t("backup:kind")}
        value={place.kind}
        onChange={(kind) => put({ kind: kind as KnownTarget["kind"] })}
        options={(["folder", "s3"] as const).map((value) => ({ value, label: t(`backup:kinds.${value}`) }))}
      />
      {place.kind === "folder" ? (
        <TextField label={t("backup:path")} hint={t("backup:pathHint")} {...text("path")} />
      ) : (
        <>
          <TextField label={t("backup:endpoint")} hint={t("backup:endpointHint")} {...text("endpoint")} />
          <TextField label={t("backup:bucket")} {...text("bucket")} />
          <TextField label={t("backup:prefix")} hint={t("backup:prefixHint")} {...text("prefix")} />
          <TextField label={t("backup:region")} hint={t("backup:regionHint")} {...text("region")} />
          <Check
            label={t("backup:pathStyle")}
            checked={!!place.pathStyle}
            onChange={(pathStyle) => put({ pathStyle })}
          />
          <TextField label={t("backup:accessKey")} {...text("accessKey")} />
          <TextField
            label={t("backup:secret")}
            hint={props.place?.hasSecret ? t("backup:secretKept") : undefined}
            type="password"
            autoComplete="new-password"
            value={secret}
            onChange={(value) => {
              setSecret(value);
              setTried(undefined);
            }}
            error={wrong("/secret")}
          />
        </>
      )}
      {tried === "good" && <Note kind="good" title={t("backup:triedWell")} />}
      <ProblemList problems={problems.filter((p) => !fields.includes(p.at ?? ""))} />
    </Dialog>
  );
}
