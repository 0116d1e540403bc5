package session

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// errFrame says that a frame is of no form that can be answered: the connection is closed
// with CloseProtocol.
var errFrame = errors.New("frame is not a request")

// decodeRequest reads one frame. With an *Error the request can be answered (its ID is set);
// with errFrame it cannot.
func decodeRequest(frame []byte) (Request, error) {
	var head struct {
		ID int `json:"id"`
	}
	if err := json.Unmarshal(frame, &head); err != nil {
		return Request{}, fmt.Errorf("%w: %w", errFrame, err)
	}
	if head.ID <= 0 {
		return Request{}, fmt.Errorf("%w: id must be a number above 0", errFrame)
	}
	var r Request
	dec := json.NewDecoder(bytes.NewReader(frame))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&r); err != nil {
		return Request{ID: head.ID}, &Error{Code: "request_invalid", Message: "The request cannot be read: " + err.Error() + ".", Hint: "See docs/reference/live.md for its fields."}
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return Request{}, errFrame
	}
	r.ID = head.ID
	return r, nil
}

// Error implements error: the message.
func (e *Error) Error() string { return e.Message }

// encodeReply encodes a reply; rows are its values, already encoded, nil for none.
func encodeReply(r *Reply, rows []byte) []byte {
	data, err := json.Marshal(r)
	if err != nil { // a raw part, such as the screen, is not JSON
		data, _ = json.Marshal(&Reply{ID: r.ID, Error: &Error{Code: "internal", Message: "The answer cannot be encoded: " + err.Error() + "."}})
		return data
	}
	if rows == nil {
		return data
	}
	data = append(data[:len(data)-1], `,"v":[`...)
	data = append(data, rows...)
	return appendTail(data)
}

// encodeJSON encodes a frame of plain fields, which cannot fail.
func encodeJSON(v any) []byte {
	data, err := json.Marshal(v)
	if err != nil {
		panic(fmt.Sprintf("session: encode %T: %v", v, err))
	}
	return data
}
