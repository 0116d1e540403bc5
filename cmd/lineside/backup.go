package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/lineside/lineside/runtime/api"
	"github.com/lineside/lineside/runtime/backup"
	"github.com/lineside/lineside/runtime/backup/target"
	"github.com/lineside/lineside/runtime/engine"
	"github.com/lineside/lineside/runtime/historian"
	"github.com/lineside/lineside/runtime/schedule"
	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/store"
	"github.com/lineside/lineside/runtime/tag"
)

// zoneOf tells the time zone of the plant.
func zoneOf(eng *engine.Engine) func() *time.Location {
	return func() *time.Location {
		if p := eng.Plant(); p != nil && p.Timezone != "" {
			if zone, err := time.LoadLocation(p.Timezone); err == nil {
				return zone
			}
		}
		return time.Local
	}
}

// newBackups makes the service that takes backups of a data folder.
func newBackups(ctx context.Context, db *store.Store, dir string, archive *historian.Archive, eng *engine.Engine, places *backup.Places, runner *schedule.Runner, log *slog.Logger) (*backup.Service, error) {
	tell := backupTags(eng, log)
	return backup.New(ctx, backup.Options{
		Source: backupSource(db, dir, archive), Places: places, Runner: runner, Zone: zoneOf(eng), Log: log, Check: readable,
		Tell: func(s backup.Status) { tell(s) },
	})
}

func backupSource(db *store.Store, dir string, archive *historian.Archive) backup.Source {
	return backup.Source{Store: db, Dir: dir, Version: version, Flush: func(ctx context.Context) error { return archive.Flush(ctx, tag.TimeOf(time.Now()), true) }}
}

// readable finds out whether the plant of a backup that was restored for a trial can be read.
func readable(ctx context.Context, db *store.Store) error {
	d, err := db.EachPart(ctx, store.Plant, "", func(p store.Part) error {
		if !json.Valid(p.Content) {
			return errors.New("no JSON")
		}
		return nil
	})
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err == nil && !json.Valid(d.Content) {
		err = errors.New("no JSON")
	}
	if err != nil {
		return fmt.Errorf("plant: %w", err)
	}
	return nil
}

// backupTags makes the tags below system/backup, and gives what keeps them up to date.
func backupTags(eng *engine.Engine, log *slog.Logger) func(backup.Status) {
	var updates []tag.Update
	add := func(name, en, zh, help string, d tag.Definition) {
		d.Description = help
		slot, err := eng.AddSystemTag(tag.Path("system/backup/"+name), d, spec.Text{"en": en, "zh": zh})
		if err != nil {
			log.Error("system tag of backups", "error", err)
			return
		}
		updates = append(updates, tag.Update{Slot: slot})
	}
	add("overdue", "Backup overdue", "备份已逾期", "A backup was due by the schedule, and there is no good one since.", tag.Definition{Type: tag.Bool})
	add("age", "Age of the last backup", "上次备份距今", "How long ago the last good backup was taken.", tag.Definition{Type: tag.Float, Unit: "h"})
	add("failure", "Failure of the last backup", "上次备份失败原因", "Why the last backup failed, empty when it did not.", tag.Definition{Type: tag.String})
	return func(s backup.Status) {
		if len(updates) < 3 {
			return
		}
		now, failure := tag.Now(), ""
		if s.Last != nil && s.Last.State == backup.Failed {
			failure = s.Last.Error
		}
		age, quality := tag.Value{}, tag.BadNoData
		if !s.Good.IsZero() {
			age, quality = tag.OfFloat(float64(int64(time.Since(s.Good).Hours()*100))/100), tag.Good
		}
		out := make([]tag.Update, len(updates))
		copy(out, updates)
		out[0].Sample = tag.Sample{Value: tag.OfBool(s.Overdue), Source: now, Server: now}
		out[1].Sample = tag.Sample{Value: age, Quality: quality, Source: now, Server: now}
		out[2].Sample = tag.Sample{Value: tag.OfString(failure), Source: now, Server: now}
		eng.Table().Apply(out)
	}
}

type backupCmd struct {
	dataFlags
	serverFlags
	Out        string `help:"File to write; it is tried before it gets its name." placeholder:"FILE" xor:"where"`
	To         string `help:"Target of the server to write to: its id, or \"local\"." placeholder:"TARGET" xor:"where"`
	Verify     string `help:"Only try whether a backup can be restored." placeholder:"FILE" type:"existingfile" xor:"where"`
	Passphrase string `help:"Seal the key of the secrets with it; for a folder only, a server has its own." env:"LINESIDE_BACKUP_PASSPHRASE" secret:"" placeholder:"TEXT"`
}

