// Which time is looked at: presets, from and to, earlier and later, and following the clock.
import { ChevronLeft, ChevronRight, ZoomIn, ZoomOut } from "lucide-react";
import { useEffect, useState } from "react";
import { bounds, fieldTime, fixed, isLive, presets, type Span, shifted, zoomed } from "../../../widgets/plot/span";
import { useT } from "../i18n";
import { Button, IconButton, Input, Popover, Row, Segmented } from "../ui";

export function RangeBar({ span, onChange }: { span: Span; onChange(span: Span): void }) {
  const t = useT();
  const live = isLive(span);
  return (
    <div className="trend-range">
      <Segmented
        label={t("trends:span")}
        value={live ? presets.find((p) => p.last === span.last)?.id : undefined}
        options={presets.map((p) => ({ value: p.id, label: t(`trends:spans.${p.id}`) }))}
        onChange={(id) => {
          const preset = presets.find((p) => p.id === id);
          if (preset) onChange({ last: preset.last });
        }}
      />
      <IconButton label={t("trends:earlier")} keys="Shift+←" onClick={() => onChange(shifted(span, -0.5, Date.now()))}>
        <ChevronLeft size={16} aria-hidden />
      </IconButton>
      <IconButton label={t("trends:later")} keys="Shift+→" onClick={() => onChange(shifted(span, 0.5, Date.now()))}>
        <ChevronRight size={16} aria-hidden />
      </IconButton>
      <IconButton
        label={t("trends:zoomIn")}
        keys="+"
        onClick={() => onChange(zoomed(span, 0.5, undefined, Date.now()))}
      >
        <ZoomIn size={16} aria-hidden />
      </IconButton>
      <IconButton label={t("trends:zoomOut")} keys="−" onClick={() => onChange(zoomed(span, 2, undefined, Date.now()))}>
        <ZoomOut size={16} aria-hidden />
      </IconButton>
      <FromTo span={span} onChange={onChange} />
      <Button
        aria-pressed={live}
        look={live ? undefined : "primary"}
        className={live ? "trend-live on" : "trend-live"}
        onClick={() => {
          const { from, to } = bounds(span, Date.now());
          onChange(live ? fixed(from, to) : { last: to - from });
        }}
      >
        {t(live ? "trends:following" : "trends:follow")}
      </Button>
    </div>
  );
}

/** From one time to another, typed. */
function FromTo({ span, onChange }: { span: Span; onChange(span: Span): void }) {
  const t = useT();
  const [open, setOpen] = useState(false);
  const [from, setFrom] = useState("");
  const [to, setTo] = useState("");
  const [wrong, setWrong] = useState(false);
  // biome-ignore lint/correctness/useExhaustiveDependencies: what is looked at when it opens is what is edited
  useEffect(() => {
    if (!open) return;
    const now = bounds(span, Date.now());
    setFrom(fieldTime(now.from));
    setTo(fieldTime(now.to));
    setWrong(false);
  }, [open]);
  const submit = () => {
    const begin = new Date(from).getTime();
    const end = new Date(to).getTime();
    if (!(end > begin)) return setWrong(true);
    onChange(fixed(begin, end));
    setOpen(false);
  };
  return (
    <Popover
      open={open}
      onOpenChange={setOpen}
      label={t("trends:fromTo")}
      trigger={<Button>{t("trends:fromTo")}…</Button>}
    >
      <form
        className="form trend-from-to"
        onSubmit={(e) => {
          e.preventDefault();
          submit();
        }}
      >
        <Row label={t("trends:from")}>
          {(id) => (
            <Input id={id} type="datetime-local" step={1} value={from} onChange={(e) => setFrom(e.target.value)} />
          )}
        </Row>
        <Row label={t("trends:to")} wrong={wrong && t("trends:endFirst")}>
          {(id) => <Input id={id} type="datetime-local" step={1} value={to} onChange={(e) => setTo(e.target.value)} />}
        </Row>
        <div className="trend-actions">
          <Button onClick={() => setOpen(false)}>{t("common:cancel")}</Button>
          <Button look="primary" type="submit">
            {t("trends:show")}
          </Button>
        </div>
      </form>
    </Popover>
  );
}
