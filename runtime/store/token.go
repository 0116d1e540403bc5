package store

import (
	"context"
	"time"

	"gorm.io/gorm"

	"github.com/lineside/lineside/runtime/auth"
)

// Token is an API token. Its secret is known to its holder only.
type Token struct {
	Name string
	// Hash is SHA-256 of the secret in hexadecimal.
	Hash string
	// Owner is the user in whose name it acts, never with more rights than theirs.
	Owner  string
	Grants []auth.Grant
	// Actions cut the grants; none cuts nothing.
	Actions  []string
	Expires  time.Time
	Created  time.Time
	LastUsed time.Time
}

func (r tokenRow) token() Token {
	return Token{r.Name, r.Hash, r.Owner, r.Grants, r.Actions, fromMicro(r.Expires), fromMicro(r.Created), fromMicro(r.LastUsed)}
}

// Tokens lists the tokens of an owner, or all when owner is "".
func (s *Store) Tokens(ctx context.Context, owner string) ([]Token, error) {
	q := s.read(ctx).Order("name")
	if owner != "" {
		q = q.Where("owner = ?", userKey(owner))
	}
	var rows []tokenRow
	if err := q.Find(&rows).Error; err != nil {
		return nil, err
	}
	out := make([]Token, len(rows))
	for i, r := range rows {
		out[i] = r.token()
	}
	return out, nil
}

// Token finds a token by name; ErrNotFound when there is none.
func (s *Store) Token(ctx context.Context, name string) (Token, error) {
	var row tokenRow
	err := s.read(ctx).First(&row, "name = ?", name).Error
	return row.token(), known(err)
}

// TokenByHash finds a token by the hash of its secret.
func (s *Store) TokenByHash(ctx context.Context, hash string) (Token, error) {
	var row tokenRow
	err := s.read(ctx).First(&row, "hash = ?", hash).Error
	return row.token(), known(err)
}

// AddToken adds a token; ErrExists when the name is taken.
func (s *Store) AddToken(ctx context.Context, t Token, entries ...Entry) error {
	return s.write(ctx, func(tx *gorm.DB) error {
		row := tokenRow{t.Name, t.Hash, userKey(t.Owner), t.Grants, t.Actions, toMicro(t.Expires), time.Now().UnixMicro(), 0}
		if err := tx.Create(&row).Error; err != nil {
			return known(err)
		}
		return s.appendAudit(tx, entries)
	})
}

// RemoveToken removes a token; ErrNotFound when there is none.
func (s *Store) RemoveToken(ctx context.Context, name string, entries ...Entry) error {
	return s.write(ctx, func(tx *gorm.DB) error {
		done := tx.Delete(&tokenRow{}, "name = ?", name)
		if done.Error != nil {
			return done.Error
		}
		if done.RowsAffected == 0 {
			return ErrNotFound
		}
		return s.appendAudit(tx, entries)
	})
}

// TokenUsed notes when a token was last used.
func (s *Store) TokenUsed(ctx context.Context, name string, at time.Time) error {
	return s.write(ctx, func(tx *gorm.DB) error {
		return tx.Model(&tokenRow{}).Where("name = ?", name).Update("last_used", at.UnixMicro()).Error
	})
}
