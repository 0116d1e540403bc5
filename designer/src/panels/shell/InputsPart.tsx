// What the app needs from a plant, and the tags it computes. A name that is changed is changed wherever it stands.
import type { AppInput, AppTag, Field } from "@lineside/client";
import { ListTree, Plus, Trash2 } from "lucide-react";
import { type ReactNode, useState } from "react";
import { useDoc, useEditor } from "../../design/context";
import { ChangedMeanwhile, rename, type Target } from "../../design/uses";
import { freshId, setApp } from "../../document";
import { useT } from "../../i18n";
import { asApiError } from "../../shell/resource";
import { Button, Empty, FieldControl, IconButton, Select, toast } from "../../ui";
import { assetField, ModelSelect } from "../AssetField";
import { useDeleteUsed } from "../bind/DeleteUsed";
import { ExpressionEditor } from "../ExpressionEditor";
import { tagField } from "../TagField";
import { CommitInput } from "./CommitInput";

const types = ["bool", "int", "float", "string"] as const;

export function InputsPart() {
  const t = useT();
  const editor = useEditor();
  const inputs = useDoc((d) => d.app.inputs) ?? [];
  const [mayDelete, question] = useDeleteUsed();
  const set = (list: AppInput[]) => setApp(editor.doc, { inputs: list.length > 0 ? list : undefined });
  const change = (id: string, part: Partial<AppInput>) => {
    const next = inputs.map((i) => (i.id === id ? clean({ ...i, ...part }) : i));
    set(next);
  };
  return (
    <Things
      help={t("bind:inputs.help")}
      none={t("bind:inputs.none")}
      add={t("bind:inputs.add")}
      onAdd={() => set([...inputs, { id: freshName(editor, "input"), kind: "tag", type: "float" }])}
      head={[
        t("bind:inputs.id"),
        t("design:app.kind.title"),
        t("design:app.type"),
        t("design:app.unit"),
        t("design:app.defaultValue"),
      ]}
      question={question}
      rows={inputs.map((input, n) => ({
        target: { kind: "input", id: input.id },
        label: t("bind:inputs.idOf", { n: n + 1 }),
        onRemove: async () => {
          if (await mayDelete({ kind: "input", id: input.id }, input.id))
            set((editor.doc.state.app.inputs ?? []).filter((i) => i.id !== input.id));
        },
        cells: [
          <Select
            key="kind"
            aria-label={t("design:app.kind.title")}
            value={input.kind}
            onChange={(kind) =>
              change(
                input.id,
                kind === "asset"
                  ? { kind, type: undefined, unit: undefined, model: "", default: undefined }
                  : {
                      kind: kind as AppInput["kind"],
                      type: input.type ?? "float",
                      model: undefined,
                      default: undefined,
                    },
              )
            }
            options={["tag", "parameter", "asset"].map((value) => ({ value, label: t(`design:app.kind.${value}`) }))}
          />,
          input.kind === "asset" ? (
            <ModelSelect
              key="model"
              label={t("faceplate:model")}
              value={input.model ?? ""}
              onChange={(model) => change(input.id, { model })}
            />
          ) : (
            <Select
              key="type"
              aria-label={t("design:app.type")}
              value={input.type ?? "float"}
              onChange={(type) => change(input.id, { type: type as AppInput["type"] })}
              options={types.map((value) => ({ value, label: t(`design:type.${value}`) }))}
            />
          ),
          input.kind === "asset" ? null : (
            <CommitInput
              key="unit"
              aria-label={t("design:app.unit")}
              value={input.unit ?? ""}
              onCommit={(unit) => change(input.id, { unit: unit.trim() || undefined })}
            />
          ),
          <FieldControl
            key={`default-${input.kind}-${input.type}`}
            id={`default-${input.id}`}
            field={defaultField(input, t)}
            value={input.default}
            context={{ tagPicker: input.kind === "asset" ? assetField(t, input.model) : tagField(t) }}
            onChange={(value) => change(input.id, { default: value as AppInput["default"] })}
          />,
        ],
      }))}
    />
  );
}

export function TagsPart() {
  const t = useT();
  const editor = useEditor();
  const tags = useDoc((d) => d.app.tags) ?? [];
  const [mayDelete, question] = useDeleteUsed();
  const set = (list: AppTag[]) => setApp(editor.doc, { tags: list.length > 0 ? list : undefined });
  const change = (id: string, part: Partial<AppTag>) =>
    set(tags.map((x) => (x.id === id ? clean({ ...x, ...part }) : x)));
  return (
    <Things
      help={t("bind:computed.help")}
      none={t("bind:computed.none")}
      add={t("bind:computed.add")}
      onAdd={() => set([...tags, { id: freshName(editor, "tag"), expr: "0" }])}
      head={[t("bind:computed.id"), t("design:app.expr"), t("design:app.unit")]}
      question={question}
      wide
      rows={tags.map((tag, n) => ({
        target: { kind: "computed", id: tag.id },
        label: t("bind:computed.idOf", { n: n + 1 }),
        onRemove: async () => {
          if (await mayDelete({ kind: "computed", id: tag.id }, tag.id))
            set((editor.doc.state.app.tags ?? []).filter((x) => x.id !== tag.id));
        },
        cells: [
          <Expression
            key="expr"
            label={`${t("design:app.expr")} ${tag.id}`}
            value={tag.expr}
            onCommit={(expr) => change(tag.id, { expr })}
          />,
          <CommitInput
            key="unit"
            aria-label={t("design:app.unit")}
            value={tag.unit ?? ""}
            onCommit={(unit) => change(tag.id, { unit: unit.trim() || undefined })}
          />,
        ],
      }))}
    />
  );
}

