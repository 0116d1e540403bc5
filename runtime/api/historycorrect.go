package api

import (
	"context"
	"encoding/json"
	"errors"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/lineside/lineside/runtime/auth"
	"github.com/lineside/lineside/runtime/historian"
	"github.com/lineside/lineside/runtime/store"
	"github.com/lineside/lineside/runtime/tag"
)

// maxCorrected is how many samples one correction touches at most.
const maxCorrected = 100_000

// CorrectionOrder changes samples of a tag. What was there is kept with it.
type CorrectionOrder struct {
	Tag string `json:"tag" maxLength:"512"`
	// Kind is insert (Samples come in, in place of those of the same times), replace (the samples from From to To get
	// Value, or by Factor and Offset another number) or delete (they go).
	Kind string `json:"kind" enum:"insert,replace,delete"`
	// From and To are RFC 3339 or milliseconds since 1970; To is the first moment that is not touched.
	From string `json:"from,omitempty" maxLength:"40"`
	To   string `json:"to,omitempty" maxLength:"40"`
	// Samples are [time in ms, value].
	Samples [][2]json.RawMessage `json:"samples,omitempty" maxItems:"10000"`
	Value   json.RawMessage      `json:"value,omitempty"`
	Factor  *float64             `json:"factor,omitempty"`
	Offset  *float64             `json:"offset,omitempty"`
	// Reason says why; it is kept with the correction and in the audit trail.
	Reason string `json:"reason" maxLength:"1000"`
}

// Restoration takes a correction back.
type Restoration struct {
	Reason string `json:"reason" maxLength:"1000"`
}

// HistoryCorrection is a change of samples by somebody.
type HistoryCorrection struct {
	ID   int64     `json:"id"`
	Time time.Time `json:"time"`
	Tag  string    `json:"tag"`
	Kind string    `json:"kind" enum:"insert,replace,delete,restore"`
	// From and To are the first and the last time it touched, Count how many samples.
	From   time.Time `json:"from"`
	To     time.Time `json:"to"`
	Count  int       `json:"count"`
	By     string    `json:"by"`
	Origin string    `json:"origin,omitempty"`
	Reason string    `json:"reason"`
}

// CorrectionPage is a part of the corrections, the newest first.
type CorrectionPage struct {
	Corrections []HistoryCorrection `json:"corrections" nullable:"false"`
	// Next is the id to give as before for the next part, 0 at the end.
	Next int64 `json:"next,omitempty"`
}

// CorrectionDetail is a correction with what was there and what is there now.
type CorrectionDetail struct {
	HistoryCorrection
	// Old and New are points as in other answers; of what was deleted there is no new one.
	Old json.RawMessage `json:"old"`
	New json.RawMessage `json:"new"`
}

func (s *Server) historyCorrectResource() {
	add(s, route{method: "GET", path: "/history/corrections", id: "listHistoryCorrections", tag: "history", summary: "Who has corrected the history, when and why, newest first", access: anywhere(auth.View)}, s.listCorrections)
	add(s, route{method: "GET", path: "/history/corrections/{id}", id: "readHistoryCorrection", tag: "history", summary: "A correction with the samples before and after", access: anywhere(auth.View)}, s.readCorrection)
	add(s, route{method: "POST", path: "/history/corrections", id: "correctHistory", tag: "history", summary: "Insert, replace or delete samples, with a reason; the original is kept", access: anywhere(auth.Tune), maxBody: 4 << 20}, s.correctHistory)
	add(s, route{method: "POST", path: "/history/corrections/{id}/restore", id: "restoreHistory", tag: "history", summary: "Put back what a correction has changed", access: anywhere(auth.Tune)}, s.restoreHistory)
}

