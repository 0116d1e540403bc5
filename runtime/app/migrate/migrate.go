// Package migrate brings app documents of older formats up to the present one. Every step
// is one file, 0001.go for format 1 to 2, with a golden pair in testdata: 0001.in.json and
// 0001.out.json. Steps work on generic maps, so that they do not change with the Go types.
package migrate

import (
	"bytes"
	"encoding/json"
	"fmt"
)

// Step goes from one format to the next.
type Step struct {
	// From is the format it reads; it writes From+1.
	From int
	// Apply changes the document in place. It need not touch "format".
	Apply func(doc map[string]any) error
}

// steps by the format they read, from 1 without a gap. Each file adds its own by register.
var steps = map[int]Step{}

func register(s Step) {
	if _, double := steps[s.From]; double {
		panic(fmt.Sprintf("migrate: two steps from format %d", s.From))
	}
	steps[s.From] = s
}

// Count is what a document holds, to tell that a migration lost nothing.
type Count struct {
	Screens int `json:"screens"`
	Widgets int `json:"widgets"`
	Props   int `json:"props"`
	Actions int `json:"actions"`
	Tags    int `json:"tags"`
	Inputs  int `json:"inputs"`
}

// Report says what went into a migration and what came out.
type Report struct {
	From int   `json:"from"`
	To   int   `json:"to"`
	In   Count `json:"in"`
	Out  Count `json:"out"`
}

// Up brings the document in data from format from to format to. It fails when a step does,
// or when what came out is not as much as what went in.
func Up(data []byte, from, to int) ([]byte, Report, error) {
	report := Report{From: from, To: to}
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.UseNumber()
	var doc map[string]any
	if err := dec.Decode(&doc); err != nil {
		return nil, report, fmt.Errorf("read: %w", err)
	}
	report.In = count(doc)
	for format := from; format < to; format++ {
		step, ok := steps[format]
		if !ok {
			return nil, report, fmt.Errorf("there is no step from format %d", format)
		}
		if err := step.Apply(doc); err != nil {
			return nil, report, fmt.Errorf("format %d to %d: %w", format, format+1, err)
		}
		doc["format"] = format + 1
	}
	report.Out = count(doc)
	if report.In != report.Out {
		return nil, report, fmt.Errorf("%+v went in and %+v came out", report.In, report.Out)
	}
	out, err := json.Marshal(doc)
	if err != nil {
		return nil, report, fmt.Errorf("write: %w", err)
	}
	return out, report, nil
}

func count(doc map[string]any) Count {
	c := Count{Tags: len(list(doc["tags"])), Inputs: len(list(doc["inputs"]))}
	for _, screen := range objects(doc["screens"]) {
		c.Screens++
		for _, widget := range objects(screen["widgets"]) {
			c.Widgets++
			props, _ := widget["props"].(map[string]any)
			c.Props += len(props)
			on, _ := widget["on"].(map[string]any)
			for _, actions := range on {
				c.Actions += len(list(actions))
			}
		}
	}
	return c
}

func list(v any) []any {
	l, _ := v.([]any)
	return l
}

// objects are the objects in a list; what is none of them is left for the reader to refuse.
func objects(v any) []map[string]any {
	var out []map[string]any
	for _, e := range list(v) {
		if m, ok := e.(map[string]any); ok {
			out = append(out, m)
		}
	}
	return out
}
