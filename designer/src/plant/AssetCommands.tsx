// The commands of an asset, to be given from its panel.
import type { AssetCommand, CommandResult } from "@lineside/client";
import { request } from "@lineside/client";
import { Play } from "lucide-react";
import { useState } from "react";
import { textIn, useT } from "../i18n";
import { ProblemList, problemsOf, TextField } from "../shell/form";
import { asApiError } from "../shell/resource";
import { Button, Dialog, Note, toast } from "../ui";
import { said } from "./DeviceDialog";
import { type Scalar, ValueField } from "./ValueField";

const inUrl = (path: string) => path.split("/").map(encodeURIComponent).join("/");

export function AssetCommands({ asset, commands }: { asset: string; commands: readonly AssetCommand[] }) {
  const t = useT();
  const [giving, setGiving] = useState<AssetCommand>();
  if (!commands.length) return null;
  return (
    <section aria-label={t("assets:commands")}>
      <div className="asset-part">
        <h3>{t("assets:commands")}</h3>
      </div>
      <div className="asset-commands">
        {commands.map((command) => (
          <Button
            key={command.id}
            icon={<Play size={16} aria-hidden />}
            disabled={!command.allowed}
            title={command.allowed ? undefined : t("things:noRight")}
            onClick={() => setGiving(command)}
          >
            {textIn(command.title) || command.id}
          </Button>
        ))}
      </div>
      {giving && <GiveDialog asset={asset} command={giving} onClose={() => setGiving(undefined)} />}
    </section>
  );
}

/** Asks for the inputs and the reason of a command, gives it, and says how it ended. */
function GiveDialog({ asset, command, onClose }: { asset: string; command: AssetCommand; onClose(): void }) {
  const t = useT();
  const name = textIn(command.title) || command.id;
  const [inputs, setInputs] = useState<Record<string, Scalar>>({});
  const [reason, setReason] = useState("");
  const [failure, setFailure] = useState<ReturnType<typeof problemsOf>>([]);
  const [result, setResult] = useState<CommandResult>();
  const [busy, setBusy] = useState(false);
  const atField = (at: string | undefined) => !!at?.startsWith("/inputs/");

  const give = async () => {
    setBusy(true);
    setFailure([]);
    setResult(undefined);
    try {
      const { data } = await request<CommandResult>("POST", `/assets/${inUrl(asset)}`, {
        command: command.id,
        inputs,
        reason: reason || undefined,
      });
      if (data.outcome === "good") {
        toast(t("things:commandGood", { command: name }), { kind: "good" });
        onClose();
      } else setResult(data);
    } catch (error) {
      setFailure(problemsOf(asApiError(error)));
    } finally {
      setBusy(false);
    }
  };

  return (
    <Dialog
      open
      title={t("things:giveTitle", { command: name, asset })}
      onClose={onClose}
      footer={
        <>
          <span className="grow" />
          <Button onClick={onClose}>{result ? t("common:close") : t("common:cancel")}</Button>
          <Button
            look="primary"
            disabled={busy || (command.confirm === "reason" && !reason.trim())}
            onClick={() => void give()}
          >
            {t("things:give")}
          </Button>
        </>
      }
    >
      <div className="form">
        {(command.inputs ?? []).map((input) => (
          <ValueField
            key={input.id}
            label={[textIn(input.title) || input.id, input.unit && `(${input.unit})`].filter(Boolean).join(" ")}
            type={input.type}
            value={inputs[input.id]}
            fallback={input.default}
            required={input.default === undefined}
            error={said(failure, `/inputs/${input.id}`)}
            onChange={(value) => {
              const { [input.id]: _, ...rest } = inputs;
              setInputs(value === undefined ? rest : { ...rest, [input.id]: value });
            }}
          />
        ))}
        {command.confirm === "reason" && (
          <TextField label={t("things:reason")} value={reason} onChange={setReason} required />
        )}
        <ul className="command-steps">
          {command.writes.map((w, i) => {
            const outcome = result?.writes[i]?.outcome;
            return (
              // biome-ignore lint/suspicious/noArrayIndexKey: the order is what tells them apart
              <li key={i}>
                <code>
                  {w.property} = {shown(w.value, inputs)}
                </code>
                {outcome && <span className="muted"> {t(`things:outcomes.${outcome}`)}</span>}
              </li>
            );
          })}
        </ul>
        {result && (
          <Note kind={result.outcome === "failed" ? "bad" : "warning"} title={result.message}>
            {result.hint && <div>{result.hint}</div>}
            <div>
              {t("things:commandDone", {
                done: result.writes.filter((w) => w.outcome === "good").length,
                all: result.writes.length + (result.left ?? 0),
              })}
            </div>
          </Note>
        )}
        <ProblemList problems={failure.filter((p) => !atField(p.at))} />
      </div>
    </Dialog>
  );
}

/** What is written, with the inputs as far as they are given. */
function shown(value: unknown, inputs: Record<string, Scalar>): string {
  const id = typeof value === "string" ? /^\{(\w+)\}$/.exec(value)?.[1] : undefined;
  const given = id === undefined ? undefined : inputs[id];
  return JSON.stringify(given ?? value);
}
