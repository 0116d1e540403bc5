package store

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"hash"
	"iter"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

// Part is one element of a list of a document that is kept in parts, so that a small change of a large document is a small
// one in the database, too.
type Part struct {
	// List is the list it is in, Place its place there: a number that only says what comes before what.
	List  string
	Place int64
	// Content is empty when the element is taken out.
	Content []byte
}

// Parts is a change of a document in parts.
type Parts struct {
	// Lists are those that begin anew: what is in them goes.
	Lists []string
	// Put gives the elements that are new, changed or taken out. It may be asked more than once.
	Put iter.Seq2[Part, error]
}

// EachPart reads the elements of a document list by list, in their order, and gives the rest of the document and
// its ETag; ErrNotFound when there is no such document.
func (s *Store) EachPart(ctx context.Context, kind Kind, id string, each func(Part) error) (Document, error) {
	var doc Document
	err := s.read(ctx).Transaction(func(tx *gorm.DB) (err error) {
		if doc, err = readDocument(tx, kind, id); err != nil {
			return err
		}
		rows, err := tx.Model(&partRow{}).Select("list", "place", "content").Where("kind = ? AND id = ?", string(kind), id).Order("list, place").Rows()
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var p Part
			if err := rows.Scan(&p.List, &p.Place, &p.Content); err != nil {
				return err
			}
			if err := each(p); err != nil {
				return fmt.Errorf("%s %d: %w", p.List, p.Place, err)
			}
		}
		return rows.Err()
	})
	return doc, err
}

// etag is the ETag of a document in parts while it is made, after a change of the one with the ETag old: whoever
// begins at the same and does the same comes to the same.
type etag struct{ hash.Hash }

func (e etag) add(b []byte) {
	var n [8]byte
	binary.BigEndian.PutUint64(n[:], uint64(len(b)))
	e.Write(n[:])
	e.Write(b)
}

// partRows is how many rows one statement writes.
const partRows = 500

// saveParts keeps the parts of a document whose other content is given, and had the ETag old.
func saveParts(tx *gorm.DB, old string, c Change) (string, error) {
	of := tx.Where("kind = ? AND id = ?", string(c.Kind), c.ID).Session(&gorm.Session{})
	e := etag{sha256.New()}
	e.add([]byte(old))
	e.add(c.Content)
	for _, list := range c.Parts.Lists {
		e.add([]byte(list))
		if err := of.Where("list = ?", list).Delete(&partRow{}).Error; err != nil {
			return "", err
		}
	}
	rows := make([]partRow, 0, partRows)
	for part, err := range c.Parts.Put {
		if err != nil {
			return "", err
		}
		e.add([]byte(part.List))
		e.add(binary.BigEndian.AppendUint64(nil, uint64(part.Place)))
		e.add(part.Content)
		if len(part.Content) == 0 {
			if err := of.Where("list = ? AND place = ?", part.List, part.Place).Delete(&partRow{}).Error; err != nil {
				return "", err
			}
			continue
		}
		rows = append(rows, partRow{string(c.Kind), c.ID, part.List, part.Place, part.Content})
		if len(rows) == partRows {
			if err := tx.Clauses(clause.OnConflict{UpdateAll: true}).Create(&rows).Error; err != nil {
				return "", err
			}
			rows = rows[:0]
		}
	}
	// Statements of any length would all be kept prepared.
	for i := range rows {
		if err := tx.Clauses(clause.OnConflict{UpdateAll: true}).Create(&rows[i]).Error; err != nil {
			return "", err
		}
	}
	return hex.EncodeToString(e.Sum(nil)[:12]), nil
}
