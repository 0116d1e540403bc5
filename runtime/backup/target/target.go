// Package target writes files to places outside of the runtime: a folder, or a bucket of an S3 server. Backups,
// exports and reports go there.
package target

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"regexp"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/lineside/lineside/runtime/spec"
)

// Entry is a file at a target.
type Entry struct {
	Name     string    `json:"name"`
	Size     int64     `json:"size"`
	Modified time.Time `json:"modified"`
}

// Target is a place for files. Its methods may be called from any goroutine. A name is one segment of a path: see
// CheckName. Errors are sentences for a person; those of something that is not there wrap ErrNotFound.
type Target interface {
	// Put writes a file, in place of one with its name. It is there whole or not at all.
	Put(ctx context.Context, name string, r io.Reader) error
	// List gives the files there, by name; at most MaxEntries.
	List(ctx context.Context) ([]Entry, error)
	// Get reads a file.
	Get(ctx context.Context, name string) (io.ReadCloser, error)
	// Delete removes a file; it is no error when there is none.
	Delete(ctx context.Context, name string) error
}

// Errors that callers act on.
var (
	// ErrNotFound says that there is no such file.
	ErrNotFound = errors.New("there is no such file")
	// ErrFull says that the disk of the target is full.
	ErrFull = errors.New("the disk is full")
)

// MaxEntries is how many files List gives at most.
const MaxEntries = 10_000

// Kind of a target.
type Kind string

// The kinds.
const (
	Folder Kind = "folder"
	S3     Kind = "s3"
)

// Settings say where a target is.
type Settings struct {
	// ID names the target: 1 to 64 letters, digits, "_" and "-".
	ID string `json:"id" maxLength:"64"`
	// Title is what people call it.
	Title string `json:"title,omitempty" maxLength:"100"`
	// Kind: folder, or s3.
	Kind Kind `json:"kind" enum:"folder,s3"`
	// Path is the absolute path of the folder.
	Path string `json:"path,omitempty" maxLength:"1000"`
	// Endpoint is the address of the S3 server: "https://s3.eu-central-1.amazonaws.com", "http://nas:9000".
	Endpoint string `json:"endpoint,omitempty" maxLength:"300"`
	// Bucket must be there; Prefix begins the names of the files in it.
	Bucket string `json:"bucket,omitempty" maxLength:"63"`
	Prefix string `json:"prefix,omitempty" maxLength:"300"`
	Region string `json:"region,omitempty" maxLength:"64"`
	// PathStyle puts the bucket behind the host (MinIO and most others); otherwise it is before it (Amazon).
	PathStyle bool `json:"pathStyle,omitempty"`
	// AccessKey is the name by which the server knows us. Its secret is kept apart.
	AccessKey string `json:"accessKey,omitempty" maxLength:"200"`
}

var (
	idForm     = regexp.MustCompile(`^[A-Za-z0-9_-]{1,64}$`)
	bucketForm = regexp.MustCompile(`^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$`)
	prefixForm = regexp.MustCompile(`^[A-Za-z0-9_.!*'()-]+(/[A-Za-z0-9_.!*'()-]+)*$`)
)

// Check finds what is wrong with the settings of a target.
func (s *Settings) Check() (ps spec.Problems) {
	if !idForm.MatchString(s.ID) {
		ps.Add("id_form", "/id", `Write 1 to 64 letters, digits, "_" and "-".`, "%q cannot be an id.", s.ID)
	}
	switch s.Kind {
	case Folder:
		if s.Path == "" {
			ps.Add("value_missing", "/path", "Give the absolute path of a folder of the server.", "The folder is missing.")
		} else if !filepath.IsAbs(s.Path) || strings.ContainsRune(s.Path, 0) {
			ps.Add("value_format", "/path", "Give the absolute path of a folder of the server.", "%q is no absolute path.", s.Path)
		}
	case S3:
		if _, _, err := splitEndpoint(s.Endpoint); err != nil {
			ps.Add("value_format", "/endpoint", `Write it like "https://s3.example.com" or "http://192.0.2.7:9000".`, "%q is not the address of an S3 server.", s.Endpoint)
		}
		if !bucketForm.MatchString(s.Bucket) || strings.Contains(s.Bucket, "..") {
			ps.Add("value_format", "/bucket", "Write 3 to 63 small letters, digits, dots and hyphens.", "%q cannot be the name of a bucket.", s.Bucket)
		}
		if s.Prefix != "" && (!prefixForm.MatchString(s.Prefix) || strings.Contains("/"+s.Prefix+"/", "/../") || strings.Contains("/"+s.Prefix+"/", "/./")) {
			ps.Add("value_format", "/prefix", `Write it like "plant1/backup", without a slash at its ends.`, "%q cannot begin the names of files.", s.Prefix)
		}
		if s.AccessKey == "" {
			ps.Add("value_missing", "/accessKey", "Give the access key of the S3 server.", "The access key is missing.")
		}
	default:
		ps = append(ps, spec.OneOf("value_choice", "/kind", fmt.Sprintf("There is no kind of target %q.", s.Kind), string(s.Kind), []string{string(Folder), string(S3)}))
	}
	return ps
}

// Open makes a target of its settings, which were checked; secret is that of the access key. It does not connect.
func Open(s Settings, secret string) (Target, error) {
	switch s.Kind {
	case Folder:
		return NewFolder(s.Path), nil
	case S3:
		return newS3(s, secret)
	}
	return nil, fmt.Errorf("there is no kind of target %q", s.Kind)
}

// CheckName says whether a name may be one of a file: one segment of a path, 1 to 200 bytes, that does not begin with a
// dot and has no slashes and control characters.
func CheckName(name string) error {
	switch {
	case name == "", len(name) > 200, !utf8.ValidString(name), name[0] == '.', strings.HasSuffix(name, partSuffix),
		strings.ContainsAny(name, `/\:*?"<>|`), strings.ContainsFunc(name, unicode.IsControl), strings.TrimSpace(name) != name:
		return fmt.Errorf("%q cannot be the name of a file", name)
	}
	return nil
}

// tryText is what Try writes.
const tryText = "Lineside tried whether it may write here. This file can be deleted.\n"

// Try writes a small file, reads it back and deletes it. The error says which of them failed.
func Try(ctx context.Context, t Target) error {
	name := fmt.Sprintf("lineside-try-%d.txt", time.Now().UnixNano())
	if err := t.Put(ctx, name, strings.NewReader(tryText)); err != nil {
		return fmt.Errorf("write a file: %w", err)
	}
	r, err := t.Get(ctx, name)
	if err == nil {
		var text []byte
		text, err = io.ReadAll(io.LimitReader(r, 1000))
		err = errors.Join(err, r.Close())
		if err == nil && string(text) != tryText {
			err = errors.New("something else came back than was written")
		}
	}
	if err != nil {
		return errors.Join(fmt.Errorf("read the file back: %w", err), t.Delete(ctx, name))
	}
	if err := t.Delete(ctx, name); err != nil {
		return fmt.Errorf("delete the file: %w", err)
	}
	return nil
}
