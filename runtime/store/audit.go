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
		like := containing(q)
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

// containing is the pattern of LIKE (with \ as ESCAPE) for what contains a text, in lower case.
func containing(text string) string {
	return "%" + strings.NewReplacer(`\`, `\\`, "%", `\%`, "_", `\_`).Replace(strings.ToLower(text)) + "%"
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
	_, err := s.verify(ctx, link{})
	return err
}

// link is an entry of the chain that was found right.
type link struct {
	id   int64
	hash string
}

// verify follows the chain behind an entry that is right, and returns the last one.
func (s *Store) verify(ctx context.Context, from link) (link, error) {
	// The head is read first: entries that come meanwhile are beyond it.
	text, err := s.Setting(ctx, settingAudit)
	if err != nil && !errors.Is(err, ErrNotFound) {
		return from, err
	}
	var head link
	if number, hash, ok := strings.Cut(text, " "); ok {
		head.hash = hash
		if head.id, err = strconv.ParseInt(number, 10, 64); err != nil {
			return from, &ErrAudit{}
		}
	}
	at := from
	for more := true; more; {
		var rows []auditRow
		if err := s.read(ctx).Order("id").Where("id > ?", at.id).Limit(1000).Find(&rows).Error; err != nil {
			return at, err
		}
		for _, r := range rows {
			if r.ID != at.id+1 || r.chain(at.hash) != r.Hash || r.ID == head.id && r.Hash != head.hash {
				return at, &ErrAudit{at.id + 1}
			}
			at = link{r.ID, r.Hash}
		}
		more = len(rows) == 1000
	}
	if at.id < head.id || head.id == 0 && at.id > 0 {
		return at, &ErrAudit{at.id + 1}
	}
	return at, nil
}

// verification remembers the last verification of everything, and how far it has come since.
type verification struct {
	mu  sync.Mutex
	at  time.Time
	end link
}

// VerifiedWithin is Verify, but follows only what is new when everything was verified not
// longer than age ago.
func (s *Store) VerifiedWithin(ctx context.Context, age time.Duration) error {
	v := &s.verified
	v.mu.Lock()
	defer v.mu.Unlock()
	now, from := time.Now(), v.end
	if v.at.IsZero() || now.Sub(v.at) > age {
		from = link{}
	}
	end, err := s.verify(ctx, from)
	if err != nil {
		v.at = time.Time{}
		return err
	}
	if from == (link{}) {
		v.at = now
	}
	v.end = end
	return nil
}

func numeral(n int) json.RawMessage { return json.RawMessage(strconv.Itoa(n)) }
