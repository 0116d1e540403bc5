package export

import (
	"fmt"
	"io"
	"slices"

	"github.com/parquet-go/parquet-go"

	"github.com/lineside/lineside/runtime/tag"
)

// parquetSink writes Parquet 2: the time is a timestamp in milliseconds of UTC, columns have the types of their tags, and pages
// are packed with Snappy, which every reader knows.
//
// The writer is held by functions: a sink is an interface, and through a field of its type the linker would keep all that a
// writer can do.
type parquetSink struct {
	write  func([]parquet.Row) (int, error)
	finish func() error
	fields []field
	rows   []parquet.Row
	cells  []parquet.Value
}

// ordered is a group whose fields keep the order in which they were given.
type ordered struct {
	parquet.Group
	names []string
}

// Fields implements parquet.Node.
func (o ordered) Fields() []parquet.Field {
	list := o.Group.Fields()
	slices.SortFunc(list, func(a, b parquet.Field) int {
		return slices.Index(o.names, a.Name()) - slices.Index(o.names, b.Name())
	})
	return list
}

const (
	// groupRows is how many lines are a group of rows, which is in memory.
	groupRows = 50_000
	// batchRows is how many are handed over at once.
	batchRows = 256
)

func newParquet(w io.Writer, fields []field) (*parquetSink, error) {
	group := ordered{Group: parquet.Group{}}
	options := []parquet.WriterOption{parquet.Compression(&parquet.Snappy), parquet.MaxRowsPerRowGroup(groupRows), parquet.CreatedBy("lineside", "1", "")}
	for _, f := range fields {
		var node parquet.Node
		switch f.kind {
		case timeField:
			node = parquet.Encoded(parquet.Timestamp(parquet.Millisecond), &parquet.DeltaBinaryPacked)
		case floatField:
			node = parquet.Leaf(parquet.DoubleType)
		case intField:
			node = parquet.Leaf(parquet.Int64Type)
		case boolField:
			node = parquet.Leaf(parquet.BooleanType)
		default:
			node = parquet.String()
			if f.repeats {
				node = parquet.Encoded(node, &parquet.RLEDictionary)
			}
		}
		if f.kind != timeField {
			node = parquet.Optional(node)
		}
		if _, twice := group.Group[f.name]; twice {
			return nil, fmt.Errorf("the tag %s is there twice", f.name)
		}
		group.Group[f.name] = node
		group.names = append(group.names, f.name)
		if f.unit != "" {
			options = append(options, parquet.KeyValueMetadata("unit:"+f.name, f.unit))
		}
	}
	out := parquet.NewWriter(w, append(options, parquet.NewSchema("history", group))...)
	return &parquetSink{write: out.WriteRows, finish: out.Close, fields: fields}, nil
}

func (s *parquetSink) row(t tag.Time, cells []tag.Value) error {
	width := len(s.fields)
	if s.cells == nil {
		s.cells = make([]parquet.Value, batchRows*width)
	}
	row := s.cells[len(s.rows)*width : (len(s.rows)+1)*width]
	row[0] = parquet.Int64Value(t.Milli()).Level(0, 0, 0)
	for i, v := range cells {
		if p, ok := parquetValue(v, s.fields[i+1].kind); ok {
			row[i+1] = p.Level(0, 1, i+1)
		} else {
			row[i+1] = parquet.NullValue().Level(0, 0, i+1)
		}
	}
	if s.rows = append(s.rows, row); len(s.rows) == batchRows {
		return s.flush()
	}
	return nil
}

// parquetValue is a value in the type of its column; false when it is none, or does not fit since the type of the tag has
// changed.
func parquetValue(v tag.Value, k kind) (parquet.Value, bool) {
	number := v.Type() == tag.Float || v.Type() == tag.Int || v.Type() == tag.Bool
	switch k {
	case floatField:
		if number {
			return parquet.DoubleValue(v.Float()), true
		}
	case intField:
		switch v.Type() {
		case tag.Int:
			return parquet.Int64Value(v.Int()), true
		case tag.Bool:
			return parquet.Int64Value(int64(v.Float())), true
		case tag.Float:
			if f := v.Float(); f == float64(int64(f)) && f > -1e18 && f < 1e18 {
				return parquet.Int64Value(int64(f)), true
			}
		}
	case boolField:
		if number {
			return parquet.BooleanValue(v.Float() != 0), true
		}
	case textField:
		if v.Type() != tag.None {
			return parquet.ByteArrayValue([]byte(text(v))), true
		}
	}
	return parquet.Value{}, false
}

func (s *parquetSink) flush() error {
	if len(s.rows) == 0 {
		return nil
	}
	_, err := s.write(s.rows)
	s.rows = s.rows[:0]
	if err != nil {
		return fmt.Errorf("write parquet: %w", err)
	}
	return nil
}

func (s *parquetSink) close() error {
	if err := s.flush(); err != nil {
		return err
	}
	if err := s.finish(); err != nil {
		return fmt.Errorf("write parquet: %w", err)
	}
	return nil
}

func (s *parquetSink) abort() {}
