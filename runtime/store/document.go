package store

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

// Kind is a kind of document that is edited under an ETag.
type Kind string

// The kinds of document. The plant has the id ""; the others that of their installation.
const (
	Plant   Kind = "plant"
	Draft   Kind = "draft"
	Mapping Kind = "mapping"
)

// Document is the present text of a document.
type Document struct {
	Content []byte
	// ETag is a hash of the content, without quotes.
	ETag    string
	Updated time.Time
	Author  string
}

// AnyETag as the wanted ETag saves whatever is there, NoETag only when nothing is there.
const (
	AnyETag = "*"
	NoETag  = ""
)

// ETagOf is the ETag of a content.
func ETagOf(content []byte) string {
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:12])
}

// Document reads a document; ErrNotFound when there is none.
func (s *Store) Document(ctx context.Context, kind Kind, id string) (Document, error) {
	return readDocument(s.read(ctx), kind, id)
}

// DocumentHead is Document without the content.
func (s *Store) DocumentHead(ctx context.Context, kind Kind, id string) (Document, error) {
	return readDocument(s.read(ctx).Omit("content"), kind, id)
}

func readDocument(tx *gorm.DB, kind Kind, id string) (Document, error) {
	var row documentRow
	if err := tx.First(&row, "kind = ? AND id = ?", string(kind), id).Error; err != nil {
		return Document{}, known(err)
	}
	return Document{row.Content, row.ETag, fromMicro(row.Updated), row.Author}, nil
}

// Save keeps a document if its present ETag is want (or want is AnyETag) and returns the new
// one. Somebody else's save in between is *ErrConflict. Entries go to the audit trail in the
// same transaction, with old and new ETag filled in.
func (s *Store) Save(ctx context.Context, kind Kind, id string, content []byte, want, author string, entries ...Entry) (etag string, err error) {
	err = s.write(ctx, func(tx *gorm.DB) error {
		old, err := checkETag(tx, kind, id, want)
		if err != nil {
			return err
		}
		if etag, err = saveDocument(tx, kind, id, content, author); err != nil {
			return err
		}
		for i := range entries {
			if entries[i].Old == nil && old != "" {
				entries[i].Old = quoted(old)
			}
			if entries[i].New == nil {
				entries[i].New = quoted(etag)
			}
		}
		return s.appendAudit(tx, entries)
	})
	return etag, err
}

// checkETag returns the present ETag, "" when there is no document, if it is the wanted one.
func checkETag(tx *gorm.DB, kind Kind, id, want string) (string, error) {
	var row documentRow
	err := tx.Select("etag").First(&row, "kind = ? AND id = ?", string(kind), id).Error
	if err != nil && !errors.Is(err, gorm.ErrRecordNotFound) {
		return "", err
	}
	if want != AnyETag && want != row.ETag {
		return "", &ErrConflict{ETag: row.ETag}
	}
	return row.ETag, nil
}

func saveDocument(tx *gorm.DB, kind Kind, id string, content []byte, author string) (string, error) {
	return saveChange(tx, "", Change{Kind: kind, ID: id, Content: content}, author)
}

// saveChange keeps a document that had the ETag old.
func saveChange(tx *gorm.DB, old string, c Change, author string) (string, error) {
	row := documentRow{Kind: string(c.Kind), ID: c.ID, Content: bytes.Clone(c.Content), ETag: ETagOf(c.Content), Updated: time.Now().UnixMicro(), Author: author}
	if c.Parts != nil {
		var err error
		if row.ETag, err = saveParts(tx, old, c); err != nil {
			return "", err
		}
	}
	// Not Save, which inserts when a part of the key is "".
	return row.ETag, tx.Clauses(clause.OnConflict{UpdateAll: true}).Create(&row).Error
}

func quoted(s string) []byte { return []byte(`"` + s + `"`) }