// Run takes a backup: from a running server when there is a token, else from a data folder in which none runs.
func (c *backupCmd) Run(con *console) error {
	switch {
	case c.Verify != "":
		return c.verify(con)
	case c.Token != "":
		return c.fromServer(con)
	}
	return c.fromFolder(con)
}

// tried is what is told of a backup.
type tried struct {
	File     string        `json:"file"`
	Bytes    int64         `json:"bytes"`
	Created  time.Time     `json:"created"`
	Counts   backup.Counts `json:"counts"`
	HasKey   bool          `json:"hasKey"`
	Verified bool          `json:"verified"`
}

func (c *backupCmd) say(con *console, t tried) error {
	return con.print(t, func(w io.Writer) {
		fmt.Fprintf(w, "%s: %d bytes, restored for a trial and compared\n", t.File, t.Bytes)
		fmt.Fprintf(w, "%d documents, %d revisions, %d users, %d tags with %d samples\n", t.Counts.Documents, t.Counts.Revisions, t.Counts.Users, t.Counts.Series, t.Counts.Samples)
		if !t.HasKey {
			fmt.Fprintln(w, "The key of the secrets (secret.key) is not in it: keep a copy of that file apart, or set a passphrase.")
		}
	})
}

func (c *backupCmd) verify(con *console) error {
	m, err := backup.Verify(con.ctx, c.Verify, os.TempDir(), readable, nil)
	if err != nil {
		return err
	}
	info, err := os.Stat(c.Verify)
	if err != nil {
		return err
	}
	return c.say(con, tried{c.Verify, info.Size(), m.Created, m.Counts, m.HasKey, true})
}

// fromFolder takes a backup of a data folder in which no server runs.
func (c *backupCmd) fromFolder(con *console) (err error) {
	if _, err := os.Stat(c.Data); err != nil {
		return fmt.Errorf("there is no data folder %s: give one with --data, or --server and --token of a running server", c.Data)
	}
	unlock, err := store.LockFolder(c.Data)
	if errors.Is(err, store.ErrLocked) {
		return fmt.Errorf("a server runs in the data folder %s: give its address and a token with --server and --token", c.Data)
	}
	if err != nil {
		return err
	}
	defer unlock()
	if err := backup.Finish(con.ctx, c.Data, c.DB); err != nil {
		return err
	}
	db, err := store.Open(con.ctx, c.DB, c.Data)
	if err != nil {
		return err
	}
	defer db.Close()
	archive, err := historian.Open(con.ctx, db.History(), historian.Options{Dir: filepath.Join(c.Data, "history")})
	if err != nil {
		return err
	}
	defer archive.Close()
	source := backupSource(db, c.Data, archive)
	source.Passphrase = c.Passphrase
	var to target.Target = target.NewFolder(filepath.Dir(c.Out))
	name := filepath.Base(c.Out)
	if c.Out == "" {
		name = backup.Name(time.Now())
		if c.To == "" && !con.json {
			fmt.Fprintln(con.errors, "writing into the folder", filepath.Join(c.Data, "backup"))
		}
		if to, err = backup.NewPlaces(db, c.Data).Open(con.ctx, c.To, "backup"); errors.Is(err, store.ErrNotFound) {
			return &usageError{fmt.Sprintf("--to: there is no target %q", c.To)}
		}
		if err != nil {
			return err
		}
	}
	work, err := os.MkdirTemp(c.Data, ".backup-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(work)) }()
	file := filepath.Join(work, "made")
	f, err := os.Create(file)
	if err != nil {
		return err
	}
	m, err := backup.Write(con.ctx, f, source, nil)
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return err
	}
	if _, err := backup.Verify(con.ctx, file, work, readable, nil); err != nil {
		return err
	}
	info, err := os.Stat(file)
	if err != nil {
		return err
	}
	if f, err = os.Open(file); err != nil {
		return err
	}
	if err := errors.Join(to.Put(con.ctx, name, f), f.Close()); err != nil {
		return err
	}
	if c.Out != "" {
		name = c.Out
	}
	return c.say(con, tried{name, info.Size(), m.Created, m.Counts, m.HasKey, true})
}

