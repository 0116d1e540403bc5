package api

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"github.com/lineside/lineside/runtime/auth"
	"github.com/lineside/lineside/runtime/historian"
	"github.com/lineside/lineside/runtime/store"
)

// settingRetention holds how long history is kept, as JSON; when it was never set the flags of the server say.
const settingRetention = "history.retention"

var (
	errRetentionMinutes = define("retention_minutes", 422, "Summaries of a minute are kept too short.", "分钟汇总的保存时间过短。", "Keep them as long as single samples or longer, 12 days at least; 0 is for ever.", "应不短于原始样本的保存时间，且至少 12 天；0 表示永久保存。")
	errRetentionHours   = define("retention_hours", 422, "Summaries of an hour are kept too short.", "小时汇总的保存时间过短。", "Keep them as long as summaries of a minute or longer; 0 is for ever.", "应不短于分钟汇总的保存时间；0 表示永久保存。")
)

// HistoryStorage is how long history is kept, how much room it takes and how long the room lasts.
type HistoryStorage struct {
	Retention historian.Retention `json:"retention"`
	// Checked is when the room was looked at last; it is every ten seconds.
	Checked time.Time `json:"checked,omitzero"`
	// Tiers are single samples, summaries of a minute and summaries of an hour.
	Tiers []HistoryTier `json:"tiers" nullable:"false"`
	// Series is how many tags have a history.
	Series int `json:"series"`
	// Bytes is about what the history takes up in the database, Database what the whole database does.
	Bytes    int64 `json:"bytes"`
	Database int64 `json:"database"`
	// Disk and Free are the size of the disk that the data folder is on, and what is free of it; left out when the database is
	// elsewhere.
	Disk int64 `json:"disk,omitempty"`
	Free int64 `json:"free,omitempty"`
	// Low says that the room ends within 14 days or has, Full that nothing can be written.
	Low  bool `json:"low,omitempty"`
	Full bool `json:"full,omitempty"`
	// Known says that there is enough history to look ahead. Days is after how many days the room ends, left out when that
	// never happens with this retention; Limit how many bytes the history may take, left out when that cannot be told.
	Known bool  `json:"known"`
	Days  *int  `json:"days,omitempty"`
	Limit int64 `json:"limit,omitempty"`
	// Forecast is what the history will take at times to come.
	Forecast []HistoryRoom `json:"forecast" nullable:"false"`
	// Waiting samples are not in the database yet. The others are counted since the start: Lost as too many waited or they
	// could not be written, Refused as they are older than what is kept, Late for a time that was over, Expired as they had
	// become too old, Crowded as there was no room.
	Waiting int    `json:"waiting"`
	Lost    uint64 `json:"lost"`
	Refused uint64 `json:"refused"`
	Late    uint64 `json:"late"`
	Expired int64  `json:"expired"`
	Crowded int64  `json:"crowded"`
	// Failure is why the last write failed.
	Failure string `json:"failure,omitempty"`
	// Events are what was deleted or lost since the start, the newest first.
	Events []HistoryEvent `json:"events" nullable:"false"`
	// Damages are pieces of ten minutes of a tag that were found damaged since the start.
	Damages []HistoryDamage `json:"damages" nullable:"false"`
}

// HistoryRoom is how many bytes the history will take at a time.
type HistoryRoom struct {
	Time  time.Time `json:"time"`
	Bytes int64     `json:"bytes"`
}

// HistoryTier is how much there is of one tier.
type HistoryTier struct {
	Tier    string `json:"tier" enum:"raw,minute,hour"`
	Samples int64  `json:"samples"`
	// Bytes is what the packed data takes, Growth by how many bytes it grows a day before anything is deleted.
	Bytes  int64 `json:"bytes"`
	Growth int64 `json:"growth"`
	// Oldest is the day (UTC) of the oldest.
	Oldest time.Time `json:"oldest,omitzero"`
}

// HistoryEvent is something that befell the history.
type HistoryEvent struct {
	Time time.Time `json:"time"`
	// Kind is expired: it had become too old; crowded: there was no room; full: nothing could be written; healed: it could
	// again; lost: too many waited.
	Kind    string `json:"kind" enum:"expired,crowded,full,healed,lost"`
	Tier    string `json:"tier,omitempty" enum:"raw,minute,hour"`
	Samples int64  `json:"samples,omitempty"`
	// Until is the time of the newest that was deleted.
	Until time.Time `json:"until,omitzero"`
}

