import { type Problem, type ReportMade, type ReportTemplate, request } from "@lineside/client";
import { FileText, X } from "lucide-react";
import { useState } from "react";
import { language, textIn, useLanguage, useT } from "../i18n";
import { navigate } from "../router";
import { ProblemList, problemsOf, SelectField, TextField } from "../shell/form";
import { asApiError, useResource } from "../shell/resource";
import { Busy, Button, Dialog, IconButton, NumberInput, Row } from "../ui";
import { TagButton, Wrong } from "./fields";
import { periods, problemsAt } from "./model";

const blank: ReportTemplate = { id: "blank", title: {}, description: {}, period: "day", inputs: [] };

/** A new report: a template, the tags it asks for, a name. */
export function NewDialog({ onClose }: { onClose(): void }) {
  const t = useT();
  useLanguage();
  const { data, error } = useResource<{ templates: ReportTemplate[] }>("/report-templates");
  const [template, setTemplate] = useState<ReportTemplate>();
  const [title, setTitle] = useState("");
  const [period, setPeriod] = useState("day");
  const [inputs, setInputs] = useState<Record<string, string[]>>({});
  const [numbers, setNumbers] = useState<Record<string, number>>({});
  const [problems, setProblems] = useState<Problem[]>([]);
  const nameOf = (x: ReportTemplate) => (x.id === "blank" ? t("reports:blank") : textIn(x.title));
  const choose = (x: ReportTemplate) => {
    setTemplate(x);
    setPeriod(x.period);
    setTitle(x.id === "blank" ? t("reports:report") : textIn(x.title));
    setProblems([]);
  };
  const create = async () => {
    if (!template) return;
    // The title in the language it was typed in; one that was not changed is there in both.
    const own = title.trim() !== textIn(template.title);
    try {
      const { data: made } = await request<ReportMade>("POST", "/reports", {
        template: template.id,
        period,
        inputs,
        numbers,
        language: language(),
        title: own || template.id === "blank" ? { en: title.trim(), [language()]: title.trim() } : template.title,
      });
      navigate(`/reports/${made.id}`);
    } catch (e) {
      setProblems(problemsOf(asApiError(e)));
    }
  };
  return (
    <Dialog
      open
      size="wide"
      onClose={onClose}
      title={template ? t("reports:newOf", { name: nameOf(template) }) : t("reports:new")}
      text={template ? textIn(template.description) || t("reports:blankText") : t("reports:newText")}
      footer={
        <>
          {template && <Button onClick={() => setTemplate(undefined)}>{t("reports:back")}</Button>}
          <Button onClick={onClose}>{t("common:cancel")}</Button>
          {template && (
            <Button look="primary" disabled={!title.trim()} onClick={() => void create()}>
              {t("reports:create")}
            </Button>
          )}
        </>
      }
    >
      {error && <ProblemList problems={[error]} />}
      {!data && !error && <Busy />}
      {data && !template && (
        <div className="report-templates">
          {[...data.templates, blank].map((x) => (
            <button key={x.id} type="button" className="choice report-template" onClick={() => choose(x)}>
              <FileText size={20} aria-hidden />
              <strong>{nameOf(x)}</strong>
              <span className="muted">{textIn(x.description) || t("reports:blankText")}</span>
            </button>
          ))}
        </div>
      )}
      {template && (
        <>
          <TextField label={t("reports:name")} value={title} onChange={setTitle} required maxLength={200} />
          <SelectField
            label={t("reports:period")}
            value={period}
            onChange={setPeriod}
            options={periods.map((p) => ({ value: p, label: t(`reports:periods.${p}`) }))}
          />
          {template.inputs.map((input) => {
            const chosen = inputs[input.id] ?? [];
            const set = (paths: string[]) => setInputs({ ...inputs, [input.id]: paths });
            return (
              <fieldset key={input.id} className="form-row report-input">
                <legend className="label">
                  {textIn(input.title)}
                  {input.least > 0 && <span title={t("common:required")}>*</span>}
                </legend>
                <ul className="report-chosen">
                  {chosen.map((path) => (
                    <li key={path}>
                      <bdi>{path}</bdi>
                      <IconButton
                        small
                        label={t("reports:takeAway", { path })}
                        onClick={() => set(chosen.filter((p) => p !== path))}
                      >
                        <X size={14} aria-hidden />
                      </IconButton>
                    </li>
                  ))}
                </ul>
                {chosen.length < input.most && (
                  <TagButton
                    label={t("reports:addTag")}
                    types={input.types}
                    onChoose={(path) => !chosen.includes(path) && set([...chosen, path])}
                  />
                )}
                {input.help && <span className="hint">{textIn(input.help)}</span>}
                <Wrong problems={problemsAt(problems, `/inputs/${input.id}`)} />
              </fieldset>
            );
          })}
          {template.numbers?.map((n) => (
            <Row key={n.id} label={textIn(n.title)} help={textIn(n.help)}>
              {(id) => (
                <NumberInput
                  id={id}
                  optional
                  value={numbers[n.id]}
                  onChange={(v) => {
                    const { [n.id]: _, ...rest } = numbers;
                    setNumbers(v === undefined ? rest : { ...rest, [n.id]: v });
                  }}
                />
              )}
            </Row>
          ))}
          <ProblemList problems={problems.filter((p) => !p.at?.startsWith("/inputs/"))} />
        </>
      )}
    </Dialog>
  );
}
