import type { HistoryNote, PenSet } from "@lineside/client";
import { Download, History, MessageSquarePlus, PenLine, TrendingUp } from "lucide-react";
import { useCallback, useEffect, useMemo, useState } from "react";
import type { Line, Scene, Told } from "../../../widgets/plot/chart";
import { useLanguage, useT } from "../i18n";
import { useTheme } from "../preferences";
import { navigate } from "../router";
import { ProblemList } from "../shell/form";
import { useMay } from "../shell/me";
import { Page } from "../shell/Page";
import { useResource } from "../shell/resource";
import { Busy, Button, Check, Empty, Note, Segmented, Select } from "../ui";
import { CorrectDialog } from "./CorrectDialog";
import { Corrections } from "./Corrections";
import { ExportLink } from "./ExportLink";
import "./history.css";
import { lookOf, mostPens, type Pen } from "../../../widgets/plot/pens";
import { bounds, fixed, isLive, putSpan, type Span, shifted, spanOf, zoomed } from "../../../widgets/plot/span";
import { NoteDialog, NoteList } from "./Notes";
import { PenSets } from "./PenSets";
import { PenTable } from "./PenTable";
import { Plot } from "./Plot";
import { RangeBar } from "./RangeBar";
import { TagBrowser } from "./TagBrowser";
import { useTracks } from "./useTracks";

const shifts = ["", "1d", "1w", "1mo", "1y"];

