// Asking before something is deleted that is still named elsewhere.
import type { Reference } from "@lineside/client";
import { type ReactNode, useCallback, useState } from "react";
import { useEditor } from "../../design/context";
import { references, type Target } from "../../design/uses";
import { useT } from "../../i18n";
import { Button, Dialog } from "../../ui";
import { ReferenceList } from "./UsesDialog";

type Question = { name: string; list: Reference[]; answer: (yes: boolean) => void };

/**
 * `const [mayDelete, dialog] = useDeleteUsed()`: show `dialog`; `await mayDelete(target, name)` is true at once
 * when nothing names the thing, or when it cannot be found out, and asks otherwise. Deleting can be undone.
 */
export function useDeleteUsed(): [(target: Target, name: string) => Promise<boolean>, ReactNode] {
  const t = useT();
  const editor = useEditor();
  const [question, setQuestion] = useState<Question>();
  const may = useCallback(
    async (target: Target, name: string) => {
      const list = await references(editor, target).catch(() => []);
      if (list.length === 0) return true;
      return new Promise<boolean>((answer) => setQuestion({ name, list, answer }));
    },
    [editor],
  );
  const answer = (yes: boolean) => {
    setQuestion(undefined);
    question?.answer(yes);
  };
  const dialog = question && (
    <Dialog
      open
      size="wide"
      onClose={() => answer(false)}
      title={t("bind:uses.deleteTitle", { name: question.name })}
      text={t("bind:uses.deleteUsed", { count: question.list.length })}
      footer={
        <>
          <Button autoFocus onClick={() => answer(false)}>
            {t("common:cancel")}
          </Button>
          <Button look="danger" onClick={() => answer(true)}>
            {t("bind:uses.deleteAnyway")}
          </Button>
        </>
      }
    >
      <ReferenceList counted list={question.list} onJump={() => answer(false)} />
    </Dialog>
  );
  return [may, dialog];
}
