package opcua

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/gopcua/opcua/id"
	"github.com/gopcua/opcua/ua"

	"github.com/lineside/lineside/runtime/connector"
	"github.com/lineside/lineside/runtime/tag"
)

// typeMemory remembers what was learned of nodes, for the time of a session.
type typeMemory struct {
	sync.Mutex
	shapes  map[nodeID]shape
	bases   map[nodeID]byte
	methods map[nodeID][]shape
}

// Write implements connector.Connector.
func (c *Connector) Write(ctx context.Context, p connector.Point, v tag.Value) error {
	a, ok := p.Address.(*Address)
	if !ok {
		return &connector.StatusError{Quality: tag.BadConfigurationError, Message: fmt.Sprintf("%s has no OPC UA address", p.Path)}
	}
	s := c.current()
	if s == nil {
		return connector.ErrNotConnected
	}
	node, ok := s.namespaces().resolve(a.node)
	if !ok {
		return &connector.StatusError{Quality: tag.BadNodeIDUnknown, Message: fmt.Sprintf("the server has no namespace %q", a.node.uri)}
	}
	if a.method() {
		return c.call(ctx, s, a, node, v)
	}
	return uncertain(s.write(ctx, node, a, v))
}

// uncertain says of a write that failed whether the server may have carried it out.
func uncertain(err error) error {
	var sent *sentError
	var refusal *connector.StatusError
	if errors.As(err, &sent) || errors.As(err, &refusal) && slices.Contains(unclear, ua.StatusCode(refusal.Quality)) {
		return fmt.Errorf("%w: %w", connector.ErrUncertain, err)
	}
	return err
}

// unclear are the statuses by which a server says that it does not know how a request ended.
var unclear = []ua.StatusCode{ua.StatusBadTimeout, ua.StatusBadRequestTimeout, ua.StatusBadRequestInterrupted}

// write writes the value of a variable (OPC 10000-4, 5.10.4).
func (s *session) write(ctx context.Context, node nodeID, a *Address, v tag.Value) error {
	shape, err := s.shapeOf(ctx, node)
	if err != nil {
		return err
	}
	value := &writer{}
	if a.single {
		err = value.element(shape, v)
	} else {
		err = value.variant(shape, v)
	}
	if err != nil {
		return err
	}
	r, err := s.ask(ctx, id.WriteRequest_Encoding_DefaultBinary, id.WriteResponse_Encoding_DefaultBinary, func(w *writer) {
		w.count(1)
		w.nodeID(node)
		w.u32(attributeValue)
		w.textOrNull(a.Range)
		w.u8(1) // a value without status and times: many servers take no others
		w.b = append(w.b, value.b...)
	})
	if err != nil {
		return s.check("write", err)
	}
	results := r.statuses()
	if r.err != nil || len(results) != 1 {
		return &sentError{s.broken("write", r, "%d answers", len(results))}
	}
	if code := results[0]; code.bad() {
		if is(code, ua.StatusBadTypeMismatch) {
			s.forget(node) // the server may have been given another program
		}
		return refused(code, "write")
	}
	return nil
}

// element writes one element of an array, as a range that picks it wants it.
func (w *writer) element(s shape, v tag.Value) error {
	if s.rank == 0 {
		return &connector.StatusError{Quality: tag.BadNotSupported, Message: "parts of a text cannot be written"}
	}
	if s.rank == 1 {
		w.u8(s.typ | 0x80)
	} else {
		w.u8(s.typ | 0xC0)
	}
	w.count(1)
	if err := w.value(s.typ, v); err != nil {
		return err
	}
	if s.rank > 1 {
		w.count(s.rank)
		for range s.rank {
			w.count(1)
		}
	}
	return nil
}

func (s *session) forget(node nodeID) {
	s.types.Lock()
	defer s.types.Unlock()
	delete(s.types.shapes, node)
}

