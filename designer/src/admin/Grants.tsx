import type { Grant } from "@lineside/client";
import { Plus, Trash2 } from "lucide-react";
import { useT } from "../i18n";
import { SelectField, TextField } from "../shell/form";
import { Button, IconButton } from "../ui";

const roles = ["viewer", "operator", "engineer", "admin"] as const;

/** Edits grants: a role below an area; no area is the whole plant. */
export function Grants({ value, onChange }: { value: Grant[]; onChange(grants: Grant[]): void }) {
  const t = useT();
  const set = (index: number, change: Partial<Grant>) =>
    onChange(value.map((grant, i) => (i === index ? { ...grant, ...change } : grant)));
  return (
    <fieldset className="fieldset">
      <legend>{t("admin:grants")}</legend>
      {value.map((grant, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: grants have no identity but their place
        <div className="field-row" key={index}>
          <SelectField
            label={t("admin:role")}
            value={grant.role}
            onChange={(role) => set(index, { role: role as Grant["role"] })}
            options={roles.map((role) => ({ value: role, label: t(`admin:roles.${role}`) }))}
          />
          <TextField
            label={t("admin:area")}
            value={grant.area ?? ""}
            onChange={(area) => set(index, { area: area || undefined })}
            placeholder={t("admin:wholePlant")}
          />
          <IconButton label={t("admin:removeGrant")} onClick={() => onChange(value.filter((_, i) => i !== index))}>
            <Trash2 size={16} aria-hidden />
          </IconButton>
        </div>
      ))}
      <Button icon={<Plus size={16} aria-hidden />} onClick={() => onChange([...value, { role: "viewer" }])}>
        {t("admin:addGrant")}
      </Button>
    </fieldset>
  );
}
