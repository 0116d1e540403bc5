package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/lineside/lineside/runtime/auth"
	"github.com/lineside/lineside/runtime/backup"
	"github.com/lineside/lineside/runtime/backup/target"
	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/store"
)

var (
	errBackupNone    = define("backup_none", 404, "This runtime takes no backups.", "此运行时不支持备份。", "Start it with a data folder.", "请指定数据目录后启动。")
	errBackupRunning = define("backup_running", 409, "A backup is under way already.", "已有备份正在进行。", "Wait until it has ended, or cancel it.", "请等待其完成，或将其取消。")
	errTargetUsed    = define("target_used", 409, "The target %q is in use.", "存储位置 %q 正在使用。", "Choose another one for backups and exports first.", "请先为备份和导出选择其他存储位置。")
	errTarget        = define("target_failed", 502, "The target cannot be used: %s.", "无法使用该存储位置：%s。", "Look at its settings, and whether it is there.", "请检查其设置以及它是否可用。")
)

// ChangedBackup are new settings of backups.
type ChangedBackup struct {
	// Schedule: minute, hour, day, month, day of the week; "" is by hand only.
	Schedule string `json:"schedule" maxLength:"120"`
	// Target is the id of one, or "local" for the folder in the data folder.
	Target string `json:"target" maxLength:"64"`
	// Keep is how many are kept, 0 for all; KeepDays for how many days, 0 for ever. The newest is always kept.
	Keep     int `json:"keep" minimum:"0" maximum:"1000"`
	KeepDays int `json:"keepDays" minimum:"0" maximum:"36500"`
	// Passphrase seals the key of the secrets in backups; left out it stays, "" keeps the key out of them.
	Passphrase *string `json:"passphrase,omitempty" maxLength:"200"`
}

// BackupFiles are the backups at a target.
type BackupFiles struct {
	Files []backup.Listed `json:"files" nullable:"false"`
}

// BackupRuns are the last times that a backup was taken, the newest first.
type BackupRuns struct {
	Runs []backup.Run `json:"runs" nullable:"false"`
}

// StartBackup begins a backup.
type StartBackup struct {
	// Target is the id of one; left out it is that of the settings.
	Target string `json:"target,omitempty" maxLength:"64"`
}

// KnownTarget is a target with whether a secret is kept for it.
type KnownTarget struct {
	target.Settings
	HasSecret bool `json:"hasSecret,omitempty"`
}

// Targets are the places to which files can be written, beside the data folder.
type Targets struct {
	Targets []KnownTarget `json:"targets" nullable:"false"`
}

// ChangedTarget is a target as it shall be.
type ChangedTarget struct {
	target.Settings
	// Secret of the access key; left out it stays as it is.
	Secret *string `json:"secret,omitempty" maxLength:"500"`
}

// backupFile names a backup at a target.
type backupFile struct {
	Name   string `path:"name" maxLength:"200"`
	Target string `query:"target" maxLength:"64"`
}

func (s *Server) backupResource() {
	r := route{tag: "backup", access: whole(auth.Administer)}
	r.method, r.path, r.id, r.summary = "GET", "/backup", "readBackup", "How backups fare"
	add(s, r, s.readBackup)
	r.method, r.path, r.id, r.summary = "GET", "/backup/runs", "listBackupRuns", "The last backups, and what has become of them"
	add(s, r, s.listBackupRuns)
	r.method, r.path, r.id, r.summary = "GET", "/backup/files", "listBackups", "The backups at a target"
	add(s, r, s.listBackups)
	r.method, r.path, r.id, r.summary = "PUT", "/backup", "changeBackup", "Say when backups are taken, where they go, and which are kept"
	add(s, r, s.changeBackup)
	r.method, r.path, r.id, r.summary = "POST", "/backup/cancel", "cancelBackup", "End the backup that is under way"
	add(s, r, s.cancelBackup)
	r.method, r.path, r.id, r.summary, r.status = "POST", "/backup/run", "startBackup", "Take a backup now", 202
	add(s, r, s.startBackup)
	r.status = 0
	file := r
	file.answer, file.answerType = &huma.MediaType{Schema: &huma.Schema{Type: "string", Format: "binary"}}, "application/zip"
	file.method, file.path, file.id, file.summary = "GET", "/backup/files/{name}", "downloadBackup", "Download a backup"
	add(s, file, s.downloadBackup)
	r.method, r.path, r.id, r.summary, r.status = "DELETE", "/backup/files/{name}", "deleteBackup", "Delete a backup", 204
	add(s, r, s.deleteBackup)

	r = route{tag: "targets", access: whole(auth.Administer)}
	r.method, r.path, r.id, r.summary = "GET", "/targets", "listTargets", "The places to which backups, exports and reports can be written"
	add(s, r, s.listTargets)
	r.method, r.path, r.id, r.summary, r.status = "POST", "/targets/try", "tryTarget", "Write, read and delete a small file at a target", 204
	add(s, r, s.tryTarget)
	r.method, r.path, r.id, r.summary = "PUT", "/targets/{id}", "changeTarget", "Add or change a target"
	add(s, r, s.changeTarget)
	r.method, r.path, r.id, r.summary = "DELETE", "/targets/{id}", "removeTarget", "Remove a target; what lies there stays"
	add(s, r, s.removeTarget)
}

