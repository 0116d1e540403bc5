package export

import (
	"bufio"
	"errors"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/lineside/lineside/runtime/sheet"
	"github.com/lineside/lineside/runtime/tag"
)

// errStopped ends the reading of samples that nobody wants any more.
var errStopped = errors.New("stopped")

// timeForm is ISO 8601 with milliseconds and the distance to UTC.
const timeForm = "2006-01-02T15:04:05.000Z07:00"

// csvSink writes RFC 4180 in UTF-8 with a byte order mark, which spreadsheets need to show more than ASCII.
type csvSink struct {
	w    *bufio.Writer
	zone *time.Location
	line []byte
}

func newCSV(w io.Writer, fields []field, zone *time.Location) (*csvSink, error) {
	s := &csvSink{w: bufio.NewWriterSize(w, 64<<10), zone: zone}
	s.line = append(s.line, "\ufeff"...)
	for i := range fields {
		if i > 0 {
			s.line = append(s.line, ',')
		}
		s.text(fields[i].title())
	}
	s.line = append(s.line, "\r\n"...)
	_, err := s.w.Write(s.line)
	return s, err
}

// text writes a text so that no spreadsheet takes it for a formula.
func (s *csvSink) text(t string) {
	t = sheet.Guard(t)
	if !strings.ContainsAny(t, "\",\r\n") && (t == "" || t[0] != ' ') {
		s.line = append(s.line, t...)
		return
	}
	s.line = append(s.line, '"')
	s.line = append(s.line, strings.ReplaceAll(t, `"`, `""`)...)
	s.line = append(s.line, '"')
}

func (s *csvSink) row(t tag.Time, cells []tag.Value) error {
	s.line = t.Std().In(s.zone).AppendFormat(s.line[:0], timeForm)
	for _, v := range cells {
		s.line = append(s.line, ',')
		switch v.Type() {
		case tag.None:
		case tag.Float:
			s.line = append(s.line, sheet.Number(v.Float())...)
		case tag.Int:
			s.line = strconv.AppendInt(s.line, v.Int(), 10)
		case tag.Bool:
			s.line = strconv.AppendBool(s.line, v.Bool())
		default:
			s.text(text(v))
		}
	}
	s.line = append(s.line, "\r\n"...)
	_, err := s.w.Write(s.line)
	return err
}

func (s *csvSink) close() error { return s.w.Flush() }

func (s *csvSink) abort() {}
