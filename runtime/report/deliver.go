package report

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"path"
	"strings"
	"time"
)

// ErrNoMail and ErrNoTarget say that a way out is not set up.
var (
	ErrNoMail   = errors.New("no e-mail channel is set up: add one on the page of messages")
	ErrNoTarget = errors.New("there is no such folder or bucket: look at the page of backups")
)

// deliveriesOf are the ways a run goes out.
func deliveriesOf(r *Report) []Delivery {
	if r.Schedule == nil {
		return nil
	}
	var out []Delivery
	for _, to := range r.Schedule.Receivers {
		out = append(out, Delivery{Kind: "mail", To: to.Address, Language: to.Language, State: Waiting})
	}
	if r.Schedule.Target != "" {
		out = append(out, Delivery{Kind: "target", To: r.Schedule.Target, State: Waiting})
	}
	return out
}

// Deliveries are the ways a report goes out by its schedule.
func Deliveries(r *Report) []Delivery { return deliveriesOf(r) }

// deliver tries what is due of a run that is made.
func (s *Service) deliver(ctx context.Context, r Run, now time.Time) {
	kept, err := s.o.Store.Report(ctx, r.Report)
	if err != nil {
		s.o.Log.Error("report not sent", "run", r.ID, "error", err)
		return
	}
	formats := []string{"pdf"}
	if kept.Report.Schedule != nil && len(kept.Report.Schedule.Files) > 0 {
		formats = kept.Report.Schedule.Files
	}
	files := map[string][]Attachment{} // by language
	content := map[string]*Content{}
	for i := range r.Deliveries {
		d := &r.Deliveries[i]
		if !d.due(now) || ctx.Err() != nil {
			continue
		}
		language := d.Language
		if language == "" {
			language = r.Language
		}
		err := s.filesIn(ctx, kept.Report, &r, language, formats, files, content)
		if err == nil {
			err = s.send(ctx, d, content[language], files[language])
		}
		d.Attempts++
		if err == nil {
			d.State, d.Time, d.Next, d.Failure = Sent, time.Now(), time.Time{}, ""
			continue
		}
		d.State, d.Failure, d.Next = Failed, err.Error(), time.Time{}
		if d.Attempts <= len(again) {
			d.Next = time.Now().Add(again[d.Attempts-1])
		}
		s.o.Log.Error("report not sent", "report", r.Report, "run", r.ID, "to", d.To, "attempt", d.Attempts, "error", err)
	}
	if err := s.o.Store.SetRun(context.WithoutCancel(ctx), r, nil); err != nil {
		s.o.Log.Error("report not kept", "run", r.ID, "error", err)
	}
}

// filesIn makes the files of a run in a language: of what the archive has, or, in another language, anew.
func (s *Service) filesIn(ctx context.Context, doc *Report, r *Run, language string, formats []string, files map[string][]Attachment, contents map[string]*Content) error {
	if contents[language] != nil {
		return nil
	}
	var content *Content
	if language == r.Language {
		packed, err := s.o.Store.File(ctx, r.ID, FileContent)
		if err != nil {
			return err
		}
		if content, err = Unpack(packed); err != nil {
			return err
		}
	} else {
		other := *r
		other.Language = language
		var err error
		if content, err = s.fill(ctx, doc, &other, nil); err != nil {
			return err
		}
	}
	var list []Attachment
	for _, format := range formats {
		data, err := Render(content, format, s.Font())
		if err != nil {
			return err
		}
		list = append(list, Attachment{Name: FileName(content, format), Type: Types[format], Data: data})
	}
	files[language], contents[language] = list, content
	return nil
}

func (s *Service) send(ctx context.Context, d *Delivery, c *Content, files []Attachment) error {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Minute)
	defer cancel()
	if d.Kind == "target" {
		if s.o.Put == nil {
			return ErrNoTarget
		}
		for _, f := range files {
			if err := s.o.Put(ctx, d.To, path.Base(f.Name), bytes.NewReader(f.Data)); err != nil {
				return err
			}
		}
		return nil
	}
	if s.o.Mail == nil {
		return ErrNoMail
	}
	return s.o.Mail(ctx, d.To, c.Title+" – "+c.Period, mailText(c), files)
}

// mailText is what stands in the mail above its files.
func mailText(c *Content) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n%s\n", c.Title, c.Period)
	if c.Site != "" {
		fmt.Fprintf(&b, "%s\n", c.Site)
	}
	fmt.Fprintf(&b, "%s – %s (%s)\n", moment(c.From), moment(c.To), c.Zone)
	for _, p := range c.Parts {
		for _, t := range p.Tiles {
			fmt.Fprintf(&b, "\n%s: %s", t.Title, strings.TrimSpace(t.Cell.Text+" "+t.Unit))
		}
	}
	if len(c.Notes) > 0 {
		b.WriteString("\n")
	}
	for _, n := range c.Notes {
		fmt.Fprintf(&b, "\n%s", n.Text)
	}
	b.WriteString("\n")
	return b.String()
}