// CorrectionOf is a correction as the API tells it.
func CorrectionOf(c *store.Correction) HistoryCorrection {
	return HistoryCorrection{ID: c.ID, Time: c.Time.UTC(), Tag: string(c.Path), Kind: c.Kind, From: c.From.Std().UTC(), To: c.To.Std().UTC(), Count: c.Count, By: c.By, Origin: c.Origin, Reason: c.Reason}
}

func (s *Server) listCorrections(ctx context.Context, in *struct {
	Tag    []string `query:"tag,explode" maxItems:"100" doc:"only of these tags"`
	From   string   `query:"from" maxLength:"40" doc:"only what touched a time since then"`
	To     string   `query:"to" maxLength:"40" doc:"only what touched a time before"`
	Before int64    `query:"before" minimum:"0"`
	Limit  int      `query:"limit" default:"100" minimum:"1" maximum:"1000"`
}) (*body[CorrectionPage], error) {
	rights := actorOf(ctx).Rights
	f := store.CorrectionFilter{Paths: in.Tag, Before: in.Before, Limit: in.Limit, Allowed: func(p tag.Path) bool { return rights.Allows(auth.View, p) }}
	now := time.Now()
	for at, text := range map[*tag.Time]string{&f.From: in.From, &f.To: in.To} {
		if text == "" {
			continue
		}
		var err error
		if *at, err = parseMoment(text, now); err != nil {
			return nil, errMoment.with(text)
		}
	}
	if f.From != 0 && f.To == 0 {
		f.To = math.MaxInt64
	}
	list, next, err := s.store.Corrections(ctx, f)
	if err != nil {
		return nil, err
	}
	page := CorrectionPage{Corrections: make([]HistoryCorrection, len(list)), Next: next}
	for i := range list {
		page.Corrections[i] = CorrectionOf(&list[i])
	}
	return answerWith(page)
}

// correction finds one that who asks may see.
func (s *Server) correction(ctx context.Context, id int64) (*store.Correction, error) {
	rights := actorOf(ctx).Rights
	list, _, err := s.store.Corrections(ctx, store.CorrectionFilter{ID: id, Limit: 1, Whole: true, Allowed: func(p tag.Path) bool { return rights.Allows(auth.View, p) }})
	if err != nil {
		return nil, err
	}
	if len(list) == 0 {
		return nil, errCorrectionUnknown.with()
	}
	return &list[0], nil
}

