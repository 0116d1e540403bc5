// The relations of an asset to others: feeds, contains, is a spare of, or types of one's own.
import type { Asset, Relation } from "@lineside/client";
import { useId } from "react";
import { type Translate, useT } from "../i18n";
import { Input } from "../ui";
import { type Cell, ChoiceCell, EditRows, TextCell } from "./EditRows";

/** The relations that mean something to the runtime. */
export const relationTypes = ["feeds", "contains", "spare-of"] as const;

const isKnown = (type: string) => (relationTypes as readonly string[]).includes(type);

/** What a relation is called from one end, or from the other. */
export function relationName(t: Translate, type: string, back = false): string {
  if (isKnown(type)) return t(`things:${back ? "back" : "types"}.${type}`);
  return back ? t("things:backOwn", { type }) : type;
}

export function RelationRows(props: {
  rows: readonly Relation[];
  /** Those that can be chosen. */
  assets: readonly Asset[];
  own: string;
  onChange(rows: Relation[] | undefined): void;
  wrong(at: string): string | undefined;
}) {
  const t = useT();
  const list = useId();
  // An own type that is not in use yet is "": then its field is open.
  const used = [...new Set(props.assets.flatMap((a) => a.relations ?? []).map((r) => r.type))].filter(
    (type) => type && !isKnown(type),
  );
  const type = (cell: Cell<Relation>) => (
    <div className="relation-type">
      <ChoiceCell
        cell={cell}
        value={isKnown(cell.row.type) || used.includes(cell.row.type) ? cell.row.type : "own:"}
        onChange={(value) => cell.set({ type: value === "own:" ? "" : value })}
        options={[
          ...[...relationTypes, ...used].map((value) => ({ value, label: relationName(t, value) })),
          { value: "own:", label: t("things:ownType") },
        ]}
      />
      {!isKnown(cell.row.type) && !used.includes(cell.row.type) && (
        <TextCell
          cell={{ ...cell, label: `${t("things:ownTypeLabel")} ${cell.index + 1}` }}
          value={cell.row.type}
          onChange={(value) => cell.set({ type: value })}
        />
      )}
    </div>
  );
  return (
    <>
      <datalist id={list}>
        {props.assets
          .filter((a) => a.path !== props.own)
          .slice(0, 5000)
          .map((a) => (
            <option key={a.path} value={a.path} />
          ))}
      </datalist>
      <EditRows<Relation>
        rows={props.rows}
        onChange={(rows) => props.onChange(rows.length ? rows : undefined)}
        fresh={() => ({ type: "feeds", to: "" })}
        addLabel={t("things:addRelation")}
        nameOf={(row, i) => row.to || String(i + 1)}
        wrong={(i) => ["", "/type", "/to"].map((key) => props.wrong(`/relations/${i}${key}`))}
        columns={[
          { head: t("things:relation"), edit: type },
          {
            head: t("things:otherAsset"),
            edit: (cell) => (
              <Input
                aria-label={cell.label}
                list={list}
                value={cell.row.to}
                onChange={(event) => cell.set({ to: event.target.value })}
              />
            ),
          },
        ]}
      />
    </>
  );
}
