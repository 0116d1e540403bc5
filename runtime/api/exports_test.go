package api

import (
	"context"
	"encoding/json"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/lineside/lineside/runtime/backup"
	"github.com/lineside/lineside/runtime/export"
	"github.com/lineside/lineside/runtime/schedule"
)

// TestHistoryFiles: files of the history, with the rights of who asks.
func TestHistoryFiles(t *testing.T) {
	f := newFixture(t, false)
	for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(50 * time.Millisecond) {
		if a := f.do(f.client("anna"), "GET", "/api/v1/history.csv?tag=hall1/level&from=now-1h", ""); strings.Count(a.body, "\n") > 1 {
			break
		} else if time.Now().After(deadline) {
			t.Fatalf("%d %s", a.status, a.body)
		}
	}
	for _, row := range []struct{ who, query, want string }{
		{"anna", ".csv?tag=hall1/*&from=now-1h", "hall1/level"},
		{"anna", ".csv?area=hall2&from=now-1h", "hall2/setpoint"},
		{"hal1", ".csv?tag=**&from=now-1h", "hall1/level"},
		{"anna", ".csv?tag=hall1/level&period=today&step=1h&fn=avg&fn=max&layout=wide", "hall1/level max [%]"},
		{"anna", ".parquet?tag=hall1/level&from=now-1h", "PAR1"},
		{"anna", ".xlsx?tag=hall1/level&from=now-1h", "PK"},
		{"hal1", ".csv?tag=hall2/setpoint", "tag_unknown"},
		{"anna", ".csv?tag=none/*", "tags_none"},
		{"anna", ".csv?tag=hall1/level&period=someday", "value_choice"},
		{"anna", ".csv?tag=hall1/level&step=x", "value_format"},
		{"anna", ".csv", "tags_none"},
	} {
		a := f.do(f.client(row.who), "GET", "/api/v1/history"+row.query, "")
		if !strings.Contains(a.body, row.want) {
			t.Errorf("%s: %d %.300s", row.query, a.status, a.body)
		}
		if row.who == "hal1" && strings.Contains(a.body, ",hall2/") {
			t.Errorf("%s shows what may not be seen", row.query)
		}
	}
}

