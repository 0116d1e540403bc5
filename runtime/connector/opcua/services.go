package opcua

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"

	"github.com/gopcua/opcua/id"
	"github.com/gopcua/opcua/ua"

	"github.com/lineside/lineside/runtime/connector"
)

// Attributes (OPC 10000-6, annex A.1).
const (
	attributeNodeClass   = 2
	attributeValue       = 13
	attributeDataType    = 14
	attributeValueRank   = 15
	attributeAccessLevel = 17
	attributeUserAccess  = 18
)

// readID is one thing to read (OPC 10000-4, 7.29).
type readID struct {
	node      nodeID
	attribute uint32
	indices   string
}

func (w *writer) readID(r readID) {
	w.nodeID(r.node)
	w.u32(r.attribute)
	w.textOrNull(r.indices)
	w.u16(0)
	w.null()
}

// read reads in as few requests as the server allows. A status of the whole request that
// says that it asks for too much makes the requests smaller from then on.
func (s *session) read(ctx context.Context, nodes []readID) ([]dataValue, error) {
	out := make([]dataValue, 0, len(nodes))
	for len(nodes) > 0 {
		n := min(len(nodes), int(s.perCall.read.Load()))
		r, err := s.ask(ctx, id.ReadRequest_Encoding_DefaultBinary, id.ReadResponse_Encoding_DefaultBinary, func(w *writer) {
			w.f64(0)
			w.u32(2) // both timestamps
			w.count(n)
			for _, node := range nodes[:n] {
				w.readID(node)
			}
		})
		if shrink(err, &s.perCall.read, n) {
			continue
		}
		if err != nil {
			return nil, s.check("read", err)
		}
		if got := r.count(1); got != n {
			return nil, s.broken("read", r, "%d values for %d nodes", got, n)
		}
		for range n {
			out = append(out, r.dataValue())
		}
		if r.err != nil {
			return nil, s.broken("read", r, "")
		}
		nodes = nodes[n:]
	}
	return out, nil
}

// shrink halves a limit after a request of n that was too much.
func shrink(err error, limit *atomic.Int64, n int) bool {
	if n <= 1 || !is(err, ua.StatusBadTooManyOperations, ua.StatusBadResponseTooLarge, ua.StatusBadRequestTooLarge, ua.StatusBadEncodingLimitsExceeded, ua.StatusBadTCPMessageTooLarge) {
		return false
	}
	limit.Store(int64(n / 2))
	return true
}

// check makes the refusal of a request that means that the session is gone a loss of the
// connection.
func (s *session) check(what string, err error) error {
	if is(err, sessionGone...) {
		err = lost("%s: %w", what, err)
		s.channel.drop(err)
		return err
	}
	var refusal status
	if errors.As(err, &refusal) && !errors.Is(err, connector.ErrNotConnected) {
		return refused(refusal, what)
	}
	return fmt.Errorf("%s: %w", what, err)
}

// broken ends the connection after an answer that makes no sense.
func (s *session) broken(what string, r *reader, format string, args ...any) error {
	err := lost("%s: "+format, append([]any{what}, args...)...)
	if r.err != nil {
		err = lost("%s: %w", what, r.err)
	}
	s.channel.drop(err)
	return err
}

// reference types (OPC 10000-5, 10).
var (
	hierarchical = nodeID{num: id.HierarchicalReferences}
	hasSubtype   = nodeID{num: id.HasSubtype}
	hasProperty  = nodeID{num: id.HasProperty}
)

// Node classes (OPC 10000-3, 8.30).
const (
	classObject   = 1
	classVariable = 2
	classMethod   = 4
)

// browseID is one node to look below of.
type browseID struct {
	node    nodeID
	typ     nodeID // of reference, with subtypes
	inverse bool
	classes uint32 // 0: all
}

// link is a reference to another node.
type link struct {
	typ       nodeID
	node      nodeID
	name      string // browse name
	nameSpace uint16
	title     string
	class     uint32
	typeOf    nodeID
}

func (r *reader) links(known namespaces) []link {
	n := r.count(15)
	out := make([]link, 0, n)
	for range n {
		l := link{typ: r.nodeID()}
		r.u8()
		id, uri, remote := r.expanded()
		l.node = id
		l.nameSpace = r.u16()
		l.name = validText(r.text())
		l.title = validText(r.localized())
		l.class = r.u32()
		l.typeOf, _, _ = r.expanded()
		if uri != "" {
			var ok bool
			if l.node, ok = known.resolve(reference{uri: uri, id: id}); !ok {
				continue
			}
		}
		if remote || r.err != nil {
			continue // on another server
		}
		out = append(out, l)
	}
	return out
}

