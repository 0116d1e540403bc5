package sql

import (
	"context"
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/lineside/lineside/runtime/connector"
	"github.com/lineside/lineside/runtime/tag"
)

// Write implements connector.Connector: one statement, which is a transaction of its own.
func (c *Connector) Write(ctx context.Context, p connector.Point, v tag.Value) error {
	refuse := func(q tag.Quality, format string, args ...any) error {
		return &connector.StatusError{Quality: q, Message: fmt.Sprintf(format, args...)}
	}
	a, ok := p.Address.(*Address)
	switch {
	case !ok:
		return refuse(tag.BadConfigurationError, "%s has no address of a data base", p.Path)
	case a.Write == "":
		return refuse(tag.BadNotWritable, "there is no statement for writing")
	case !c.settings.AllowWrites:
		return refuse(tag.BadNotWritable, "the device does not allow writing")
	}
	d := c.settings.dialect
	st, err := parseStatement(a.Write, d.lexis(), writeParams...)
	if err != nil {
		return refuse(tag.BadConfigurationError, "%v", err)
	}
	if f := v.Float(); v.Type() == tag.Float && (math.IsNaN(f) || math.IsInf(f, 0)) && c.settings.Kind != "postgres" {
		return refuse(tag.BadOutOfRange, "%s cannot be written", v)
	}
	var args []any
	for _, name := range st.params {
		switch name {
		case ":value":
			args = append(args, argument(v))
		case ":time":
			args = append(args, d.moment(time.Now(), c.settings.zone))
		default:
			args = append(args, string(p.Path))
		}
	}
	inner, end, err := c.begin(ctx)
	if err != nil {
		return err
	}
	defer end()
	conn, err := c.session(inner)
	if err != nil {
		return fmt.Errorf("%w: %w", connector.ErrNotConnected, err)
	}
	c.guard.writing.Store(true)
	defer c.guard.writing.Store(false)
	if err := d.unlock(inner, conn, true); err != nil {
		return c.unwritten(err)
	}
	done, err := conn.ExecContext(inner, st.text, args...)
	if unlocked := d.unlock(inner, conn, false); unlocked != nil {
		c.drop()
	}
	if err == nil {
		err = d.confirm(inner, conn)
	} else if q, own := d.refusal(err); own && q != tag.BadNoCommunication {
		if unsure := d.confirm(inner, conn); unsure != nil {
			err = unsure
		}
	}
	if err != nil {
		return c.unwritten(err)
	}
	clear(c.silent)
	if n, err := done.RowsAffected(); err == nil && n == 0 && changes(st.text) {
		return refuse(tag.BadNodeIDUnknown, "the statement found no row to change")
	}
	return nil
}

// unwritten says what the error of a write means.
func (c *Connector) unwritten(err error) error {
	q, own := c.settings.dialect.refusal(err)
	if own && q != tag.BadTimeout && q != tag.BadNoCommunication {
		return &connector.StatusError{Quality: q, Message: err.Error()}
	}
	if !own && !lost(err) && !c.closed() && isArgument(err) {
		q := tag.BadTypeMismatch
		if text := err.Error(); strings.Contains(text, "maximum value") || strings.Contains(text, "minimum value") {
			q = tag.BadOutOfRange
		}
		return &connector.StatusError{Quality: q, Message: err.Error()}
	}
	c.drop()
	if c.closed() || q == tag.BadNoCommunication || lost(err) {
		return fmt.Errorf("%w: %w: %w", connector.ErrUncertain, connector.ErrNotConnected, err)
	}
	return fmt.Errorf("%w: %w", connector.ErrUncertain, err)
}

// isArgument reports whether the library found that a value cannot be a parameter: nothing was sent.
func isArgument(err error) bool {
	text := err.Error()
	return strings.Contains(text, "failed to encode args") || strings.Contains(text, "cannot find encode plan") || strings.Contains(text, "expected ") && strings.Contains(text, " arguments")
}

// changes reports whether a statement is one that says how many rows it changed.
func changes(statement string) bool {
	word, _, _ := strings.Cut(strings.TrimSpace(statement), " ")
	switch strings.ToUpper(word) {
	case "UPDATE", "INSERT", "DELETE", "REPLACE", "MERGE":
		return true
	}
	return false
}