// HistoryDamage is ten minutes of a tag that cannot be read.
type HistoryDamage struct {
	Tag   string    `json:"tag"`
	Start time.Time `json:"start"`
}

func (s *Server) historyStorageResource() {
	add(s, route{method: "GET", path: "/history/retention", id: "readHistoryRetention", tag: "history", summary: "How long history is kept, how much room it takes and how long the room lasts", access: whole(auth.Administer)}, s.readRetention)
	add(s, route{method: "PUT", path: "/history/retention", id: "setHistoryRetention", tag: "history", summary: "Say how long history is kept and how much room it may take", access: whole(auth.Administer)}, s.setRetention)
}

func (s *Server) readRetention(ctx context.Context, _ *nothing) (*body[HistoryStorage], error) {
	archive := s.engine.Archive()
	if archive == nil {
		return nil, errHistoryNone.with()
	}
	st, now := archive.Storage(), archive.State()
	e := st.Extent
	out := HistoryStorage{
		Retention: archive.Retention(), Checked: st.Checked, Tiers: []HistoryTier{}, Series: now.Series, Bytes: e.Live(), Database: st.Space.Used, Disk: st.Space.Disk, Free: st.Space.Free,
		Low: st.Low, Full: st.Full, Known: st.Forecast.Known, Limit: max(st.Forecast.Limit, 0), Forecast: []HistoryRoom{},
		Waiting: now.Pending, Lost: now.Dropped + now.Unpackable, Refused: now.Refused, Late: now.Late, Expired: now.Trimmed, Crowded: now.Crowded, Events: []HistoryEvent{}, Damages: []HistoryDamage{},
	}
	for i := range e.Tiers {
		x := &e.Tiers[i]
		t := HistoryTier{Tier: historian.Tier(i).String(), Samples: x.Samples, Bytes: x.Bytes, Growth: st.Forecast.Growth[i]}
		if len(x.Days) > 0 {
			t.Oldest = x.Days[0].Start.Std()
		}
		out.Tiers = append(out.Tiers, t)
	}
	if st.Forecast.Days >= 0 && st.Forecast.Known {
		out.Days = &st.Forecast.Days
	}
	for _, p := range st.Forecast.Points {
		out.Forecast = append(out.Forecast, HistoryRoom{p.Time, p.Bytes})
	}
	if now.Failure != nil {
		out.Failure = now.Failure.Error()
	}
	for _, x := range archive.Events() {
		event := HistoryEvent{Time: x.Time, Kind: x.Kind, Samples: x.Samples}
		if x.Until > 0 {
			event.Tier, event.Until = x.Tier.String(), x.Until.Std()
		}
		out.Events = append(out.Events, event)
	}
	for _, x := range archive.Damages() {
		out.Damages = append(out.Damages, HistoryDamage{Tag: string(x.Tag), Start: x.Start.Std()})
	}
	return answerWith(out)
}

func (s *Server) setRetention(ctx context.Context, in *body[historian.Retention]) (*body[HistoryStorage], error) {
	archive := s.engine.Archive()
	if archive == nil {
		return nil, errHistoryNone.with()
	}
	r := in.Body
	switch r.Check() {
	case "":
	case "minuteDays":
		return nil, errRetentionMinutes.with().at("/minuteDays")
	case "hourDays":
		return nil, errRetentionHours.with().at("/hourDays")
	default:
		return nil, errBody.with().at("/" + r.Check())
	}
	raw, err := json.Marshal(r)
	if err != nil {
		return nil, err
	}
	old, err := json.Marshal(archive.Retention())
	if err != nil {
		return nil, err
	}
	e := entry(ctx, "history.retention", "")
	e.Old, e.New = old, raw
	if err := s.store.SetSetting(ctx, settingRetention, string(raw), e); err != nil {
		return nil, err
	}
	archive.SetRetention(r)
	return s.readRetention(ctx, nil)
}

// loadRetention takes the retention as an administrator has set it.
func (s *Server) loadRetention(ctx context.Context) error {
	archive := s.engine.Archive()
	if archive == nil {
		return nil
	}
	raw, err := s.store.Setting(ctx, settingRetention)
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	r := archive.Retention()
	if err := json.Unmarshal([]byte(raw), &r); err != nil || r.Check() != "" {
		s.log.Error("how long history is kept cannot be read: that of the flags holds", "setting", raw)
		return nil
	}
	archive.SetRetention(r)
	return nil
}