// maxLinks bounds what is listed below one node.
const maxLinks = 200_000

// browse finds the references of nodes; those of nodes[i] are out[i]. A node that cannot be
// looked at has none; missing says then why the first did not work.
func (s *session) browse(ctx context.Context, nodes []browseID) (out [][]link, missing error, err error) {
	out = make([][]link, len(nodes))
	for at := 0; at < len(nodes); {
		n := min(len(nodes)-at, int(s.perCall.browse.Load()))
		r, err := s.ask(ctx, id.BrowseRequest_Encoding_DefaultBinary, id.BrowseResponse_Encoding_DefaultBinary, func(w *writer) {
			w.nodeID(nodeID{})
			w.u64(0)
			w.u32(0)
			w.u32(0) // as many as the server will
			w.count(n)
			for _, b := range nodes[at : at+n] {
				w.nodeID(b.node)
				w.u32(map[bool]uint32{true: 1}[b.inverse])
				w.nodeID(b.typ)
				w.bool(true)
				w.u32(b.classes)
				w.u32(0x3F)
			}
		})
		if shrink(err, &s.perCall.browse, n) {
			continue
		}
		if err != nil {
			return nil, nil, s.check("browse", err)
		}
		more, points, miss, err := s.results(r, out[at:at+n], at, n)
		if err != nil {
			return nil, nil, err
		}
		if missing == nil {
			missing = miss
		}
		for len(points) > 0 {
			r, err := s.ask(ctx, id.BrowseNextRequest_Encoding_DefaultBinary, id.BrowseNextResponse_Encoding_DefaultBinary, func(w *writer) {
				w.bool(false)
				w.count(len(points))
				for _, p := range points {
					w.bytes(p)
				}
			})
			if err != nil {
				return nil, nil, s.check("browse", err)
			}
			into := make([][]link, len(more))
			next, nextPoints, miss, err := s.results(r, into, 0, len(more))
			if err != nil {
				return nil, nil, err
			}
			if missing == nil {
				missing = miss
			}
			progress := false
			for i, links := range into {
				k := more[i]
				progress = progress || len(links) > 0
				if out[k] = append(out[k], links...); len(out[k]) > maxLinks {
					return nil, nil, fmt.Errorf("browse: a node has more than %d others below it", maxLinks)
				}
			}
			if !progress {
				break // a server that promises more and never gives any
			}
			for i := range next {
				next[i] = more[next[i]]
			}
			more, points = next, nextPoints
		}
		at += n
	}
	return out, missing, nil
}

// results reads n results of a browse. more are the indices, from base on, of those that go
// on, at the continuation points.
func (s *session) results(r *reader, into [][]link, base, n int) (more []int, points [][]byte, missing, err error) {
	if got := r.count(1); got != n {
		return nil, nil, nil, s.broken("browse", r, "%d answers for %d nodes", got, n)
	}
	for i := range n {
		code := status(r.u32())
		point := r.bytes()
		into[i] = r.links(s.namespaces())
		if code.bad() && missing == nil {
			missing = refused(code, "browse")
		}
		if len(point) > 0 {
			more, points = append(more, base+i), append(points, append([]byte(nil), point...))
		}
	}
	if r.err != nil {
		return nil, nil, nil, s.broken("browse", r, "")
	}
	return more, points, missing, nil
}

// call calls a method (OPC 10000-4, 5.11.2). refusals are those of the arguments.
func (s *session) call(ctx context.Context, object, method nodeID, arguments []byte, count int) (code status, outputs []variant, refusals []status, err error) {
	r, err := s.ask(ctx, id.CallRequest_Encoding_DefaultBinary, id.CallResponse_Encoding_DefaultBinary, func(w *writer) {
		w.count(1)
		w.nodeID(object)
		w.nodeID(method)
		w.count(count)
		w.b = append(w.b, arguments...)
	})
	if err != nil {
		return 0, nil, nil, err
	}
	if got := r.count(1); got != 1 {
		return 0, nil, nil, s.broken("call", r, "%d answers", got)
	}
	code = status(r.u32())
	refusals = r.statuses()
	r.diagnosticsList()
	outputs = make([]variant, r.count(1))
	for i := range outputs {
		outputs[i] = r.variant()
	}
	if r.err != nil {
		return 0, nil, nil, s.broken("call", r, "")
	}
	return code, outputs, refusals, nil
}
