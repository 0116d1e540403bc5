import { soundNames } from "@lineside/client";
import { Volume2, VolumeX } from "lucide-react";
import { useT } from "../i18n";
import { Button, IconButton, Popover, Switch } from "../ui";
import { useSound } from "./sound";

/** Silences the alarms, and says how loud this station is. */
export function SoundControl() {
  const t = useT();
  const sound = useSound();
  const Icon = sound.isOff || sound.volume === 0 ? VolumeX : Volume2;
  return (
    <>
      {sound.sounding &&
        (sound.blocked ? (
          <Button look="primary" title={t("alarmview:sound.blocked")} onClick={() => void sound.open()}>
            {t("alarmview:sound.switchOn")}
          </Button>
        ) : (
          <Button look="primary" title={t("alarmview:sound.silenceHint")} onClick={() => sound.silence()}>
            {t("alarmview:sound.silence")}
          </Button>
        ))}
      <Popover
        align="end"
        label={t("alarmview:sound.title")}
        className="alarm-sound"
        trigger={
          <IconButton label={t("alarmview:sound.title")}>
            <Icon size={16} aria-hidden />
          </IconButton>
        }
      >
        <span className="alarm-switch">
          <Switch
            label={t("alarmview:sound.on")}
            checked={!sound.isOff}
            onChange={(on) => {
              sound.isOff = !on;
            }}
          />
          <span aria-hidden>{t("alarmview:sound.on")}</span>
        </span>
        <label className="alarm-volume">
          <span>{t("alarmview:sound.volume")}</span>
          <input
            type="range"
            min={0}
            max={100}
            step={5}
            value={Math.round(sound.volume * 100)}
            disabled={sound.isOff}
            onChange={(e) => {
              sound.volume = Number(e.target.value) / 100;
            }}
          />
        </label>
        <div className="alarm-tries">
          {soundNames.map((name) => (
            <Button key={name} onClick={() => void sound.test(name)}>
              {t(`alarmview:sound.names.${name}`)}
            </Button>
          ))}
        </div>
        <p className="hint">{t("alarmview:sound.help")}</p>
      </Popover>
    </>
  );
}
