// Somebody else saved the same draft first: both works are kept until the engineer has chosen.
import type { ApiError } from "@lineside/client";
import { Download } from "lucide-react";
import { useEffect, useState } from "react";
import { lastSave } from "../design/api";
import { useEditor } from "../design/context";
import { download } from "../design/download";
import { type Stashed, stash } from "../design/stash";
import type { SaveError } from "../document";
import { textIn, useLanguage, useT } from "../i18n";
import { asApiError } from "../shell/resource";
import { Button, Dialog, ErrorNote, Note, toast } from "../ui";
import { sentence } from "./format";

/** Who saved last and when, as far as the server says. */
function useLastSave(installation: string): string | undefined {
  const t = useT();
  const lang = useLanguage();
  const [text, setText] = useState<string>();
  useEffect(() => {
    let alive = true;
    void lastSave(installation).then(({ at, who }) => {
      if (!alive || !at) return;
      const time = new Date(at).toLocaleString(lang === "zh" ? "zh-CN" : "en-GB");
      setText(who ? t("design:conflict.whoWhen", { who, at: time }) : t("design:conflict.when", { at: time }));
    });
    return () => {
      alive = false;
    };
  }, [installation, lang, t]);
  return text;
}

export function ConflictDialog({ error }: { error: SaveError }) {
  const t = useT();
  const editor = useEditor();
  const last = useLastSave(editor.installation);
  const [failed, setFailed] = useState<ApiError>();
  const [busy, setBusy] = useState(false);
  const act = async (what: () => Promise<unknown>) => {
    setBusy(true);
    setFailed(undefined);
    try {
      await what();
    } catch (e) {
      setFailed(asApiError(e));
    } finally {
      setBusy(false);
    }
  };
  const mine = () => download(`${editor.installation}-mine.json`, editor.app());
  return (
    <Dialog
      open
      onClose={() => toast(t("design:conflict.choose"))}
      title={t("design:conflict.title")}
      text={last ?? sentence(error)}
      footer={
        <>
          <Button icon={<Download size={14} aria-hidden />} onClick={mine}>
            {t("design:conflict.download")}
          </Button>
          <Button disabled={busy} onClick={() => void act(() => editor.takeTheirs())}>
            {t("design:conflict.theirs")}
          </Button>
          <Button look="danger" disabled={busy} onClick={() => void act(() => editor.keepMine())}>
            {t("design:conflict.mine")}
          </Button>
        </>
      }
    >
      <ErrorNote error={failed} />
      <p>{t("design:conflict.text")}</p>
      <Note title={t("design:conflict.safe")} />
    </Dialog>
  );
}

/** Work that this browser kept when the draft could not be saved, while the draft has gone on. */
export function LeftWorkDialog({ work, onDone }: { work: Stashed; onDone: () => void }) {
  const t = useT();
  const lang = useLanguage();
  const editor = useEditor();
  return (
    <Dialog
      open
      onClose={onDone}
      title={t("design:left.title")}
      text={t("design:left.text", { at: new Date(work.at).toLocaleString(lang === "zh" ? "zh-CN" : "en-GB") })}
      footer={
        <>
          <Button
            icon={<Download size={14} aria-hidden />}
            onClick={() => download(`${editor.installation}-unsaved.json`, work.body)}
          >
            {t("design:conflict.download")}
          </Button>
          <Button
            onClick={() => {
              stash.keep(editor.installation, undefined);
              onDone();
            }}
          >
            {t("design:left.discard")}
          </Button>
          <Button
            look="primary"
            onClick={() => {
              editor.resume(work);
              onDone();
            }}
          >
            {t("design:left.resume")}
          </Button>
        </>
      }
    >
      <p>{t("design:left.help", { name: textIn((work.body as { name?: Record<string, string> }).name, lang) })}</p>
    </Dialog>
  );
}