func (s *Server) readCorrection(ctx context.Context, in *struct {
	ID int64 `path:"id" minimum:"1"`
}) (*body[CorrectionDetail], error) {
	c, err := s.correction(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	return answerWith(CorrectionDetail{HistoryCorrection: CorrectionOf(c), Old: pointsOf(c.Old), New: pointsOf(c.New)})
}

// pointsOf are samples as the API tells them; removals are left out.
func pointsOf(samples []historian.Sample) json.RawMessage {
	out := []byte{'['}
	for i := range samples {
		if historian.IsRemoval(&samples[i]) {
			continue
		}
		if len(out) > 1 {
			out = append(out, ',')
		}
		out = appendPoint(out, samples[i].Time, samples[i].Value, samples[i].Quality)
	}
	return append(out, ']')
}

// correctable finds a tag whose history who asks may correct, and the type of its values.
func (s *Server) correctable(ctx context.Context, text string) (tag.Path, tag.Type, error) {
	paths, err := s.historyPaths(ctx, []string{text})
	if err != nil {
		return "", tag.None, err
	}
	rights := actorOf(ctx).Rights
	if !rights.Allows(auth.Tune, paths[0]) {
		return "", tag.None, errForbidden.with("tune", "here")
	}
	if m, ok := s.engine.Meta(paths[0], rights, ""); ok {
		return paths[0], m.Type, nil
	}
	return paths[0], tag.None, nil
}

func (s *Server) correctHistory(ctx context.Context, in *body[CorrectionOrder]) (*body[HistoryCorrection], error) {
	o := &in.Body
	o.Reason = strings.TrimSpace(o.Reason)
	if o.Reason == "" {
		return nil, errCorrectionReason.with().at("/reason")
	}
	path, typ, err := s.correctable(ctx, o.Tag)
	if err != nil {
		return nil, err
	}
	now := time.Now()
	c := store.Correction{Kind: o.Kind}
	value := func(raw json.RawMessage, at string) (tag.Value, error) {
		v, err := tag.Parse(raw, typ)
		if err == nil && typ != tag.None && v.Type() != typ {
			v, err = v.Convert(typ)
		}
		if err != nil || v.IsNone() {
			return v, errCorrectionValue.with(typ.String()).at(at)
		}
		return v, nil
	}
	if o.Kind == "insert" {
		for _, p := range o.Samples {
			var ms int64
			if err := json.Unmarshal(p[0], &ms); err != nil || ms < -1<<43 || ms > now.Add(time.Minute).UnixMilli() {
				return nil, errMoment.with(string(p[0])).at("/samples")
			}
			v, err := value(p[1], "/samples")
			if err != nil {
				return nil, err
			}
			c.New = append(c.New, historian.Sample{Time: tag.Time(ms) * 1e6, Value: v})
		}
		slices.SortStableFunc(c.New, func(a, b historian.Sample) int { return int(max(-1, min(1, a.Time-b.Time))) })
		c.New = slices.CompactFunc(c.New, func(a, b historian.Sample) bool { return a.Time == b.Time })
	} else if c.New, err = s.changed(ctx, path, o, value, now); err != nil {
		return nil, err
	}
	if len(c.New) == 0 {
		return nil, errCorrectionEmpty.with()
	}
	out, err := s.correct(ctx, path, &c, o.Reason, now)
	if err != nil {
		return nil, err
	}
	return answerWith(*out)
}

// changed are the samples of a time as an order wants them.
func (s *Server) changed(ctx context.Context, path tag.Path, o *CorrectionOrder, value func(json.RawMessage, string) (tag.Value, error), now time.Time) (out []historian.Sample, err error) {
	from, err := parseMoment(o.From, now)
	if err != nil {
		return nil, errMoment.with(o.From).at("/from")
	}
	to, err := parseMoment(o.To, now)
	if err != nil || to <= from {
		return nil, errMoment.with(o.To).at("/to")
	}
	var constant tag.Value
	scaled := o.Factor != nil || o.Offset != nil
	if o.Kind == "replace" && !scaled {
		if constant, err = value(o.Value, "/value"); err != nil {
			return nil, err
		}
	}
	factor, offset := 1.0, 0.0
	if o.Factor != nil {
		factor = *o.Factor
	}
	if o.Offset != nil {
		offset = *o.Offset
	}
	tooMany := false
	err = s.engine.Archive().Raw(ctx, path, from, to, func(part []historian.Sample) bool {
		for _, x := range part {
			switch {
			case len(out) >= maxCorrected:
				tooMany = true
				return false
			case o.Kind == "delete":
				out = append(out, historian.Removal(x.Time))
			case !scaled:
				out = append(out, historian.Sample{Time: x.Time, Value: constant})
			case x.Value.Type().IsNumber() && !x.Quality.IsBad():
				v := tag.OfFloat(x.Value.Float()*factor + offset)
				if x.Value.Type() == tag.Int {
					v = tag.OfInt(int64(math.Round(v.Float())))
				}
				out = append(out, historian.Sample{Time: x.Time, Value: v, Quality: x.Quality})
			}
		}
		return true
	})
	if tooMany {
		return nil, errCorrectionLarge.with(maxCorrected)
	}
	return out, err
}

func (s *Server) restoreHistory(ctx context.Context, in *struct {
	ID   int64 `path:"id" minimum:"1"`
	Body Restoration
}) (*body[HistoryCorrection], error) {
	reason := strings.TrimSpace(in.Body.Reason)
	if reason == "" {
		return nil, errCorrectionReason.with().at("/reason")
	}
	old, err := s.correction(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	if !actorOf(ctx).Rights.Allows(auth.Tune, old.Path) {
		return nil, errForbidden.with("tune", "here")
	}
	c := store.Correction{Kind: "restore"}
	rest := old.Old
	for _, x := range old.New {
		for len(rest) > 0 && rest[0].Time < x.Time {
			rest = rest[1:]
		}
		if len(rest) > 0 && rest[0].Time == x.Time {
			c.New = append(c.New, rest[0])
		} else {
			c.New = append(c.New, historian.Removal(x.Time))
		}
	}
	out, err := s.correct(ctx, old.Path, &c, reason, time.Now())
	if err != nil {
		return nil, err
	}
	return answerWith(*out)
}

// correct keeps what is at the times of a correction, and carries it out.
func (s *Server) correct(ctx context.Context, path tag.Path, c *store.Correction, reason string, now time.Time) (*HistoryCorrection, error) {
	s.correcting.Lock()
	defer s.correcting.Unlock()
	archive := s.engine.Archive()
	ids, err := archive.SeriesOf(ctx, []tag.Path{path})
	if err != nil {
		return nil, err
	}
	c.From, c.To = c.New[0].Time, c.New[len(c.New)-1].Time
	touched := c.New
	if err := archive.Raw(ctx, path, c.From, c.To+1, func(part []historian.Sample) bool {
		for _, x := range part {
			for len(touched) > 0 && touched[0].Time < x.Time {
				touched = touched[1:]
			}
			if len(touched) > 0 && touched[0].Time == x.Time {
				c.Old = append(c.Old, x)
			}
		}
		return true
	}); err != nil {
		return nil, err
	}
	if err := archive.Correctable(c.From); err != nil {
		return nil, errCorrectionOld.with().because(err)
	}
	a := actorOf(ctx)
	c.Path, c.Time, c.Count, c.By, c.Origin, c.Reason = path, now, len(c.New), a.Name, a.Origin, reason
	e := entry(ctx, "history."+c.Kind, string(path))
	e.Reason = reason
	e.New, _ = json.Marshal(map[string]any{"from": c.From.Std().UTC(), "to": c.To.Std().UTC(), "samples": c.Count})
	if err := s.store.Correct(ctx, ids[0], c, e); err != nil {
		return nil, err
	}
	// From here on it is carried out, after a restart if need be.
	if err := archive.Correct(ids[0], c.New); err != nil {
		if errors.Is(err, historian.ErrFull) {
			return nil, errFull.with().because(err)
		}
		return nil, err
	}
	if err := s.store.Corrected(context.WithoutCancel(ctx), c.ID); err != nil {
		return nil, err
	}
	out := CorrectionOf(c)
	return &out, nil
}

var (
	errCorrectionReason  = define("correction_reason", 422, "A correction needs a reason.", "更正必须说明原因。", "Say why the history is changed.", "请说明为何更改历史数据。")
	errCorrectionEmpty   = define("correction_empty", 422, "There is nothing to correct.", "没有可更正的内容。", "Choose a time with samples, or give samples to insert.", "请选择有样本的时间段，或给出要插入的样本。")
	errCorrectionLarge   = define("correction_large", 413, "There are more than %d samples in this time.", "该时间段内的样本超过 %d 个。", "Correct less at once.", "请分批更正。")
	errCorrectionValue   = define("correction_value", 422, "The value is not of the type %s.", "值的类型不是 %s。", "Give a value as the tag has it.", "请给出与变量类型一致的值。")
	errCorrectionOld     = define("correction_old", 409, "Samples of this time are kept no longer.", "该时间的样本已不再保存。", "Only averages are left of it, which cannot be corrected.", "仅保留了汇总值，无法更正。")
	errCorrectionUnknown = define("correction_unknown", 404, "There is no such correction.", "没有此更正记录。", "Load the list again.", "请重新加载列表。")
)
