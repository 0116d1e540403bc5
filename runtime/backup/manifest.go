// Package backup makes one file of everything that a server keeps, configuration and history, while it runs; it puts it
// back, and it tries whether it can be put back.
//
// The file is a zip. Its parts are tables/<name>.rows with the rows of a table (see rows.go), the same whatever database they
// came from; files/<path> with files of the data folder; key, the key of the secrets, sealed with a passphrase, where there
// is one; and manifest.json, the last, which names them all with their SHA-256.
package backup

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/lineside/lineside/runtime/store"
)

// Format is the version of the file that this program writes, and the newest that it reads.
const Format = 1

const (
	manifestName = "manifest.json"
	keyName      = "key"
	readmeName   = "README.txt"
	tablePrefix  = "tables/"
	filePrefix   = "files/"
	// Suffix ends the names of backups.
	Suffix = ".lineside.zip"
)

// Limits of what is read.
const (
	maxManifest = 8 << 20
	maxParts    = 20_000
)

// Manifest says what is in a backup.
type Manifest struct {
	Format int `json:"format"`
	// Version of the program that wrote it, Schema that of its tables.
	Version string    `json:"version"`
	Schema  int       `json:"schema"`
	Created time.Time `json:"created"`
	// Database it was taken from: sqlite or postgres. It can be put back into either.
	Database string `json:"database" enum:"sqlite,postgres"`
	// KeyCheck tells whether a key is that of the secrets; "" when there was none.
	KeyCheck string `json:"keyCheck,omitempty"`
	// HasKey says that the key is in the file, sealed with a passphrase.
	HasKey bool   `json:"hasKey,omitempty"`
	Parts  []Part `json:"parts" nullable:"false"`
	Counts Counts `json:"counts"`
}

// Part is a file in the backup.
type Part struct {
	Name   string `json:"name"`
	Size   int64  `json:"size"`
	SHA256 string `json:"sha256"`
	// Columns and Rows are those of a table, Content a checksum over its rows in any order.
	Columns []store.Column `json:"columns,omitempty"`
	Rows    int64          `json:"rows,omitempty"`
	Content string         `json:"content,omitempty"`
}

// Counts are what a person looks for in a backup.
type Counts struct {
	Documents int64 `json:"documents"`
	Revisions int64 `json:"revisions"`
	Users     int64 `json:"users"`
	// Series are tags with a history, Samples their samples.
	Series  int64 `json:"series"`
	Samples int64 `json:"samples"`
	Rows    int64 `json:"rows"`
	Files   int64 `json:"files"`
}

var nameForm = regexp.MustCompile(`^lineside-(\d{8}-\d{6})(-[a-z0-9]{1,8})?\.lineside\.zip$`)

// Name of a backup that is taken at a time.
func Name(t time.Time) string { return "lineside-" + t.UTC().Format("20060102-150405") + Suffix }

// IsName reports whether a file has the name of a backup, and when that was taken.
func IsName(name string) (time.Time, bool) {
	m := nameForm.FindStringSubmatch(name)
	if m == nil {
		return time.Time{}, false
	}
	t, err := time.Parse("20060102-150405", m[1])
	if ms, bad := strconv.Atoi(strings.TrimPrefix(m[2], "-")); bad == nil && ms < 1000 { // the second one in a second
		t = t.Add(time.Duration(ms) * time.Millisecond)
	}
	return t, err == nil
}

// keyCheck tells keys apart and tells nothing of them.
func keyCheck(key []byte) string {
	h := hmac.New(sha256.New, key)
	_, _ = h.Write([]byte("lineside backup"))
	return hex.EncodeToString(h.Sum(nil)[:8])
}

// DamagedError says which part of a backup cannot be read.
type DamagedError struct {
	// Part is its name, "" when it is the file as a whole.
	Part string
	Err  error
}

// Error implements error.
func (e *DamagedError) Error() string {
	if e.Part == "" {
		return fmt.Sprintf("the file is no backup, or cut off: %v", e.Err)
	}
	return fmt.Sprintf("the backup is damaged in %s: %v", e.Part, e.Err)
}

// Unwrap is the cause.
func (e *DamagedError) Unwrap() error { return e.Err }

// NewerError says that a backup was written by a newer program.
type NewerError struct {
	Format, Schema int
	// Version of the program that can read it.
	Version string
}

// Error implements error.
func (e *NewerError) Error() string {
	return fmt.Sprintf("the backup was written by Lineside %s, which is newer: restore it with that version (it has format %d and tables %d, this version reads up to %d and %d)", e.Version, e.Format, e.Schema, Format, store.Schema())
}