// fromServer lets a running server take a backup, and fetches it when a file is wanted.
func (c *backupCmd) fromServer(con *console) error {
	to := c.To
	if c.Out != "" {
		to = backup.Local
	}
	var status backup.Status
	a, err := c.ask(con.ctx, http.MethodPost, "/backup/run", api.StartBackup{Target: to})
	if err != nil {
		return err
	}
	if err := json.Unmarshal(a.body, &status); err != nil {
		return err
	}
	if status.Running == nil {
		return errors.New("the server did not begin")
	}
	name := status.Running.Name
	run, err := c.await(con, name)
	if err != nil {
		return err
	}
	if run.State != backup.Done {
		return fmt.Errorf("the backup failed: %s", run.Error)
	}
	if c.Out != "" {
		path := "/backup/files/" + url.PathEscape(name) + "?target=" + backup.Local
		if err := c.fetch(con.ctx, path, c.Out); err != nil {
			return err
		}
		f, err := backup.Open(c.Out)
		if err == nil {
			err = errors.Join(f.Check(con.ctx, nil), f.Close())
		}
		if err != nil {
			return fmt.Errorf("what was fetched is not whole: %w", err)
		}
		if _, err := c.ask(con.ctx, http.MethodDelete, path, nil); err != nil {
			return err
		}
		name = c.Out
	}
	return c.say(con, tried{name, run.Size, run.Started, run.Counts, run.HasKey, run.Verified})
}

// await waits until a backup has ended, and cancels it when somebody does not want to wait any more.
func (c *backupCmd) await(con *console, name string) (*backup.Run, error) {
	tick := time.NewTicker(300 * time.Millisecond)
	defer tick.Stop()
	shown := ""
	for {
		var runs api.BackupRuns
		var status backup.Status
		if err := c.get(con.ctx, "/backup", &status); err != nil {
			return nil, err
		}
		if status.Running == nil || status.Running.Name != name {
			if err := c.get(con.ctx, "/backup/runs", &runs); err != nil {
				return nil, err
			}
			for i := range runs.Runs {
				if runs.Runs[i].Name == name {
					return &runs.Runs[i], nil
				}
			}
			return nil, errors.New("the server does not know the backup any more")
		}
		if p := status.Progress; p != nil && p.Stage != shown && !con.json {
			shown = p.Stage
			fmt.Fprintln(con.errors, map[string]string{"write": "writing", "verify": "restoring for a trial", "send": "sending", "check": "reading back"}[shown])
		}
		select {
		case <-con.ctx.Done():
			_, err := c.ask(context.WithoutCancel(con.ctx), http.MethodPost, "/backup/cancel", nil)
			return nil, errors.Join(errors.New("cancelled"), err)
		case <-tick.C:
		}
	}
}

type restoreCmd struct {
	dataFlags
	File       string `arg:"" help:"Backup to put back." type:"existingfile"`
	Force      bool   `help:"Let what is there make way; it is put aside, in PostgreSQL it is gone."`
	Passphrase string `help:"Passphrase that was set when the backup was taken." env:"LINESIDE_BACKUP_PASSPHRASE" secret:"" placeholder:"TEXT"`
	Key        string `help:"File secret.key of the machine on which the backup was taken." type:"existingfile" placeholder:"FILE"`
}

// Run puts a backup back.
func (c *restoreCmd) Run(con *console) error {
	o := backup.RestoreOptions{Dir: c.Data, URL: c.DB, Force: c.Force, Passphrase: c.Passphrase}
	if c.Key != "" {
		key, err := os.ReadFile(c.Key)
		if err != nil {
			return err
		}
		o.Key = key
	}
	r, err := backup.Restore(con.ctx, c.File, o, nil)
	switch {
	case errors.Is(err, backup.ErrInUse):
		return fmt.Errorf("a server runs in the data folder %s: stop it first", c.Data)
	case errors.Is(err, backup.ErrNotEmpty):
		return fmt.Errorf("there is data in %s already: give an empty folder with --data, or --force to let it make way", c.Data)
	case errors.Is(err, fs.ErrPermission):
		return fmt.Errorf("%w: restore as the user in whose name the server runs", err)
	case err != nil:
		return err
	}
	return con.print(r, func(w io.Writer) {
		n := r.Manifest.Counts
		fmt.Fprintf(w, "Restored what was kept at %s: %d documents, %d revisions, %d users, %d tags with %d samples.\n", r.Manifest.Created.Local().Format("2006-01-02 15:04:05"), n.Documents, n.Revisions, n.Users, n.Series, n.Samples)
		if r.Before != "" {
			fmt.Fprintf(w, "What was there before is in %s; delete it when you do not need it any more.\n", r.Before)
		}
		if r.KeyMissing {
			fmt.Fprintf(w, "The key of the secrets is missing: copy secret.key from the machine on which the backup was taken into %s, or enter the passwords of devices again.\n", c.Data)
		}
		fmt.Fprintf(w, "Start it: lineside serve --data %s\n", strings.TrimSpace(c.Data))
	})
}
