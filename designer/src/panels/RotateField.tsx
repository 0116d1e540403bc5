// The angle of the selected widgets, with the commands that turn and mirror them.
import type { Widget } from "@lineside/client";
import { useEditor, useScreen } from "../design/context";
import { angleOf, setAngle } from "../document";
import { useT } from "../i18n";
import { NumberInput } from "../ui";
import { CommandButton } from "./CommandButton";

export function RotateField({ widgets }: { widgets: readonly Widget[] }) {
  const t = useT();
  const editor = useEditor();
  const screen = useScreen();
  if (!screen) return null;
  const ids = widgets.map((w) => w.id);
  const angles = new Set(ids.filter((id) => screen.widgets[id]).map((id) => angleOf(screen, id)));
  const mixed = angles.size > 1;
  return (
    <>
      <NumberInput
        lead={t("canvas:position.lead")}
        label={t("canvas:position.rotate")}
        value={mixed ? undefined : [...angles][0]}
        placeholder={mixed ? t("common:field.mixed") : undefined}
        onDrag={(on) => (on ? editor.doc.begin("canvas:step.rotate") : editor.doc.commit())}
        onChange={(n) => n !== undefined && setAngle(editor.doc, editor.screen(), ids, n)}
      />
      <div className="position-turn">
        <CommandButton id="arrange.rotate.left" />
        <CommandButton id="arrange.rotate.right" />
        <CommandButton id="arrange.flip.x" />
        <CommandButton id="arrange.flip.y" />
      </div>
    </>
  );
}