// shapeOf is what a variable takes, by its attributes and, where they leave it open, by its
// present value.
func (s *session) shapeOf(ctx context.Context, node nodeID) (shape, error) {
	s.types.Lock()
	known, ok := s.types.shapes[node]
	s.types.Unlock()
	if ok {
		return known, nil
	}
	got, err := s.read(ctx, []readID{{node: node, attribute: attributeDataType}, {node: node, attribute: attributeValueRank}, {node: node, attribute: attributeValue}})
	if err != nil {
		return shape{}, err
	}
	if code := got[0].status; code.bad() {
		return shape{}, refused(code, "write")
	}
	dataType, err := parseReference(got[0].value.scalar.Text())
	if err != nil {
		return shape{}, &connector.StatusError{Quality: tag.BadNodeIDUnknown, Message: "the server does not say which type the node has"}
	}
	found, err := s.shape(ctx, dataType.id, int(got[1].value.scalar.Int()), &got[2].value)
	if err != nil {
		return shape{}, err
	}
	s.types.Lock()
	defer s.types.Unlock()
	if s.types.shapes == nil {
		s.types.shapes = map[nodeID]shape{}
	}
	s.types.shapes[node] = found
	return found, nil
}

// shape is the shape of a data type and value rank (OPC 10000-3, 5.6.2); present may be nil.
func (s *session) shape(ctx context.Context, dataType nodeID, rank int, present *variant) (shape, error) {
	base, err := s.builtIn(ctx, dataType)
	if err != nil {
		return shape{}, err
	}
	out := shape{typ: base, rank: max(rank, 0)}
	if present != nil && present.typ != typeNull {
		if base == typeVariant {
			out.typ = present.typ
		}
		if rank == 0 || rank < -1 {
			out.rank = 0
			if present.array {
				out.rank = max(1, len(present.dims))
			}
		}
	}
	return out, nil
}

// builtIn is the built-in type by which values of a data type are sent; typeVariant when the
// data type is an abstract one.
func (s *session) builtIn(ctx context.Context, dataType nodeID) (byte, error) {
	path := []nodeID{}
	for at := dataType; len(path) < maxDepth; {
		s.types.Lock()
		base, known := s.types.bases[at]
		s.types.Unlock()
		if n := at.num; at.ns == 0 && at.kind == 0 && !known {
			switch {
			case n == id.Enumeration:
				base, known = typeInt32, true
			case n == id.BaseDataType || n == id.Number || n == id.Integer || n == id.UInteger:
				base, known = typeVariant, true
			case n >= typeBoolean && n <= typeDiagnostic:
				base, known = byte(n), true
			}
		}
		if known {
			s.types.Lock()
			defer s.types.Unlock()
			if s.types.bases == nil {
				s.types.bases = map[nodeID]byte{}
			}
			for _, p := range path {
				s.types.bases[p] = base
			}
			return base, nil
		}
		path = append(path, at)
		above, _, err := s.browse(ctx, []browseID{{node: at, typ: hasSubtype, inverse: true}})
		if err != nil {
			return 0, err
		}
		if len(above[0]) == 0 {
			break
		}
		at = above[0][0].node
	}
	return typeVariant, nil // the present value says it
}

// results gives what methods return to the points that call them.
type results struct {
	mu      sync.Mutex
	methods map[string][]item
	emit    func([]connector.Update)
}

func (a *Address) key() string { return a.Object + "\x00" + a.Node }

func (r *results) begin(methods []item, emit func([]connector.Update)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.methods, r.emit = map[string][]item{}, emit
	for _, m := range methods {
		r.methods[m.address.key()] = append(r.methods[m.address.key()], m)
	}
}

func (r *results) end() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.methods, r.emit = nil, nil
}

// give hands out the outputs of a call: one as it is, several as a list. A bool goes back to
// false, as a button does.
func (r *results) give(a *Address, outputs []variant) {
	r.mu.Lock()
	defer r.mu.Unlock()
	var updates []connector.Update
	for _, m := range r.methods[a.key()] {
		d := dataValue{}
		switch {
		case m.typ == tag.Bool && (len(outputs) != 1 || outputs[0].typ != typeBoolean):
			d.value = variant{typ: typeBoolean, scalar: tag.OfBool(false)}
		case len(outputs) == 0:
			continue
		case len(outputs) == 1:
			d.value = outputs[0]
		default:
			d.value = variant{typ: typeVariant, array: true}
			for _, o := range outputs {
				d.value.elems = append(d.value.elems, tag.OfJSON(string(o.appendJSON(nil))))
			}
		}
		updates = append(updates, connector.Update{Point: m.point, Sample: d.deliver(m.typ, false)})
	}
	if len(updates) > 0 {
		r.emit(updates)
	}
}

