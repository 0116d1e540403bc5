import type { Grant, Problem, Token } from "@lineside/client";
import { request } from "@lineside/client";
import { KeyRound } from "lucide-react";
import { useState } from "react";
import { useT } from "../i18n";
import { CopyText, ProblemList, problemsOf, SelectField, TextField } from "../shell/form";
import { ListSection, ListTable, RowActions, useRows } from "../shell/list";
import { asApiError, useResource } from "../shell/resource";
import { useTime } from "../shell/time";
import { Button, Dialog } from "../ui";
import { Grants } from "./Grants";

const lifetimes = ["30", "90", "365"] as const;

/** Tokens for programs; the secret is shown once. */
export function Tokens() {
  const t = useT();
  const time = useTime();
  const tokens = useResource<Token[]>("/tokens");
  const rows = useRows<Token>();
  const remove = (token: Token) =>
    rows.remove({ title: t("admin:removeToken", { name: token.name }), text: t("admin:removeTokenText") }, async () => {
      await request("DELETE", `/tokens/${encodeURIComponent(token.name)}`);
      await tokens.reload();
    });
  return (
    <ListSection
      label={t("admin:tokens")}
      count={tokens.data?.length}
      error={tokens.error}
      add={{ label: t("admin:addToken"), onClick: rows.add }}
      empty={{ icon: <KeyRound size={32} aria-hidden />, title: t("admin:noTokens"), text: t("admin:noTokensText") }}
      more={
        <>
          {rows.editing && <TokenDialog onClose={rows.close} onSaved={tokens.reload} />}
          {rows.question}
        </>
      }
    >
      <ListTable columns={[t("login:name"), t("admin:grants"), t("admin:expires"), t("admin:lastUsed")]}>
        {tokens.data?.map((token) => (
          <tr key={token.name}>
            <td>{token.name}</td>
            <td>
              {(token.grants ?? [])
                .map((grant) => `${t(`admin:roles.${grant.role}`)} · ${grant.area || t("admin:wholePlant")}`)
                .join(", ")}
            </td>
            <td>{token.expires ? time(token.expires) : t("admin:never")}</td>
            <td>{token.lastUsed ? time(token.lastUsed) : t("admin:never")}</td>
            <RowActions
              remove={{ label: t("admin:removeToken", { name: token.name }), onClick: () => void remove(token) }}
            />
          </tr>
        ))}
      </ListTable>
    </ListSection>
  );
}

function TokenDialog({ onClose, onSaved }: { onClose(): void; onSaved(): Promise<void> }) {
  const t = useT();
  const [name, setName] = useState("");
  const [days, setDays] = useState("90");
  const [grants, setGrants] = useState<Grant[]>([{ role: "viewer" }]);
  const [secret, setSecret] = useState<string>();
  const [problems, setProblems] = useState<Problem[]>([]);
  const make = async () => {
    try {
      const expires = new Date(Date.now() + Number(days) * 86_400_000).toISOString();
      const { data } = await request<{ secret: string }>("POST", "/tokens", { name, grants, expires });
      setSecret(data.secret);
      await onSaved();
    } catch (error) {
      const failure = asApiError(error);
      setProblems(problemsOf(failure));
    }
  };
  return (
    <Dialog
      open
      title={t("admin:addToken")}
      onClose={onClose}
      footer={
        secret ? (
          <Button look="primary" onClick={onClose}>
            {t("common:close")}
          </Button>
        ) : (
          <>
            <Button onClick={onClose}>{t("common:cancel")}</Button>
            <Button look="primary" disabled={!name} onClick={make}>
              {t("common:add")}
            </Button>
          </>
        )
      }
    >
      {secret ? (
        <>
          <p>{t("admin:tokenOnce")}</p>
          <CopyText text={secret} />
        </>
      ) : (
        <>
          <TextField label={t("login:name")} value={name} onChange={setName} autoFocus />
          <SelectField
            label={t("admin:expires")}
            value={days}
            onChange={setDays}
            options={lifetimes.map((value) => ({ value, label: t("admin:days", { count: Number(value) }) }))}
          />
          <Grants value={grants} onChange={setGrants} />
          {problems.length > 0 && <ProblemList problems={problems} />}
        </>
      )}
    </Dialog>
  );
}
