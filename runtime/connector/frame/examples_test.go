package frame

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/lineside/lineside/runtime/connector"
	"github.com/lineside/lineside/runtime/connector/peer"
	"github.com/lineside/lineside/runtime/tag"
)

// Every example of the guide does what it says.
func TestGuide(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(peer.Root(t), "docs", "guide", "frames.md"))
	if err != nil {
		t.Fatal(err)
	}
	blocks := strings.Split(string(text), "```json frame\n")[1:]
	if len(blocks) < 5 {
		t.Fatalf("%d examples", len(blocks))
	}
	for _, block := range blocks {
		block, _, _ = strings.Cut(block, "```")
		var e struct {
			Settings json.RawMessage
			Received string
			Tags     []struct {
				Type    string
				Unit    string
				Address json.RawMessage
				Value   json.RawMessage
				Write   json.RawMessage
				Sent    string
			}
		}
		if err := json.Unmarshal([]byte(block), &e); err != nil {
			t.Fatalf("%v in %s", err, block)
		}
		t.Run(e.Received, func(t *testing.T) {
			s, err := decodeSettings(e.Settings)
			if err != nil {
				t.Fatal(err)
			}
			received, err := parseBytes(e.Received)
			if err != nil {
				t.Fatal(err)
			}
			d := &device{settings: s, split: *s.splitter()}
			var frames [][]byte
			d.take(received, func(f []byte) { frames = append(frames, append([]byte{}, f...)) })
			if len(frames) == 0 {
				t.Fatalf("no frame; %d errors", d.errors.Load())
			}
			for name, r := range s.requests {
				if !strings.HasPrefix(string(frames[0]), string(r.reply)) {
					t.Errorf("%s does not begin as request %s says", show(frames[0]), name)
				}
			}
			for _, tg := range e.Tags {
				typ, ok := tag.ParseType(tg.Type)
				if !ok {
					t.Fatalf("type %q", tg.Type)
				}
				a, err := ParseAddress(tg.Address, typ, tg.Write != nil)
				if err != nil {
					t.Fatalf("%s: %v", tg.Address, err)
				}
				if tg.Write != nil {
					v, err := tag.Parse(tg.Write, typ)
					if err != nil {
						t.Fatal(err)
					}
					sent, err := d.bytes(a, v)
					want, _ := parseBytes(tg.Sent)
					if err != nil || string(sent) != string(want) {
						t.Errorf("%s sends %s, %v; want %s", tg.Address, show(sent), err, tg.Sent)
					}
					continue
				}
				var v tag.Value
				q := tag.BadNoData
				if sample, ok := d.counter(a, typ); ok {
					v, q = sample.Value, sample.Quality
				}
				for _, f := range frames {
					if a.Kind != "frames" && a.Kind != "errors" && strings.HasPrefix(string(f), string(a.match)) {
						v, q = a.decode(f, typ)
					}
				}
				if q != tag.Good || string(v.AppendJSON(nil)) != string(tg.Value) {
					t.Errorf("%s is %v %v, want %s", tg.Address, v, q, tg.Value)
				}
			}
		})
	}
}

var _ connector.Identifier = (*listener)(nil)
