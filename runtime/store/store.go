// Package store keeps everything that must outlive the process: documents, revisions, users,
// tokens, sessions, secrets, values of memory tags and the audit trail. It is SQL through
// gorm: SQLite in the data folder, or PostgreSQL by URL. What a method has acknowledged is
// on disk.
package store

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"gorm.io/driver/postgres"
	"gorm.io/gorm"
	"gorm.io/gorm/logger"
	moderncsqlite "modernc.org/sqlite"
)

// Errors that callers act on.
var (
	// ErrNotFound says that there is no such thing.
	ErrNotFound = errors.New("not found")
	// ErrExists says that the name is taken.
	ErrExists = errors.New("exists already")
	// ErrFull says that the disk of the database is full: nothing was changed.
	ErrFull = errors.New("the disk is full")
)

// ErrConflict says that a document was changed by somebody else since it was read.
type ErrConflict struct {
	// ETag is the present one, "" when the document does not exist.
	ETag string
}

// Error implements error.
func (e *ErrConflict) Error() string { return "the document was changed in the meantime" }

// FileName is the name of the SQLite file in the data folder.
const FileName = "lineside.db"

// Store is an open database. Its methods may be called from any goroutine.
type Store struct {
	db  *gorm.DB
	dir string
	key []byte // of secrets

	// writing lets one transaction of this process write at a time, so that none waits for
	// a lock inside the database.
	writing  sync.Mutex
	postgres bool
	verified verification
	// roomy says that room is kept for a full disk.
	roomy atomic.Bool
}

// Open opens the database at url, or the SQLite file in dir when url is "". It creates what
// is missing, brings an older schema up to date (after copying a SQLite file beside it) and
// refuses a newer one. dir also holds the key of the secrets.
func Open(ctx context.Context, url, dir string) (*Store, error) {
	return openStore(ctx, url, dir, true)
}

// OpenBriefly is Open for a look: it keeps no statements prepared, for which gorm would keep a goroutine for ever.
func OpenBriefly(ctx context.Context, dir string) (*Store, error) {
	return openStore(ctx, "", dir, false)
}

func openStore(ctx context.Context, url, dir string, prepare bool) (*Store, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("data folder: %w", err)
	}
	s := &Store{dir: dir}
	var err error
	if s.key, err = loadKey(filepath.Join(dir, keyFile)); err != nil {
		return nil, err
	}
	var dialector gorm.Dialector
	switch {
	case url == "":
		dialector = openSQLite(filepath.Join(dir, FileName))
	case strings.HasPrefix(url, "postgres://"), strings.HasPrefix(url, "postgresql://"):
		dialector = postgres.Open(url)
		s.postgres = true
	default:
		return nil, errors.New("the database address is not of the form postgres://user:password@host/name")
	}
	s.db, err = gorm.Open(dialector, &gorm.Config{
		Logger: logger.Discard, TranslateError: true, SkipDefaultTransaction: true, PrepareStmt: prepare,
	})
	if err != nil {
		return nil, fmt.Errorf("open database: %w", err)
	}
	pool, err := s.db.DB()
	if err != nil {
		return nil, fmt.Errorf("open database: %w", err)
	}
	pool.SetMaxOpenConns(8)
	pool.SetMaxIdleConns(4)
	pool.SetConnMaxIdleTime(5 * time.Minute)
	if err := s.migrate(ctx, migrations); err != nil {
		_ = pool.Close()
		return nil, err
	}
	return s, nil
}

// Close closes the database.
func (s *Store) Close() error {
	pool, err := s.db.DB()
	if err != nil {
		return err
	}
	return pool.Close()
}

// Ping reports whether the database answers.
func (s *Store) Ping(ctx context.Context) error {
	pool, err := s.db.DB()
	if err != nil {
		return err
	}
	return pool.PingContext(ctx)
}

// advisory is the key of the PostgreSQL lock that writers of all processes share.
const advisory = 0x6c696e65

// write runs f in a transaction, one at a time among all processes. When f or the commit fails, nothing has changed.
func (s *Store) write(ctx context.Context, f func(tx *gorm.DB) error) error {
	s.writing.Lock()
	defer s.writing.Unlock()
	err := s.db.WithContext(ctx).Transaction(func(tx *gorm.DB) error {
		if s.postgres {
			if err := tx.Exec("SELECT pg_advisory_xact_lock(?)", advisory).Error; err != nil {
				return err
			}
		}
		return f(tx)
	})
	if isFull(err) {
		return fmt.Errorf("%w: %w", ErrFull, err)
	}
	return err
}

// isFull reports whether a database says that it has no room: SQLite by code 13
// (sqlite.org/rescode.html), PostgreSQL by class 53 (disk_full).
func isFull(err error) bool {
	var lite *moderncsqlite.Error
	var state interface{ SQLState() string }
	return errors.As(err, &lite) && lite.Code()&0xff == 13 || errors.As(err, &state) && state.SQLState() == "53100"
}

// IsAway reports whether an error says that the database server cannot be reached, or is just going: it comes back by itself
// or by somebody's doing. The codes are PostgreSQL's classes 08 (connection exception) and 57P (operator intervention).
func IsAway(err error) bool {
	var refused *pgconn.ConnectError
	var state interface{ SQLState() string }
	return errors.As(err, &refused) || errors.As(err, &state) && (strings.HasPrefix(state.SQLState(), "08") || strings.HasPrefix(state.SQLState(), "57P"))
}

func (s *Store) read(ctx context.Context) *gorm.DB { return s.db.WithContext(ctx) }

// known turns gorm's sentinels into those of this package.
func known(err error) error {
	switch {
	case errors.Is(err, gorm.ErrRecordNotFound):
		return ErrNotFound
	case errors.Is(err, gorm.ErrDuplicatedKey):
		return ErrExists
	}
	return err
}

// Times are kept as microseconds since 1970, the same in every database; 0 is no time.
func toMicro(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

func fromMicro(us int64) time.Time {
	if us == 0 {
		return time.Time{}
	}
	return time.UnixMicro(us).UTC()
}