interface Thing {
  target: Target;
  label: string;
  cells: ReactNode[];
  onRemove: () => Promise<void>;
}

/** A table of things that others name. */
function Things(props: {
  help: string;
  none: string;
  add: string;
  onAdd: () => void;
  head: string[];
  rows: Thing[];
  question: ReactNode;
  wide?: boolean;
}) {
  const t = useT();
  const editor = useEditor();
  return (
    <div className="named-things">
      <p className="muted">{props.help}</p>
      {props.rows.length === 0 ? (
        <Empty title={props.none} />
      ) : (
        <table className={props.wide ? "bind-table things wide" : "bind-table things"}>
          <thead>
            <tr>
              {props.head.map((h) => (
                <th key={h}>{h}</th>
              ))}
              <th>
                <span className="visually-hidden">{t("bind:uses.command")}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {props.rows.map((row) => (
              <tr key={row.target.id} data-thing={row.target.id}>
                <td>
                  <NameCell target={row.target} label={row.label} />
                </td>
                {row.cells.map((cell, i) => (
                  // biome-ignore lint/suspicious/noArrayIndexKey: the columns are fixed
                  <td key={i}>{cell}</td>
                ))}
                <td className="thing-buttons">
                  <IconButton
                    small
                    label={t("bind:inputs.uses", { name: row.target.id })}
                    onClick={() => editor.ui.setState({ dialog: "uses", target: row.target })}
                  >
                    <ListTree size={14} aria-hidden />
                  </IconButton>
                  <IconButton
                    small
                    label={t("bind:inputs.remove", { name: row.target.id })}
                    onClick={() => void row.onRemove()}
                  >
                    <Trash2 size={14} aria-hidden />
                  </IconButton>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <Button icon={<Plus size={14} aria-hidden />} onClick={props.onAdd}>
        {props.add}
      </Button>
      {props.question}
    </div>
  );
}

/** The id of a thing: another one is written wherever the thing is named. */
function NameCell({ target, label }: { target: Target; label: string }) {
  const t = useT();
  const editor = useEditor();
  const [wrong, setWrong] = useState("");
  const [tries, setTries] = useState(0);
  const commit = async (text: string) => {
    const to = text.trim();
    try {
      const { count } = await rename(editor, target, to);
      setWrong("");
      if (count > 0) toast(t("bind:uses.renamed", { count }), { kind: "good" });
    } catch (e) {
      const failure = e instanceof ChangedMeanwhile ? { message: t("bind:uses.changed"), hint: "" } : asApiError(e);
      setWrong([failure.message, failure.hint].filter(Boolean).join(" "));
      setTries(tries + 1); // shows the old name again
    }
  };
  return (
    <>
      <CommitInput
        key={tries}
        className="mono"
        aria-label={label}
        value={target.id}
        onCommit={(text) => void commit(text)}
      />
      {wrong && (
        <span className="wrong" role="alert">
          {wrong}
        </span>
      )}
    </>
  );
}

/** An expression that opens to be edited. */
function Expression(props: { label: string; value: string; onCommit: (text: string) => void }) {
  const t = useT();
  const editor = useEditor();
  const inputs = useDoc((d) => d.app.inputs);
  const [text, setText] = useState<string>();
  if (text === undefined)
    return (
      <button
        type="button"
        className="binding-chip"
        aria-label={`${props.label}: ${props.value}`}
        onClick={() => setText(props.value)}
      >
        <span className="binding-text mono">{props.value || t("design:bind.empty")}</span>
      </button>
    );
  const commit = () => {
    if (text.trim() && text.trim() !== props.value) props.onCommit(text.trim());
    setText(undefined);
  };
  return (
    <ExpressionEditor
      autoFocus
      label={props.label}
      value={text}
      onChange={setText}
      onSubmit={commit}
      onBlur={commit}
      installation={editor.installation}
      functions={editor.functions}
      inputs={inputs}
    />
  );
}

function defaultField(input: AppInput, t: ReturnType<typeof useT>): Field {
  const names = { tag: "design:app.defaultTag", parameter: "design:app.defaultValue", asset: "faceplate:defaultAsset" };
  const name = t(names[input.kind]);
  const kind = input.kind === "parameter" ? (input.type ?? "float") : "tag";
  return { name: "default", kind, title: { en: name, zh: name } };
}

/** A name that neither an input, a computed tag nor a variable has. */
function freshName(editor: ReturnType<typeof useEditor>, stem: string): string {
  const { app, screens } = editor.doc.state;
  const taken = new Set([
    ...(app.inputs ?? []).map((i) => i.id),
    ...(app.tags ?? []).map((x) => x.id),
    ...Object.values(screens).flatMap((s) => (s.screen.variables ?? []).map((v) => v.id)),
  ]);
  return freshId(stem, (id) => taken.has(id));
}

/** Leaves out what is undefined. */
function clean<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, v]) => v !== undefined)) as T;
}

import "../bind/bind.css";
