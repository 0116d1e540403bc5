// Where a thing of the app is named, and renaming it in all these places as one step.
import type { Problem, Reference } from "@lineside/client";
import { LocateFixed } from "lucide-react";
import { useEffect, useState } from "react";
import { useDoc, useEditor, useUi } from "../../design/context";
import { ChangedMeanwhile, references, rename, type Target } from "../../design/uses";
import { useLanguage, useT } from "../../i18n";
import { asApiError } from "../../shell/resource";
import { Button, Dialog, ErrorNote, IconButton, Input, Row, toast } from "../../ui";
import "./bind.css";

export function UsesDialog({ onClose }: { onClose: () => void }) {
  const target = useUi((s) => s.target);
  return target ? <Uses key={`${target.kind}/${target.id}`} target={target} onClose={onClose} /> : null;
}

function Uses({ target, onClose }: { target: Target; onClose: () => void }) {
  const t = useT();
  const editor = useEditor();
  const [to, setTo] = useState(target.id);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<{ message: string; hint?: string }>();
  const { list, failed } = useReferences(target);
  const name = `${t(`bind:uses.kind.${target.kind}`)} “${target.id}”`;
  const plain = to.trim();
  const apply = async () => {
    if (!plain || plain === target.id || busy) return;
    setBusy(true);
    try {
      const { count, left } = await rename(editor, target, plain);
      toast(t("bind:uses.renamed", { count }), {
        kind: left.length ? "bad" : "good",
        text: left.length ? t("bind:uses.left", { count: left.length }) : undefined,
      });
      onClose();
    } catch (e) {
      setError(e instanceof ChangedMeanwhile ? { message: t("bind:uses.changed") } : asApiError(e));
      setBusy(false);
    }
  };
  return (
    <Dialog
      open
      size="wide"
      onClose={onClose}
      title={t("bind:uses.title", { name })}
      text={target.kind === "tag" || target.kind === "area" ? t("bind:uses.tagText") : t("bind:uses.text")}
      footer={
        <>
          <Button onClick={onClose}>{t("common:close")}</Button>
          <Button look="primary" disabled={!plain || plain === target.id || busy} onClick={() => void apply()}>
            {t("bind:uses.rename")}
          </Button>
        </>
      }
    >
      <Row label={target.kind === "tag" || target.kind === "area" ? t("bind:uses.path") : t("bind:uses.name")}>
        {(id) => (
          <Input
            id={id}
            value={to}
            className="mono"
            onChange={(e) => {
              setTo(e.target.value);
              setError(undefined);
            }}
            onKeyDown={(e) => e.key === "Enter" && void apply()}
          />
        )}
      </Row>
      <ErrorNote error={error ?? failed} />
      <ReferenceList list={list} onJump={onClose} />
    </Dialog>
  );
}

/** What names a thing, asked again when the document changes. */
export function useReferences(target: Target | undefined): {
  list: Reference[] | undefined;
  failed: { message: string; hint?: string } | undefined;
} {
  const editor = useEditor();
  const state = useDoc((d) => d);
  const [list, setList] = useState<Reference[]>();
  const [failed, setFailed] = useState<{ message: string; hint?: string }>();
  // biome-ignore lint/correctness/useExhaustiveDependencies: another document is another answer
  useEffect(() => {
    if (!target) return;
    let alive = true;
    references(editor, target).then(
      (found) => {
        if (!alive) return;
        setList(found);
        setFailed(undefined);
      },
      (e) => alive && setFailed(asApiError(e)),
    );
    return () => {
      alive = false;
    };
  }, [editor, target, state]);
  return { list, failed };
}

const most = 200;

/** The places that name a thing, with what stands there; a click goes there. */
export function ReferenceList(props: {
  list: readonly Reference[] | undefined;
  /** How many they are is said already. */
  counted?: boolean;
  onJump?: () => void;
}) {
  const t = useT();
  const lang = useLanguage();
  const editor = useEditor();
  const { list } = props;
  if (!list) return <p className="muted">{t("bind:uses.loading")}</p>;
  const jump = (r: Reference) => {
    const placed = editor.placeOf(r.at);
    props.onJump?.();
    if (placed) setTimeout(() => editor.jump({ at: r.at } as Problem), 0);
    else if (/^\/(inputs|tags)/.test(r.at))
      editor.ui.setState({ dialog: r.at.startsWith("/tags") ? "app.tags" : "app.inputs" });
    else if (r.at.startsWith("/alarms")) editor.ui.setState({ dialog: "app.alarms" });
    else if (r.at.startsWith("/navigation")) editor.ui.setState({ dialog: "app.navigation" });
    else editor.ui.setState({ dialog: "app" });
  };
  return (
    <>
      {!props.counted && (
        <p className="muted" aria-live="polite">
          {list.length ? t("bind:uses.count", { count: list.length }) : t("bind:uses.none")}
        </p>
      )}
      {list.length > 0 && (
        <ul className="uses-list">
          {list.slice(0, most).map((r) => {
            const place = r.where[lang] || r.where.en || r.at;
            return (
              <li key={r.at} data-at={r.at}>
                <span className="uses-where">{place}</span>
                <span className="mono uses-text" title={r.text}>
                  {r.text}
                </span>
                <IconButton small label={t("bind:uses.jump", { place })} onClick={() => jump(r)}>
                  <LocateFixed size={14} aria-hidden />
                </IconButton>
                {r.problem && <span className="wrong uses-problem">{r.problem.message}</span>}
              </li>
            );
          })}
        </ul>
      )}
      {list.length > most && <p className="muted">{t("bind:uses.more", { count: list.length - most })}</p>}
    </>
  );
}