func (s *Server) backupService() (*backup.Service, error) {
	if s.backup == nil {
		return nil, errBackupNone.with()
	}
	return s.backup, nil
}

// unlessTarget turns errors of targets into those of the API.
func unlessTarget(err error, id string) error {
	var e *Error
	switch {
	case err == nil, errors.As(err, &e):
		return err
	case errors.Is(err, store.ErrNotFound):
		return errNotFound.with("target", id)
	}
	return errTarget.with(err.Error()).because(err)
}

func (s *Server) readBackup(ctx context.Context, _ *nothing) (*body[backup.Status], error) {
	b, err := s.backupService()
	if err != nil {
		return nil, err
	}
	return answerWith(backupStatus(ctx, b))
}

// backupStatus is how backups fare, in the language of who asks.
func backupStatus(ctx context.Context, b *backup.Service) backup.Status {
	st := b.Status(ctx)
	if st.Last != nil {
		st.Last.Error = spec.Translate(st.Last.Error, languageOf(ctx))
	}
	return st
}

func (s *Server) listBackupRuns(_ context.Context, _ *nothing) (*body[BackupRuns], error) {
	b, err := s.backupService()
	if err != nil {
		return nil, err
	}
	return answerWith(BackupRuns{Runs: append([]backup.Run{}, b.Runs()...)})
}

func (s *Server) listBackups(ctx context.Context, in *struct {
	Target string `query:"target" maxLength:"64"`
}) (*body[BackupFiles], error) {
	b, err := s.backupService()
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, targetTimeout)
	defer cancel()
	list, err := b.List(ctx, in.Target)
	if err != nil {
		return nil, unlessTarget(err, in.Target)
	}
	return answerWith(BackupFiles{Files: list})
}

// targetTimeout is how long somebody waits for the answer of a target.
const targetTimeout = 25 * time.Second

func (s *Server) changeBackup(ctx context.Context, in *body[ChangedBackup]) (*body[backup.Status], error) {
	b, err := s.backupService()
	if err != nil {
		return nil, err
	}
	set := backup.Settings{Schedule: in.Body.Schedule, Target: in.Body.Target, Keep: in.Body.Keep, KeepDays: in.Body.KeepDays}
	e := entry(ctx, "backup.change", "backup")
	e.Old, _ = json.Marshal(b.Status(ctx).Settings) // plain values always marshal
	e.New, _ = json.Marshal(set)
	if err := b.Set(ctx, set, in.Body.Passphrase, e); err != nil {
		return nil, err
	}
	return answerWith(b.Status(ctx))
}

func (s *Server) startBackup(ctx context.Context, in *body[StartBackup]) (*body[backup.Status], error) {
	b, err := s.backupService()
	if err != nil {
		return nil, err
	}
	to := in.Body.Target
	_, err = b.Start(ctx, actorOf(ctx).Name, to)
	switch {
	case errors.Is(err, backup.ErrRunning):
		return nil, errBackupRunning.with()
	case errors.Is(err, backup.ErrStopped):
		return nil, errNotReady.with()
	case err != nil:
		return nil, unlessTarget(err, to)
	}
	if err := s.store.Audit(ctx, entry(ctx, "backup.run", to)); err != nil {
		return nil, err
	}
	return answerWith(b.Status(ctx))
}

