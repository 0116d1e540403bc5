// The real player over the editor, in the size of a panel.
import { useEffect, useState } from "react";
import { useEditor, useSession } from "../design/context";
import { useT } from "../i18n";
import { Busy, Segmented } from "../ui";

const profiles = { free: undefined, panel: [1280, 800], wall: [1920, 1080], phone: [390, 844] } as const;
type Profile = keyof typeof profiles;

export function Preview() {
  const t = useT();
  const editor = useEditor();
  const screen = useSession((s) => s.screen);
  const [ready, setReady] = useState(false);
  const [profile, setProfile] = useState<Profile>("free");
  const size = profiles[profile];

  useEffect(() => {
    let alive = true;
    void editor.autosave.flush().finally(() => alive && setReady(true));
    return () => {
      alive = false;
    };
  }, [editor]);

  return (
    <section className="preview" aria-label={t("design:preview.title")}>
      <div className="preview-bar">
        <strong>{t("design:preview.title")}</strong>
        <Segmented<Profile>
          label={t("design:preview.profile")}
          value={profile}
          onChange={setProfile}
          options={(Object.keys(profiles) as Profile[]).map((p) => ({ value: p, label: t(`design:preview.${p}`) }))}
        />
        <span className="muted">{t("design:preview.text")}</span>
      </div>
      <div className="preview-stage">
        {ready ? (
          <iframe
            title={t("design:preview.title")}
            src={`/run/${encodeURIComponent(editor.installation)}/${encodeURIComponent(screen)}?draft=1`}
            style={size ? { width: size[0], height: size[1], flex: "none" } : undefined}
          />
        ) : (
          <Busy />
        )}
      </div>
    </section>
  );
}
