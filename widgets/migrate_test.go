package widgets

import (
	"encoding/json"
	"maps"
	"strings"
	"testing"
)

// old is a widget that has come to version 3.
func old(t *testing.T) *Manifest {
	t.Helper()
	m := new(Manifest)
	if err := json.Unmarshal([]byte(`{"id":"dial","version":3,"migrations":[
		{"to":3,"scale":{"width":0.001},"remove":["glow"]},
		{"to":2,"rename":{"min":"low"},"values":{"shape":{"round":"circle"}},"defaults":{"ticks":false}}]}`), m); err != nil {
		t.Fatal(err)
	}
	return m
}

func TestMigrate(t *testing.T) {
	for _, row := range []struct {
		name, in, want, err string
		from                int
	}{
		{"from the first", `{"min":{"tag":"a/b"},"shape":"round","width":1500,"glow":true}`, `{"low":{"tag":"a/b"},"shape":"circle","ticks":false,"width":1.5}`, "", 1},
		{"from the one before", `{"min":5,"shape":"round","width":1500}`, `{"min":5,"shape":"round","width":1.5}`, "", 2},
		{"of today", `{"glow":true}`, `{"glow":true}`, "", 3},
		{"what is set stays", `{"ticks":true}`, `{"ticks":true}`, "", 1},
		{"a choice that is bound stays", `{"shape":{"tag":"a"},"width":null}`, `{"shape":{"tag":"a"},"ticks":false,"width":null}`, "", 1},
		{"nothing", `{}`, `{"ticks":false}`, "", 1},
		{"bound and multiplied", `{"width":{"tag":"a"}}`, "", `version 3: the setting "width" is multiplied`, 1},
		{"both names", `{"min":1,"low":2}`, "", `version 2: the setting "min" is called "low" now`, 1},
	} {
		t.Run(row.name, func(t *testing.T) {
			var props map[string]json.RawMessage
			if err := json.Unmarshal([]byte(row.in), &props); err != nil {
				t.Fatal(err)
			}
			before := maps.Clone(props)
			got, err := old(t).Migrate(row.from, props)
			if row.err != "" {
				if err == nil || !strings.Contains(err.Error(), row.err) {
					t.Errorf("the error is %v", err)
				}
			} else if raw, _ := json.Marshal(got); err != nil || string(raw) != row.want {
				t.Errorf("%s, %v; want %s", raw, err, row.want)
			}
			if len(before) != len(props) {
				t.Errorf("what was given has changed: %v", props)
			}
		})
	}
}

// A manifest says how to come to its version, and to no other.
func TestMigrationFaults(t *testing.T) {
	for name, text := range map[string]string{
		"beyond its version": `{"version":2,"migrations":[{"to":3}]}`,
		"to the first":       `{"version":2,"migrations":[{"to":1}]}`,
		"two to one":         `{"version":2,"migrations":[{"to":2},{"to":2}]}`,
		"a name of nothing":  `{"version":2,"migrations":[{"to":2,"rename":{"a":"b"}}]}`,
	} {
		m := new(Manifest)
		if err := json.Unmarshal([]byte(text), m); err != nil {
			t.Fatal(err)
		}
		if len(migrationFaults(m)) == 0 {
			t.Errorf("%s: not seen", name)
		}
	}
}

// migrationFaults tells what is wrong with the migrations of a manifest.
func migrationFaults(m *Manifest) []string {
	names := map[string]bool{}
	for _, f := range m.Settings {
		names[f.Name] = true
	}
	var out []string
	seen := map[int]bool{}
	for _, s := range m.Migrations {
		if s.To < 2 || s.To > m.Version || seen[s.To] {
			out = append(out, "a migration goes to a version that is none, or twice to one")
		}
		seen[s.To] = true
		if s.To < m.Version {
			continue // what it names may have been renamed since
		}
		for _, next := range s.Rename {
			if !names[next] {
				out = append(out, "a migration renames to "+next+", which is no setting")
			}
		}
		for name := range s.Defaults {
			if !names[name] {
				out = append(out, "a migration sets "+name+", which is no setting")
			}
		}
	}
	return out
}
