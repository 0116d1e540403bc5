// The settings of the app in one place: what it says of itself, navigation, look, texts, inputs, computed tags and alarms.
import { type ReactNode, useMemo } from "react";
import { useDoc, useEditor } from "../../design/context";
import type { AppDialogKind } from "../../design/editor";
import { missingTexts } from "../../document";
import { useT } from "../../i18n";
import { OwnPart } from "../../own/OwnPart";
import { Badge, Button, Dialog, Tabs } from "../../ui";
import { AlarmsPart } from "./AlarmsPart";
import { GeneralPart } from "./GeneralPart";
import { InputsPart, TagsPart } from "./InputsPart";
import { LookPart } from "./LookPart";
import { NavigationPart } from "./NavigationPart";
import { TextsPart } from "./TextsPart";
import "./shell.css";

/** Whether a dialog is one of the settings of the app. */
export const isAppDialog = (dialog: string | undefined): dialog is AppDialogKind => /^app(\.|$)/.test(dialog ?? "");

export function AppDialog(props: { part: AppDialogKind; onClose: () => void }) {
  const t = useT();
  const editor = useEditor();
  const state = useDoc((d) => d);
  const missing = useMemo(() => missingTexts(state).length, [state]);
  const parts: [AppDialogKind, ReactNode, ReactNode][] = [
    ["app", t("texts:part.general"), <GeneralPart key="p" />],
    ["app.navigation", t("texts:part.navigation"), <NavigationPart key="p" />],
    ["app.look", t("texts:part.look"), <LookPart key="p" />],
    [
      "app.texts",
      <>
        {t("texts:part.texts")}
        {missing > 0 && <Badge title={t("texts:missingCount", { count: missing })}>{missing}</Badge>}
      </>,
      <TextsPart key="p" onClose={props.onClose} />,
    ],
    ["app.inputs", t("design:app.inputs"), <InputsPart key="p" />],
    ["app.tags", t("design:app.tags"), <TagsPart key="p" />],
    ["app.alarms", t("alarms:edit.group"), <AlarmsPart key="p" />],
    ["app.widgets", t("own:title"), <OwnPart key="p" />],
  ];
  return (
    <Dialog
      open
      size="full"
      onClose={props.onClose}
      title={t("design:app.title")}
      footer={<Button onClick={props.onClose}>{t("common:close")}</Button>}
    >
      <Tabs
        vertical
        className="app-parts"
        label={t("design:app.title")}
        value={props.part}
        onChange={(dialog) => editor.ui.setState({ dialog: dialog as AppDialogKind })}
        tabs={parts.map(([id, label, panel]) => ({ id, label, panel }))}
      />
    </Dialog>
  );
}