// call calls the method of an address with a value.
func (c *Connector) call(ctx context.Context, s *session, a *Address, method nodeID, v tag.Value) error {
	object, ok := s.namespaces().resolve(a.object)
	if !ok {
		return &connector.StatusError{Quality: tag.BadNodeIDUnknown, Message: fmt.Sprintf("the server has no namespace %q", a.object.uri)}
	}
	takes, err := s.argumentsOf(ctx, method)
	if err != nil {
		return uncertain(err)
	}
	arguments, err := encodeArguments(takes, v)
	if err != nil {
		return err
	}
	code, outputs, refusals, err := s.call(ctx, object, method, arguments, len(takes))
	if err != nil {
		return uncertain(s.check("call", err))
	}
	if code.bad() {
		for i, bad := range refusals {
			if bad.bad() {
				return refused(bad, fmt.Sprintf("argument %d of the method", i+1))
			}
		}
		return uncertain(refused(code, "call"))
	}
	c.results.give(a, outputs)
	return nil
}

// encodeArguments makes the arguments of a call: none for true when the method takes none, a
// list with one each, or a value alone.
func encodeArguments(takes []shape, v tag.Value) ([]byte, error) {
	var values []tag.Value
	switch {
	case len(takes) == 0:
		if v.Type() == tag.Bool && !v.Bool() {
			return nil, &connector.StatusError{Quality: tag.BadOutOfRange, Message: "true calls the method; false does nothing"}
		}
	case len(takes) == 1 && (v.Type() != tag.JSON && v.Type() != tag.String || !isList(v.Text())):
		values = []tag.Value{v}
	case v.Type() == tag.JSON || v.Type() == tag.String:
		var list []json.RawMessage
		if json.Unmarshal([]byte(v.Text()), &list) != nil {
			return nil, mismatch("the method takes a list of %d arguments (JSON)", len(takes))
		}
		if len(takes) == 1 && takes[0].rank > 0 && (len(list) != 1 || !isList(string(list[0]))) {
			values = []tag.Value{v} // the list is the argument
			break
		}
		for i, raw := range list {
			if i < len(takes) && takes[i].rank > 0 {
				values = append(values, tag.OfJSON(string(raw)))
				continue
			}
			typ := byte(typeVariant)
			if i < len(takes) {
				typ = takes[i].typ
			}
			value, err := elementOf(raw, typ)
			if err != nil {
				return nil, mismatch("argument %d: %v", i+1, err)
			}
			values = append(values, value)
		}
	}
	if len(values) != len(takes) {
		return nil, mismatch("the method takes %d arguments", len(takes))
	}
	w := &writer{}
	for i, value := range values {
		if err := w.variant(takes[i], value); err != nil {
			return nil, err
		}
	}
	return w.b, nil
}

// argumentsOf finds out what a method takes (OPC 10000-3, 5.7).
func (s *session) argumentsOf(ctx context.Context, method nodeID) ([]shape, error) {
	s.types.Lock()
	known, ok := s.types.methods[method]
	s.types.Unlock()
	if ok {
		return known, nil
	}
	below, missing, err := s.browse(ctx, []browseID{{node: method, typ: hasProperty}})
	if err != nil {
		return nil, err
	}
	if missing != nil {
		return nil, missing
	}
	takes := []shape{}
	for _, l := range below[0] {
		if l.nameSpace != 0 || l.name != "InputArguments" {
			continue
		}
		got, err := s.read(ctx, []readID{{node: l.node, attribute: attributeValue}})
		if err != nil {
			return nil, err
		}
		if got[0].status.bad() {
			return nil, refused(got[0].status, "arguments of the method")
		}
		for _, e := range got[0].value.elems {
			var a struct {
				DataType  string `json:"dataType"`
				ValueRank int    `json:"valueRank"`
			}
			if err := json.Unmarshal([]byte(e.Text()), &a); err != nil {
				return nil, mismatch("the arguments of the method cannot be read")
			}
			dataType, err := parseReference(a.DataType)
			if err != nil {
				return nil, mismatch("the arguments of the method cannot be read: %v", err)
			}
			one, err := s.shape(ctx, dataType.id, a.ValueRank, nil)
			if err != nil {
				return nil, err
			}
			takes = append(takes, one)
		}
	}
	s.types.Lock()
	defer s.types.Unlock()
	if s.types.methods == nil {
		s.types.methods = map[nodeID][]shape{}
	}
	s.types.methods[method] = takes
	return takes, nil
}
