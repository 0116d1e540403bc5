package report

import "github.com/lineside/lineside/runtime/spec"

// each goes over what names tags in a report: its texts, and its lists of items.
func (r *Report) each(text func(spec.Text), items func([]Item)) {
	for _, band := range []*Band{r.Header, r.Footer} {
		if band != nil {
			text(band.Left)
			text(band.Center)
			text(band.Right)
		}
	}
	for i := range r.Blocks {
		b := &r.Blocks[i]
		text(b.Title)
		switch {
		case b.Text != nil:
			text(b.Text.Text)
		case b.Tiles != nil:
			items(b.Tiles.Items)
		case b.Table != nil:
			items(b.Table.Items)
		case b.Trend != nil:
			items(b.Trend.Items)
		case b.Stops != nil:
			items(b.Stops.Items)
		}
	}
}
