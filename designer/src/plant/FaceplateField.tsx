import type { AppSummary, Faceplate, ModelState } from "@lineside/client";
import { textIn, useT } from "../i18n";
import { SelectField } from "../shell/form";
import { useResource } from "../shell/resource";

/** Which screen shows an asset of the model. */
export function FaceplateField(props: {
  value: Faceplate | undefined;
  /** The model and all that it builds on. */
  ancestors: readonly string[];
  states: readonly ModelState[];
  onChange(faceplate: Faceplate | undefined): void;
}) {
  const t = useT();
  const apps = useResource<AppSummary[]>("/apps").data ?? [];
  const { value } = props;
  const choices = apps.flatMap((app) =>
    app.inputs
      .filter((input) => input.kind === "asset" && props.ancestors.includes(input.model ?? ""))
      .map((input) => ({ app, input: input.id })),
  );
  const key = (app: string, input: string) => `${app} ${input}`;
  const options = choices.map(({ app, input }) => ({
    value: key(app.id, input),
    label: `${textIn(app.name) || app.id} (${input})`,
  }));
  const present = value ? key(value.app, value.input) : "";
  if (value && !options.some((o) => o.value === present)) options.push({ value: present, label: value.app });
  const base = props.states.find((s) => props.ancestors.includes(s.id) && s.faceplate);
  const screens = apps.find((app) => app.id === value?.app)?.screens ?? [];
  return (
    <div className="field-row">
      <SelectField
        label={t("faceplate:faceplate")}
        hint={t("faceplate:faceplateHint")}
        value={present}
        onChange={(chosen) => {
          const [app = "", input = ""] = chosen.split(" ");
          props.onChange(chosen ? { app, input } : undefined);
        }}
        options={[
          {
            value: "",
            label: base ? t("faceplate:ofBase", { name: textIn(base.name) || base.id }) : t("faceplate:noFaceplate"),
          },
          ...options,
        ]}
      />
      {value && (
        <SelectField
          label={t("faceplate:screen")}
          value={value.screen ?? ""}
          onChange={(screen) => props.onChange({ ...value, screen: screen || undefined })}
          options={[
            { value: "", label: t("faceplate:startScreen") },
            ...screens.map((s) => ({ value: s.id, label: textIn(s.name) || s.id })),
          ]}
        />
      )}
    </div>
  );
}
