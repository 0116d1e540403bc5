import { Tag } from "lucide-react";
import { type ReactNode, useState } from "react";
import type { Translate } from "../i18n";
import { IconButton, Popover } from "../ui";
import { TagPicker } from "./TagPicker";

/** The button inside a tag field that opens the list of tags. */
export function tagField(t: Translate): (present: string, done: (path: string) => void) => ReactNode {
  return (present, done) => <TagButton label={t("common:field.chooseTag")} present={present} done={done} />;
}

function TagButton(props: { label: string; present: string; done: (path: string) => void }) {
  const [open, setOpen] = useState(false);
  return (
    <span className="trail">
      <Popover
        open={open}
        onOpenChange={setOpen}
        align="end"
        className="bind-popover"
        label={props.label}
        trigger={
          <IconButton small label={props.label}>
            <Tag size={14} aria-hidden />
          </IconButton>
        }
      >
        <TagPicker
          value={props.present}
          onChoose={(path) => {
            props.done(path);
            setOpen(false);
          }}
        />
      </Popover>
    </span>
  );
}