func (s *Server) cancelBackup(ctx context.Context, _ *nothing) (*body[backup.Status], error) {
	b, err := s.backupService()
	if err != nil {
		return nil, err
	}
	b.Cancel()
	if err := s.store.Audit(ctx, entry(ctx, "backup.cancel", "backup")); err != nil {
		return nil, err
	}
	return answerWith(b.Status(ctx))
}

// stream is an answer that is not held in memory.
type stream struct {
	Body func(huma.Context)
}

// streamOf sends what a reader gives. When that ends too early the connection is broken off, so that nobody takes a half
// file for a whole one.
func streamOf(r io.ReadCloser, name, kind string, size int64) *stream {
	return &stream{Body: func(c huma.Context) {
		defer r.Close()
		c.SetHeader("Content-Type", kind)
		c.SetHeader("Content-Disposition", disposition(name))
		if size >= 0 {
			c.SetHeader("Content-Length", strconv.FormatInt(size, 10))
		}
		c.SetStatus(http.StatusOK)
		n, err := io.Copy(c.BodyWriter(), r)
		if err != nil || size >= 0 && n != size {
			panic(http.ErrAbortHandler)
		}
	}}
}

func disposition(name string) string { return fmt.Sprintf("attachment; filename=%q", name) }

func (s *Server) downloadBackup(ctx context.Context, in *backupFile) (*stream, error) {
	b, err := s.backupService()
	if err != nil {
		return nil, err
	}
	r, size, err := b.Get(ctx, in.Target, in.Name)
	if errors.Is(err, target.ErrNotFound) {
		return nil, errNotFound.with("backup", in.Name)
	}
	if err != nil {
		return nil, unlessTarget(err, in.Target)
	}
	if err := s.store.Audit(ctx, entry(ctx, "backup.download", in.Name)); err != nil {
		_ = r.Close()
		return nil, err
	}
	return streamOf(r, in.Name, "application/zip", size), nil
}

func (s *Server) deleteBackup(ctx context.Context, in *backupFile) (*done, error) {
	b, err := s.backupService()
	if err != nil {
		return nil, err
	}
	err = b.Delete(ctx, in.Target, in.Name, entry(ctx, "backup.delete", in.Name))
	if errors.Is(err, target.ErrNotFound) {
		return nil, errNotFound.with("backup", in.Name)
	}
	return nil, unlessTarget(err, in.Target)
}

func (s *Server) listTargets(ctx context.Context, _ *nothing) (*body[Targets], error) {
	if s.places == nil {
		return nil, errBackupNone.with()
	}
	list, err := s.places.List(ctx)
	if err != nil {
		return nil, err
	}
	out := Targets{Targets: []KnownTarget{}}
	for _, t := range list {
		out.Targets = append(out.Targets, KnownTarget{t, s.places.HasSecret(ctx, t.ID)})
	}
	return answerWith(out)
}

func (s *Server) tryTarget(ctx context.Context, in *body[ChangedTarget]) (*done, error) {
	if s.places == nil {
		return nil, errBackupNone.with()
	}
	ctx, cancel := context.WithTimeout(ctx, targetTimeout)
	defer cancel()
	err := s.places.Try(ctx, in.Body.Settings, in.Body.Secret)
	if errors.As(err, new(spec.Problems)) {
		return nil, err
	}
	return nil, unlessTarget(err, in.Body.ID)
}

func (s *Server) changeTarget(ctx context.Context, in *struct {
	ID   string `path:"id" maxLength:"64"`
	Body ChangedTarget
}) (*done, error) {
	if s.places == nil {
		return nil, errBackupNone.with()
	}
	in.Body.ID = in.ID
	e := entry(ctx, "target.change", in.ID)
	e.New, _ = json.Marshal(in.Body.Settings) // plain values always marshal
	return nil, s.places.Set(ctx, in.Body.Settings, in.Body.Secret, e)
}

func (s *Server) removeTarget(ctx context.Context, in *struct {
	ID string `path:"id" maxLength:"64"`
}) (*done, error) {
	if s.places == nil {
		return nil, errBackupNone.with()
	}
	if s.backup != nil && s.backup.Status(ctx).Settings.Target == in.ID || s.exports != nil && s.exports.Uses(in.ID) {
		return nil, errTargetUsed.with(in.ID)
	}
	return nil, unless(s.places.Remove(ctx, in.ID, entry(ctx, "target.remove", in.ID)), "target", in.ID)
}