/** The history of tags over time: chosen, plotted, compared and put right. */
export default function HistoryPage() {
  const t = useT();
  const lang = useLanguage();
  const theme = useTheme();
  const first = useMemo(() => new URLSearchParams(location.search), []);
  const [pens, setPens] = useState<Pen[]>(() =>
    [...new Set(first.getAll("tag"))].slice(0, mostPens).map((path) => ({ path })),
  );
  const [span, setSpan] = useState<Span>(() => spanOf(first));
  const [shift, setShift] = useState(() =>
    shifts.includes(first.get("shift") ?? "") ? (first.get("shift") ?? "") : "",
  );
  const [cursor, setCursor] = useState<number>();
  const [held, setHeld] = useState<number>();
  const [width, setWidth] = useState(0);
  const [mode, setMode] = useState<"zoom" | "select">("zoom");
  const [selection, setSelection] = useState<{ from: number; to: number }>();

  // What is looked at is in the address, so that it can be sent to somebody.
  useEffect(() => {
    const query = new URLSearchParams();
    for (const pen of pens) query.append("tag", pen.path);
    putSpan(query, span);
    if (shift) query.set("shift", shift);
    const address = `/history?${query}`;
    if (address !== location.pathname + location.search) navigate(address, { replace: true });
  }, [pens, span, shift]);

  const paths = useMemo(() => pens.map((p) => p.path), [pens]);
  // The server reduces to what a line of so many pixels needs; a little more or less is the same question.
  const pixels = Math.ceil(width / 200) * 200;
  const [original, setOriginal] = useState(false);
  const [version, setVersion] = useState(0);
  const { data, error, busy } = useTracks(paths, span, shift, pixels, original, version);
  const [correcting, setCorrecting] = useState<string>();
  const [noting, setNoting] = useState(false);
  const [listing, setListing] = useState(false);
  const tune = useMay("tune");
  const operate = useMay("operate");
  // Notes are read for whole hours, so that following the clock does not ask each time.
  const hours = bounds(span, Date.now());
  const hour = 3_600_000;
  const noteQuery = new URLSearchParams({
    from: String(Math.floor(hours.from / hour) * hour),
    to: String(Math.ceil(hours.to / hour) * hour),
  });
  for (const path of paths) noteQuery.append("tag", path);
  const noted = useResource<HistoryNote[]>(paths.length ? `/history/notes?${noteQuery}` : undefined, 30_000);
  const notes = useMemo(() => noted.data ?? [], [noted.data]);

  const toggle = (path: string) =>
    setPens((old) => (old.some((p) => p.path === path) ? old.filter((p) => p.path !== path) : [...old, { path }]));

  const scene = useMemo((): Scene => {
    const view = isLive(span) && data ? data : bounds(span, Date.now());
    const lines: Line[] = [];
    pens.forEach((pen, i) => {
      if (pen.hidden) return;
      for (const earlier of [true, false]) {
        const track = (earlier ? data?.before : data?.tracks)?.get(pen.path);
        if (!track) continue;
        const numeric = track.type === "float" || track.type === "int";
        lines.push({
          id: `${pen.path}${earlier ? " before" : ""}`,
          name: track.title || pen.path,
          scale: track.type === "bool" ? "bool" : numeric ? `unit ${track.unit}` : `text ${pen.path}`,
          unit: track.type === "bool" ? t("trends:onOff") : track.unit,
          ...lookOf(i, theme),
          points: track.points,
          moved: 0,
          pale: earlier,
          course: "step",
        });
      }
    });
    const flags = notes.map((n) => ({
      id: String(n.id),
      at: n.from,
      until: n.to > n.from ? n.to : undefined,
      text: n.text,
    }));
    return { lines, flags, from: view.from, to: view.to, theme, lang, dragging: mode, selection };
  }, [pens, span, data, theme, lang, mode, selection, notes, t]);

  const zoom = useCallback(
    (factor: number, around: number | undefined) => setSpan((s) => zoomed(s, factor, around, Date.now())),
    [],
  );
  const pan = useCallback((share: number) => setSpan((s) => shifted(s, share, Date.now())), []);
  const told: Told = {
    cursor: setCursor,
    zoom: (from, to) => setSpan(fixed(from, to)),
    select: (from, to) => setSelection({ from: Math.round(from), to: Math.round(to) }),
    wheel: zoom,
    pan,
  };
  const openSet = (set: PenSet) => {
    setPens(set.pens.slice(0, mostPens).map((p) => ({ path: p.path, ...(p.hidden && { hidden: true }) })));
    if (set.last) setSpan({ last: set.last });
    setShift(shifts.includes(set.shift ?? "") ? (set.shift ?? "") : "");
  };
  /** The time that a note or a correction is about: what is selected, else the cursor, else what is shown. */
  const meant =
    selection ?? (held === undefined ? { from: scene.from, to: scene.to } : { from: held, to: held + 1000 });
  const count = [...(data?.tracks.values() ?? [])].reduce((n, track) => n + track.corrected, 0);
  const cut = pens.filter((p) => data?.tracks.get(p.path)?.cut);
  const nothing = data && pens.length > 0 && [...data.tracks.values()].every((track) => track.points.length === 0);

  return (
    <Page title={t("trends:title")}>
      <div className="trend-page">
        <TagBrowser chosen={new Set(paths)} full={pens.length >= mostPens} onToggle={toggle} />
        <div className="trend-main">
          <div className="trend-tools">
            <RangeBar span={span} onChange={setSpan} />
            <span className="grow" />
            <Segmented
              label={t("trends:dragging")}
              value={mode}
              options={[
                { value: "zoom", label: t("trends:dragZoom") },
                { value: "select", label: t("trends:dragSelect") },
              ]}
              onChange={(m) => {
                setMode(m);
                setSelection(undefined);
              }}
            />
            <Select
              aria-label={t("trends:compare")}
              value={shift}
              onChange={setShift}
              options={shifts.map((s) => ({ value: s, label: t(`trends:shifts.${s || "none"}`) }))}
            />
            <PenSets pens={pens} span={span} shift={shift} onOpen={openSet} />
            <ExportLink paths={paths} span={span} icon={<Download size={16} aria-hidden />} />
          </div>
          {error && <ProblemList problems={[error]} />}
          {cut.length > 0 && <Note kind="warning" title={t("trends:cut")} />}
          {pens.length === 0 ? (
            <Empty icon={<TrendingUp size={32} aria-hidden />} title={t("trends:empty")} text={t("trends:emptyText")} />
          ) : (
            <>
              <Plot
                scene={scene}
                told={told}
                held={held}
                onHeld={(at) => {
                  setHeld(at);
                  setCursor(at);
                }}
                onPan={pan}
                onZoom={zoom}
                onWidth={setWidth}
                label={t("trends:plot")}
              />
              {busy && !data && <Busy />}
              {nothing && (
                <Note kind="info" title={t("trends:nothing")}>
                  {t("trends:nothingText")}
                </Note>
              )}
              <div className="trend-tools">
                {mode === "select" && (
                  <span className="muted" role="status">
                    {t(selection ? "trends:selected" : "trends:selectHelp")}
                  </span>
                )}
                {operate && (
                  <Button icon={<MessageSquarePlus size={16} aria-hidden />} onClick={() => setNoting(true)}>
                    {t("trends:note")}…
                  </Button>
                )}
                <Button icon={<History size={16} aria-hidden />} onClick={() => setListing(true)}>
                  {t("trends:corrections")}
                  {count > 0 && ` (${count})`}
                </Button>
                {count > 0 && <Check label={t("trends:original")} checked={original} onChange={setOriginal} />}
              </div>
              <PenTable
                pens={pens}
                data={data}
                cursor={cursor}
                shift={shift}
                onPens={setPens}
                entries={(path) => [
                  {
                    id: "correct",
                    label: t("trends:correct"),
                    icon: <PenLine size={14} aria-hidden />,
                    reason: tune ? undefined : t("trends:mayNot"),
                    run: () => setCorrecting(path),
                  },
                  { id: "only", label: t("trends:only"), run: () => setPens([{ path }]) },
                ]}
              />
              <NoteList
                notes={notes.filter((n) => n.to >= scene.from && n.from < scene.to)}
                onDone={() => void noted.reload()}
              />
            </>
          )}
        </div>
      </div>
      {correcting && (
        <CorrectDialog
          path={correcting}
          type={data?.tracks.get(correcting)?.type ?? "float"}
          unit={data?.tracks.get(correcting)?.unit ?? ""}
          {...meant}
          onClose={() => setCorrecting(undefined)}
          onDone={() => setVersion((v) => v + 1)}
        />
      )}
      {noting && (
        <NoteDialog
          paths={paths}
          from={selection?.from ?? held ?? scene.to}
          to={selection?.to}
          onClose={() => setNoting(false)}
          onDone={() => void noted.reload()}
        />
      )}
      {listing && (
        <Corrections
          paths={paths}
          from={scene.from}
          to={scene.to}
          onClose={() => setListing(false)}
          onDone={() => setVersion((v) => v + 1)}
        />
      )}
    </Page>
  );
}
