import type { Grant, Problem, User } from "@lineside/client";
import { request } from "@lineside/client";
import { Pencil, Plus, Trash2 } from "lucide-react";
import { useState } from "react";
import { useT } from "../i18n";
import { ProblemList, problemsOf, sayFailure, TextField } from "../shell/form";
import { useMe } from "../shell/me";
import { asApiError, useResource } from "../shell/resource";
import { Badge, Busy, Button, Check, Dialog, IconButton, useConfirm } from "../ui";
import { Grants } from "./Grants";

/** People who may log in. */
export function Users() {
  const t = useT();
  const me = useMe();
  const users = useResource<User[]>("/users");
  const [editing, setEditing] = useState<User | "new">();
  const [ask, question] = useConfirm();
  const remove = async (user: User) => {
    const title = t("admin:removeUser", { name: user.name });
    if (!(await ask({ title, text: t("admin:removeUserText"), action: t("common:remove"), danger: true }))) return;
    try {
      await request("DELETE", `/users/${encodeURIComponent(user.name)}`);
      await users.reload();
    } catch (error) {
      sayFailure(asApiError(error));
    }
  };
  return (
    <section className="page-section" aria-label={t("admin:users")}>
      <div className="page-tools">
        <Button icon={<Plus size={16} aria-hidden />} look="primary" onClick={() => setEditing("new")}>
          {t("admin:addUser")}
        </Button>
      </div>
      {users.error && <ProblemList problems={[users.error]} />}
      {users.loading && <Busy />}
      {users.data && (
        <table className="table">
          <thead>
            <tr>
              <th>{t("login:name")}</th>
              <th>{t("admin:grants")}</th>
              <th>{t("plant:state")}</th>
              <th>
                <span className="visually-hidden">{t("plant:actions")}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {users.data.map((user) => (
              <tr key={user.name}>
                <td>{user.name}</td>
                <td>
                  {(user.grants ?? [])
                    .map((grant) => `${t(`admin:roles.${grant.role}`)} · ${grant.area || t("admin:wholePlant")}`)
                    .join(", ")}
                </td>
                <td>{user.disabled ? <Badge>{t("admin:disabled")}</Badge> : t("admin:active")}</td>
                <td className="row-actions">
                  <IconButton label={t("admin:editUser", { name: user.name })} onClick={() => setEditing(user)}>
                    <Pencil size={16} aria-hidden />
                  </IconButton>
                  <IconButton
                    label={t("admin:removeUser", { name: user.name })}
                    disabled={user.name === me.name}
                    onClick={() => void remove(user)}
                  >
                    <Trash2 size={16} aria-hidden />
                  </IconButton>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {editing && (
        <UserDialog
          user={editing === "new" ? undefined : editing}
          onClose={() => setEditing(undefined)}
          onSaved={users.reload}
        />
      )}
      {question}
    </section>
  );
}

function UserDialog({ user, onClose, onSaved }: { user?: User; onClose(): void; onSaved(): Promise<void> }) {
  const t = useT();
  const [name, setName] = useState(user?.name ?? "");
  const [password, setPassword] = useState("");
  const [grants, setGrants] = useState<Grant[]>(user?.grants ?? [{ role: "operator" }]);
  const [disabled, setDisabled] = useState(user?.disabled ?? false);
  const [problems, setProblems] = useState<Problem[]>([]);
  const save = async () => {
    const body = { name, grants, disabled, password: password || undefined };
    try {
      await (user ? request("PUT", `/users/${encodeURIComponent(user.name)}`, body) : request("POST", "/users", body));
      await onSaved();
      onClose();
    } catch (error) {
      const failure = asApiError(error);
      setProblems(problemsOf(failure));
    }
  };
  return (
    <Dialog
      open
      title={user ? t("admin:editUser", { name: user.name }) : t("admin:addUser")}
      onClose={onClose}
      footer={
        <Button look="primary" disabled={!name || (!user && password.length < 10)} onClick={save}>
          {user ? t("common:save") : t("common:add")}
        </Button>
      }
    >
      <TextField
        label={t("login:name")}
        value={name}
        onChange={setName}
        disabled={!!user}
        autoFocus={!user}
        autoComplete="off"
      />
      <TextField
        label={user ? t("admin:newPassword") : t("login:password")}
        value={password}
        onChange={setPassword}
        type="password"
        autoComplete="new-password"
        hint={t("login:passwordHint")}
      />
      <Grants value={grants} onChange={setGrants} />
      {user && <Check label={t("admin:disabled")} checked={disabled} onChange={setDisabled} />}
      {problems.length > 0 && <ProblemList problems={problems} />}
    </Dialog>
  );
}
