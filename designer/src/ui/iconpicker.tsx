// A symbol of the icon set, chosen from all of them.
import { X } from "lucide-react";
import { useState } from "react";
import { useT } from "../i18n";
import { IconButton } from "./button";
import { Popover } from "./dialog";
import { SearchInput } from "./field";
import { Icon } from "./icon";
import { symbols } from "./icons";
import "./iconpicker.css";

const names = Object.keys(symbols).sort();

export function IconPicker(props: {
  id?: string;
  value: string | undefined;
  onChange: (name: string | undefined) => void;
}) {
  const { value } = props;
  const t = useT();
  const [open, setOpen] = useState(false);
  const [query, setQuery] = useState("");
  const wanted = query.trim().toLowerCase();
  const list = names.filter((n) => n.includes(wanted));
  return (
    <div className="icon-picker">
      <Popover
        open={open}
        onOpenChange={setOpen}
        className="icon-popover"
        label={t("texts:icon.choose")}
        trigger={
          <button type="button" id={props.id} className="input menu-input">
            {value ? (
              <>
                <Icon name={value} size={16} /> {value}
              </>
            ) : (
              <span className="muted">{t("texts:icon.none")}</span>
            )}
          </button>
        }
      >
        <SearchInput autoFocus value={query} onChange={setQuery} label={t("texts:icon.search")} />
        <div className="icon-grid">
          {list.map((name) => (
            <button
              key={name}
              type="button"
              className="icon-cell"
              aria-label={name}
              aria-pressed={name === value}
              title={name}
              onClick={() => {
                props.onChange(name);
                setOpen(false);
              }}
            >
              <Icon name={name} size={20} />
            </button>
          ))}
        </div>
        {list.length === 0 && <p className="muted">{t("texts:icon.nothing")}</p>}
      </Popover>
      {value && (
        <IconButton small label={t("texts:icon.remove")} onClick={() => props.onChange(undefined)}>
          <X size={14} aria-hidden />
        </IconButton>
      )}
    </div>
  );
}
