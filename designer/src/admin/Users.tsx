import type { Grant, Problem, User } from "@lineside/client";
import { request } from "@lineside/client";
import { Users as People } from "lucide-react";
import { useState } from "react";
import { useT } from "../i18n";
import { ProblemList, problemsOf, TextField } from "../shell/form";
import { ListSection, ListTable, RowActions, useRows } from "../shell/list";
import { useMe } from "../shell/me";
import { asApiError, useResource } from "../shell/resource";
import { Badge, Button, Check, Dialog } from "../ui";
import { Grants } from "./Grants";

/** People who may log in. */
export function Users() {
  const t = useT();
  const me = useMe();
  const users = useResource<User[]>("/users");
  const rows = useRows<User>();
  const remove = (user: User) =>
    rows.remove({ title: t("admin:removeUser", { name: user.name }), text: t("admin:removeUserText") }, async () => {
      await request("DELETE", `/users/${encodeURIComponent(user.name)}`);
      await users.reload();
    });
  return (
    <ListSection
      label={t("admin:users")}
      count={users.data?.length}
      error={users.error}
      add={{ label: t("admin:addUser"), onClick: rows.add }}
      empty={{ icon: <People size={32} aria-hidden />, title: t("admin:users") }}
      more={
        <>
          {rows.editing && <UserDialog user={rows.present} onClose={rows.close} onSaved={users.reload} />}
          {rows.question}
        </>
      }
    >
      <ListTable columns={[t("login:name"), t("admin:grants"), t("plant:state")]}>
        {users.data?.map((user) => (
          <tr key={user.name}>
            <td>{user.name}</td>
            <td>
              {(user.grants ?? [])
                .map((grant) => `${t(`admin:roles.${grant.role}`)} · ${grant.area || t("admin:wholePlant")}`)
                .join(", ")}
            </td>
            <td>{user.disabled ? <Badge>{t("admin:disabled")}</Badge> : t("admin:active")}</td>
            <RowActions
              edit={{ label: t("admin:editUser", { name: user.name }), onClick: () => rows.edit(user) }}
              remove={{
                label: t("admin:removeUser", { name: user.name }),
                disabled: user.name === me.name,
                onClick: () => void remove(user),
              }}
            />
          </tr>
        ))}
      </ListTable>
    </ListSection>
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
        <>
          <Button onClick={onClose}>{t("common:cancel")}</Button>
          <Button look="primary" disabled={!name || (!user && password.length < 10)} onClick={save}>
            {user ? t("common:save") : t("common:add")}
          </Button>
        </>
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
