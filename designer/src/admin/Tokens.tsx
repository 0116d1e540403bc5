import type { Grant, Problem, Token } from "@lineside/client";
import { request } from "@lineside/client";
import { Plus, Trash2 } from "lucide-react";
import { useState } from "react";
import { useT } from "../i18n";
import { CopyText, ProblemList, problemsOf, SelectField, sayFailure, TextField } from "../shell/form";
import { asApiError, useResource } from "../shell/resource";
import { useTime } from "../shell/time";
import { Busy, Button, Dialog, Empty, IconButton, useConfirm } from "../ui";
import { Grants } from "./Grants";

const lifetimes = ["30", "90", "365"] as const;

/** Tokens for programs; the secret is shown once. */
export function Tokens() {
  const t = useT();
  const time = useTime();
  const tokens = useResource<Token[]>("/tokens");
  const [making, setMaking] = useState(false);
  const [ask, question] = useConfirm();
  const remove = async (token: Token) => {
    const title = t("admin:removeToken", { name: token.name });
    if (!(await ask({ title, text: t("admin:removeTokenText"), action: t("common:remove"), danger: true }))) return;
    try {
      await request("DELETE", `/tokens/${encodeURIComponent(token.name)}`);
      await tokens.reload();
    } catch (error) {
      sayFailure(asApiError(error));
    }
  };
  return (
    <section className="page-section" aria-label={t("admin:tokens")}>
      <div className="page-tools">
        <Button icon={<Plus size={16} aria-hidden />} look="primary" onClick={() => setMaking(true)}>
          {t("admin:addToken")}
        </Button>
      </div>
      {tokens.error && <ProblemList problems={[tokens.error]} />}
      {tokens.loading && <Busy />}
      {tokens.data?.length === 0 && <Empty title={t("admin:noTokens")} text={t("admin:noTokensText")} />}
      {!!tokens.data?.length && (
        <table className="table">
          <thead>
            <tr>
              <th>{t("login:name")}</th>
              <th>{t("admin:grants")}</th>
              <th>{t("admin:expires")}</th>
              <th>{t("admin:lastUsed")}</th>
              <th>
                <span className="visually-hidden">{t("plant:actions")}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {tokens.data.map((token) => (
              <tr key={token.name}>
                <td>{token.name}</td>
                <td>
                  {(token.grants ?? [])
                    .map((grant) => `${t(`admin:roles.${grant.role}`)} · ${grant.area || t("admin:wholePlant")}`)
                    .join(", ")}
                </td>
                <td>{token.expires ? time(token.expires) : t("admin:never")}</td>
                <td>{token.lastUsed ? time(token.lastUsed) : t("admin:never")}</td>
                <td className="row-actions">
                  <IconButton label={t("admin:removeToken", { name: token.name })} onClick={() => void remove(token)}>
                    <Trash2 size={16} aria-hidden />
                  </IconButton>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {making && <TokenDialog onClose={() => setMaking(false)} onSaved={tokens.reload} />}
      {question}
    </section>
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
          <Button look="primary" disabled={!name} onClick={make}>
            {t("common:add")}
          </Button>
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