// TestBackupsAndExportsOverHTTP takes a backup, fetches and deletes it; makes an export in the background and by a job.
func TestBackupsAndExportsOverHTTP(t *testing.T) {
	f := newFixture(t, false)
	ctx, stop := context.WithCancel(context.Background())
	zone := func() *time.Location { return time.UTC }
	runner := schedule.NewRunner(zone)
	f.server.places = backup.NewPlaces(f.store, f.dir)
	backups, err := backup.New(ctx, backup.Options{Source: backup.Source{Store: f.store, Dir: f.dir, Version: "test"}, Places: f.server.places, Runner: runner, Zone: zone})
	if err != nil {
		t.Fatal(err)
	}
	exports, err := NewExports(ctx, f.store, f.engine, f.dir, f.server.places, nil, runner, zone, nil)
	if err != nil {
		t.Fatal(err)
	}
	f.server.backup, f.server.exports = backups, exports
	ended := make(chan struct{}, 2)
	go func() { backups.Run(ctx); ended <- struct{}{} }()
	go func() { exports.Run(ctx); ended <- struct{}{} }()
	defer func() { stop(); <-ended; <-ended }()
	anna := f.client("anna")
	ask := func(method, path, body string, status int, into any) string {
		t.Helper()
		a := f.do(anna, method, "/api/v1"+path, body)
		if a.status != status {
			t.Fatalf("%s %s: %d %s", method, path, a.status, a.body)
		}
		if into != nil {
			if err := json.Unmarshal([]byte(a.body), into); err != nil {
				t.Fatal(err)
			}
		}
		return a.body
	}
	share := filepath.Join(t.TempDir(), "share")
	ask("PUT", "/targets/nas", `{"id":"nas","kind":"folder","path":"relative"}`, 422, nil)
	ask("PUT", "/targets/nas", `{"id":"nas","kind":"folder","path":"`+f.dir+`/x"}`, 422, nil)
	ask("POST", "/targets/try", `{"id":"nas","kind":"folder","path":"/proc/none"}`, 502, nil)
	ask("POST", "/targets/try", `{"id":"nas","kind":"folder","path":"`+share+`"}`, 204, nil)
	ask("PUT", "/targets/nas", `{"id":"nas","kind":"folder","path":"`+share+`"}`, 204, nil)
	ask("PUT", "/backup", `{"schedule":"never","target":"nas","keep":3,"keepDays":0}`, 422, nil)
	var status backup.Status
	ask("PUT", "/backup", `{"schedule":"0 3 * * *","target":"nas","keep":3,"keepDays":0,"passphrase":"correct horse battery"}`, 200, &status)
	if !status.HasPassphrase || status.Next.IsZero() {
		t.Errorf("%+v", status)
	}
	ask("DELETE", "/targets/nas", "", 409, nil)
	ask("POST", "/backup/run", `{"target":"none"}`, 404, nil)
	ask("POST", "/backup/run", `{}`, 202, nil)
	for deadline := time.Now().Add(60 * time.Second); status.Last == nil; time.Sleep(50 * time.Millisecond) {
		if ask("GET", "/backup", "", 200, &status); time.Now().After(deadline) {
			t.Fatal("it does not end")
		}
	}
	if !status.Last.Verified {
		t.Fatalf("%+v", status.Last)
	}
	var files BackupFiles
	ask("GET", "/backup/files", "", 200, &files)
	if len(files.Files) != 1 || files.Files[0].Run == nil {
		t.Fatalf("%+v", files)
	}
	name := "/backup/files/" + files.Files[0].Name
	if text := ask("GET", name, "", 200, nil); int64(len(text)) != files.Files[0].Size || !strings.HasPrefix(text, "PK") {
		t.Errorf("%d bytes", len(text))
	}
	ask("GET", "/backup/files/secret.key", "", 404, nil)
	ask("DELETE", name, "", 204, nil)
	ask("GET", name, "", 404, nil)

	var run export.Run
	ask("POST", "/history/exports", `{"tags":["hall1/*"],"from":"now-1h","format":"parquet"}`, 202, &run)
	for deadline := time.Now().Add(30 * time.Second); run.State == export.Running; time.Sleep(20 * time.Millisecond) {
		if ask("GET", "/history/exports/"+run.ID, "", 200, &run); time.Now().After(deadline) {
			t.Fatal("it does not end")
		}
	}
	if a := f.do(f.client("vera"), "GET", "/api/v1/history/exports/"+run.ID+"/file", ""); a.status != http.StatusNotFound {
		t.Errorf("somebody else's: %d", a.status)
	}
	if text := ask("GET", "/history/exports/"+run.ID+"/file", "", 200, nil); !strings.HasPrefix(text, "PAR1") {
		t.Errorf("%.40q", text)
	}
	ask("DELETE", "/history/exports/"+run.ID, "", 204, nil)
	job := `{"title":"Day","query":{"tags":["hall1/*"],"period":"today","format":"csv"},"schedule":"15 0 * * *","target":"nas","mailTo":["anna@example.com"]}`
	ask("PUT", "/exports/day", job, 204, nil)
	ask("PUT", "/exports/day", strings.Replace(job, "hall1/*", "none/*", 1), 422, nil)
	ask("POST", "/exports/day/run", "", 202, nil)
	var runs ExportRuns
	for deadline := time.Now().Add(30 * time.Second); len(runs.Runs) == 0 || runs.Runs[0].State == export.Running; time.Sleep(20 * time.Millisecond) {
		if ask("GET", "/exports/runs", "", 200, &runs); time.Now().After(deadline) {
			t.Fatal("it does not end")
		}
	}
	// The file is there, but nobody can be mailed: which is said.
	if !strings.Contains(runs.Runs[0].Error, "e-mail") {
		t.Errorf("%+v", runs.Runs[0])
	}
	var made ExportFiles
	ask("GET", "/exports/day/files", "", 200, &made)
	if len(made.Files) != 1 {
		t.Fatalf("%+v", made)
	}
	if text := ask("GET", "/exports/day/files/"+made.Files[0].Name, "", 200, nil); !strings.Contains(text, "hall1/level") {
		t.Errorf("%.100s", text)
	}
	ask("DELETE", "/exports/day", "", 204, nil)
	ask("DELETE", "/exports/day", "", 404, nil)
}
