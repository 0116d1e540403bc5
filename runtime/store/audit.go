package store

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"time"

	"gorm.io/gorm"
)

// Entry is one line of the audit trail: who did what to what, from where, and how it ended.
type Entry struct {
	// ID counts from 1 without gaps. It, Hash and (when zero) Time are set by the store.
	ID     int64
	Time   time.Time
	Actor  string
	Origin string
	Action string
	Target string
	// Old and New are JSON; nil is nothing.
	Old, New json.RawMessage
	Reason   string
	Outcome  string
	Message  string
	// Hash is SHA-256 over the hash of the entry before and this entry, in hexadecimal.
	Hash string
}

// OutcomeGood is the outcome of what was done; OutcomeFailed of what was refused or failed.
const (
	OutcomeGood   = "good"
	OutcomeFailed = "failed"
)

// settingAudit holds number and hash of the last entry, so that a trail cut short is noticed.
const settingAudit = "audit.head"

// Audit appends entries to the trail.
func (s *Store) Audit(ctx context.Context, entries ...Entry) error {
	return s.write(ctx, func(tx *gorm.DB) error { return s.appendAudit(tx, entries) })
}

func (s *Store) appendAudit(tx *gorm.DB, entries []Entry) error {
	if len(entries) == 0 {
		return nil
	}
	var last auditRow
	if err := tx.Order("id DESC").Limit(1).Find(&last).Error; err != nil {
		return fmt.Errorf("audit trail: %w", err)
	}
	rows := make([]auditRow, len(entries))
	id, hash := last.ID, last.Hash
	for i, e := range entries {
		id++
		if e.Time.IsZero() {
			e.Time = time.Now()
		}
		if e.Outcome == "" {
			e.Outcome = OutcomeGood
		}
		r := auditRow{ID: id, Time: e.Time.UnixMicro(), Actor: clean(e.Actor), Origin: clean(e.Origin), Action: e.Action, Target: clean(e.Target),
			Old: clean(string(e.Old)), New: clean(string(e.New)), Reason: clean(e.Reason), Outcome: e.Outcome, Message: clean(e.Message)}
		r.Hash = r.chain(hash)
		hash = r.Hash
		rows[i] = r
	}
	if err := tx.Create(&rows).Error; err != nil {
		return fmt.Errorf("audit trail: %w", err)
	}
	if err := setSetting(tx, settingAudit, fmt.Sprintf("%d %s", id, hash)); err != nil {
		return fmt.Errorf("audit trail: %w", err)
	}
	return nil
}

// clean removes what PostgreSQL cannot hold in a text, so that what was hashed is what is read back.
func clean(s string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", "\uFFFD")
}

// chain is the hash of the row after the row with the hash before.
func (r auditRow) chain(before string) string {
	text, err := json.Marshal([]string{before, strconv.FormatInt(r.ID, 10), strconv.FormatInt(r.Time, 10), r.Actor, r.Origin, r.Action, r.Target, r.Old, r.New, r.Reason, r.Outcome, r.Message})
	if err != nil {
		panic(err) // strings always marshal
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

func (r auditRow) entry() Entry {
	e := Entry{ID: r.ID, Time: fromMicro(r.Time), Actor: r.Actor, Origin: r.Origin, Action: r.Action, Target: r.Target, Reason: r.Reason, Outcome: r.Outcome, Message: r.Message, Hash: r.Hash}
	if r.Old != "" {
		e.Old = json.RawMessage(r.Old)
	}
	if r.New != "" {
		e.New = json.RawMessage(r.New)
	}
	return e
}

// AuditPage lists entries, newest first: those before an id (0: from the newest) that
// contain q (case-insensitive) in actor, action, target, reason or message.
func (s *Store) AuditPage(ctx context.Context, before int64, limit int, q string) ([]Entry, error) {
	tx := s.read(ctx).Order("id DESC").Limit(limit)
	if before > 0 {
		tx = tx.Where("id < ?", before)
	}
	if q != "" {
		like := "%" + strings.NewReplacer(`\`, `\\`, "%", `\%`, "_", `\_`).Replace(strings.ToLower(q)) + "%"
		var or []string
		var args []any
		for _, column := range []string{"actor", "action", "target", "reason", "message"} {
			or = append(or, "LOWER("+column+`) LIKE ? ESCAPE '\'`)
			args = append(args, like)
		}
		tx = tx.Where(strings.Join(or, " OR "), args...)
	}
	var rows []auditRow
	if err := tx.Find(&rows).Error; err != nil {
		return nil, err
	}
	out := make([]Entry, len(rows))
	for i, r := range rows {
		out[i] = r.entry()
	}
	return out, nil
}

// ErrAudit says where the audit trail was tampered with.
type ErrAudit struct {
	// ID is the first entry that is not as it was written.
	ID int64
}

// Error implements error.
func (e *ErrAudit) Error() string {
	return fmt.Sprintf("the audit trail was changed at entry %d", e.ID)
}

// Verify follows the chain of hashes through the whole audit trail. The error is *ErrAudit
// when an entry was changed, removed or put in.
func (s *Store) Verify(ctx context.Context) error {
	// The head is read first: entries that come meanwhile are beyond it.
	head, err := s.Setting(ctx, settingAudit)
	if err != nil && !errors.Is(err, ErrNotFound) {
		return err
	}
	headID, headHash := int64(0), ""
	if number, hash, ok := strings.Cut(head, " "); ok {
		headHash = hash
		if headID, err = strconv.ParseInt(number, 10, 64); err != nil {
			return &ErrAudit{}
		}
	}
	hash, next := "", int64(1)
	for {
		var rows []auditRow
		if err := s.read(ctx).Order("id").Where("id >= ?", next).Limit(1000).Find(&rows).Error; err != nil {
			return err
		}
		for _, r := range rows {
			if r.ID != next || r.chain(hash) != r.Hash {
				return &ErrAudit{next}
			}
			hash = r.Hash
			if r.ID == headID && hash != headHash {
				return &ErrAudit{r.ID}
			}
			next++
		}
		if len(rows) < 1000 {
			break
		}
	}
	if next <= headID || headID == 0 && next > 1 {
		return &ErrAudit{next}
	}
	return nil
}

// verification remembers the last verification.
type verification struct {
	mu  sync.Mutex
	at  time.Time
	err error
}

// VerifiedWithin is Verify, but takes the result of a verification that is not older than age.
func (s *Store) VerifiedWithin(ctx context.Context, age time.Duration) error {
	s.verified.mu.Lock()
	defer s.verified.mu.Unlock()
	if !s.verified.at.IsZero() && time.Since(s.verified.at) < age {
		return s.verified.err
	}
	err := s.Verify(ctx)
	var broken *ErrAudit
	if err == nil || errors.As(err, &broken) {
		s.verified.at, s.verified.err = time.Now(), err
	}
	return err
}

func numeral(n int) json.RawMessage { return json.RawMessage(strconv.Itoa(n)) }
