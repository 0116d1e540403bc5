// How the app looks as a whole: light or dark for everybody, and a logo.
import { ImagePlus, Trash2 } from "lucide-react";
import { useState } from "react";
import { useDoc, useEditor } from "../../design/context";
import { setTheme } from "../../document";
import { useT } from "../../i18n";
import { Button, Segmented } from "../../ui";
import { FramePicture } from "./FramePicture";
import { mostLogo, pictureOf } from "./picture";

type Scheme = "" | "light" | "dark";

export function LookPart() {
  const t = useT();
  const editor = useEditor();
  const theme = useDoc((d) => d.app.theme);
  const [wrong, setWrong] = useState("");
  const take = async (file: File | undefined) => {
    if (!file) return;
    try {
      setTheme(editor.doc, { logo: await pictureOf(file) });
      setWrong("");
    } catch {
      setWrong(t("texts:look.logoWrong", { max: mostLogo / 1024 }));
    }
  };
  return (
    <div className="app-split">
      <div className="form-group">
        <div className="form-row">
          <span className="label">{t("texts:look.scheme")}</span>
          <Segmented<Scheme>
            label={t("texts:look.scheme")}
            value={theme?.scheme ?? ""}
            onChange={(scheme) => setTheme(editor.doc, { scheme: scheme || undefined })}
            options={(["", "light", "dark"] as const).map((value) => ({
              value,
              label: t(`texts:look.${value || "free"}`),
            }))}
          />
          <span className="hint">{t("texts:look.schemeHelp")}</span>
        </div>
        <div className="form-row">
          <span className="label">{t("texts:look.logo")}</span>
          <div className="logo-input">
            {theme?.logo && <img src={theme.logo} alt="" />}
            <label className="button">
              <ImagePlus size={14} aria-hidden />
              {theme?.logo ? t("texts:look.otherLogo") : t("texts:look.chooseLogo")}
              <input
                className="visually-hidden"
                type="file"
                accept="image/png,image/jpeg,image/webp,image/svg+xml"
                onChange={(e) => {
                  void take(e.target.files?.[0]);
                  e.target.value = "";
                }}
              />
            </label>
            {theme?.logo && (
              <Button
                look="quiet"
                icon={<Trash2 size={14} aria-hidden />}
                onClick={() => setTheme(editor.doc, { logo: undefined })}
              >
                {t("texts:look.removeLogo")}
              </Button>
            )}
          </div>
          {wrong ? (
            <span className="wrong" role="alert">
              {wrong}
            </span>
          ) : (
            <span className="hint">{t("texts:look.logoHelp")}</span>
          )}
        </div>
      </div>
      <FramePicture />
    </div>
  );
}
