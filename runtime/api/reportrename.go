package api

import (
	"context"
	"fmt"

	"github.com/lineside/lineside/runtime/report"
	"github.com/lineside/lineside/runtime/store"
	"github.com/lineside/lineside/runtime/tag"
)

// moveReports gives the reports in which tags that are renamed, or the area from, are named with their new names.
func (s *Server) moveReports(ctx context.Context, moved map[tag.Path]tag.Path, area bool, from, to string) (changes []store.Change, entries []store.Entry, err error) {
	list, err := s.store.Reports(ctx)
	if err != nil {
		return nil, nil, err
	}
	for i := range list {
		k := &list[i]
		next, places, err := k.Report.Rename(func(p tag.Path) (tag.Path, bool) {
			if next, ok := moved[p]; ok {
				return next, true
			}
			if area && p.Under(tag.Path(from)) && p != "" { // an area, or a tag that is gone
				return tag.Path(to) + p[len(from):], true
			}
			return p, false
		})
		if err != nil {
			return nil, nil, fmt.Errorf("report %s: %w", k.ID, err)
		}
		if places == 0 {
			continue
		}
		content, err := report.Canonical(next)
		if err != nil {
			return nil, nil, err
		}
		changes = append(changes, store.Change{Kind: store.Report, ID: k.ID, Content: content, Want: k.ETag})
		e := entry(ctx, "report.rename", k.ID)
		e.Message = fmt.Sprintf("%s became %s in %d places", from, to, places)
		entries = append(entries, e)
	}
	return changes, entries, nil
}
