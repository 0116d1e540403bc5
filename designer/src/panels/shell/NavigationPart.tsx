// The ways from screen to screen: where they stand, the tree of entries, who sees which, and who begins where.
import type { Navigation } from "@lineside/client";
import { nameOf } from "@lineside/player";
import { useState } from "react";
import { useDoc, useEditor } from "../../design/context";
import { beginNavigation, changeItem, type ItemPath, itemAt, roles, setNavigation } from "../../document";
import { textIn, useLanguage, useT } from "../../i18n";
import { Button, Check, Empty, IconPicker, Row, Segmented, Select, Switch } from "../../ui";
import { CommitInput } from "./CommitInput";
import { FramePicture } from "./FramePicture";
import { useLanguages } from "./language";
import { NavigationTree } from "./NavigationTree";

type Style = NonNullable<Navigation["style"]>;

export function NavigationPart() {
  const t = useT();
  const editor = useEditor();
  const navigation = useDoc((d) => d.app.navigation);
  const [path, setPath] = useState<ItemPath>([]);
  const items = navigation?.items ?? [];
  const style: Style = navigation?.style || "header";
  return (
    <div className="app-split">
      <div className="form-group">
        <div className="form-row">
          <span className="label">{t("texts:nav.style")}</span>
          <Segmented<Style>
            label={t("texts:nav.style")}
            value={style}
            onChange={(s) => setNavigation(editor.doc, { style: s === "header" ? undefined : s })}
            options={(["header", "menu", "none"] as const).map((value) => ({
              value,
              label: t(`texts:nav.styles.${value}`),
            }))}
          />
          <span className="hint">{t(`texts:nav.styleHelp.${style}`)}</span>
        </div>
        <div className="app-switch">
          <label htmlFor="nav-breadcrumbs">{t("texts:nav.breadcrumbs")}</label>
          <Switch
            id="nav-breadcrumbs"
            checked={!!navigation?.breadcrumbs}
            onChange={(on) => setNavigation(editor.doc, { breadcrumbs: on || undefined })}
          />
        </div>
        <h3>{t("texts:nav.entries")}</h3>
        {items.length === 0 ? (
          <Empty title={t("texts:nav.every")} text={t("texts:nav.everyText")}>
            <Button look="primary" onClick={() => beginNavigation(editor.doc) && setPath([0])}>
              {t("texts:nav.begin")}
            </Button>
          </Empty>
        ) : (
          <>
            <NavigationTree path={path} onPath={setPath} />
            <ItemForm key={path.join("/")} path={path} />
          </>
        )}
        <Starts />
      </div>
      <FramePicture />
    </div>
  );
}

/** What the chosen entry says, shows, and who sees it. */
function ItemForm({ path }: { path: ItemPath }) {
  const t = useT();
  const lang = useLanguage();
  const editor = useEditor();
  const state = useDoc((d) => d);
  const languages = useLanguages();
  const item = itemAt(state.app.navigation?.items ?? [], path);
  if (!item || path.length === 0) return <p className="hint">{t("texts:nav.choose")}</p>;
  const name = item.screen ? state.screens[item.screen]?.screen.name : undefined;
  const set = (language: string, words: string) => {
    const next = { ...item.title };
    if (words) next[language] = words;
    else delete next[language];
    // A title in another language needs an English one to stand in for the rest.
    if (Object.keys(next).length > 0 && !next.en) next.en = (name as Record<string, string> | undefined)?.en ?? words;
    changeItem(editor.doc, path, { title: next });
  };
  const only = item.roles ?? [];
  return (
    <fieldset className="nav-item-form">
      <legend>{textIn(item.title, lang) || textIn(name, lang) || item.screen}</legend>
      <Row label={t("texts:nav.screen")}>
        {(id) => (
          <Select
            id={id}
            value={item.screen ?? ""}
            options={[
              { value: "", label: t("texts:nav.heading") },
              ...state.order.map((s) => ({ value: s, label: textIn(state.screens[s]?.screen.name, lang) || s })),
            ]}
            onChange={(screen) =>
              changeItem(editor.doc, path, {
                screen: screen || undefined,
                // A heading has to say something.
                ...(!screen && !item.title?.en ? { title: { ...(name as Record<string, string>) } } : {}),
              })
            }
          />
        )}
      </Row>
      {languages.map((l) => (
        <Row
          key={l}
          label={t("texts:nav.title", { language: nameOf(l) })}
          required={!item.screen && l === "en"}
          help={l === "en" && item.screen ? t("texts:nav.titleHelp") : undefined}
        >
          {(id) => (
            <CommitInput
              id={id}
              lang={l}
              value={item.title?.[l] ?? ""}
              placeholder={item.title?.en || (name as Record<string, string> | undefined)?.[l] || name?.en}
              wrong={(v) => (!item.screen && l === "en" && !v ? t("texts:needsEnglish") : "")}
              onCommit={(v) => set(l, v)}
            />
          )}
        </Row>
      ))}
      <Row label={t("texts:nav.icon")}>
        {(id) => <IconPicker id={id} value={item.icon} onChange={(icon) => changeItem(editor.doc, path, { icon })} />}
      </Row>
      <fieldset className="nav-roles">
        <legend>{t("texts:nav.roles")}</legend>
        {roles.map((role) => (
          <Check
            key={role}
            label={t(`texts:role.${role}`)}
            checked={only.includes(role)}
            onChange={(on) =>
              changeItem(editor.doc, path, { roles: roles.filter((r) => (r === role ? on : only.includes(r))) })
            }
          />
        ))}
        <span className="hint">{t("texts:nav.rolesHelp")}</span>
      </fieldset>
    </fieldset>
  );
}

/** The screen that somebody with a role sees first. */
function Starts() {
  const t = useT();
  const lang = useLanguage();
  const editor = useEditor();
  const state = useDoc((d) => d);
  const starts = state.app.navigation?.starts ?? {};
  const usual = state.screens[state.app.start ?? ""] ? state.app.start : state.order[0];
  const name = (id: string | undefined) => textIn(state.screens[id ?? ""]?.screen.name, lang) || id || "";
  return (
    <>
      <h3>{t("texts:nav.starts")}</h3>
      <p className="hint">{t("texts:nav.startsHelp")}</p>
      <div className="nav-starts">
        {roles.map((role) => (
          <Row key={role} label={t(`texts:role.${role}`)}>
            {(id) => (
              <Select
                id={id}
                value={starts[role] ?? ""}
                options={[
                  { value: "", label: t("texts:nav.usualStart", { name: name(usual) }) },
                  ...state.order.map((s) => ({ value: s, label: name(s) })),
                ]}
                onChange={(screen) => {
                  const { [role]: _, ...rest } = starts;
                  setNavigation(editor.doc, { starts: screen ? { ...rest, [role]: screen } : rest });
                }}
              />
            )}
          </Row>
        ))}
      </div>
    </>
  );
}
