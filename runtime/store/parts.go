package store

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"

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
	// Put are elements that are new, changed or taken out.
	Put []Part
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

// etagOf is the ETag of a document in parts after a change of the one with the ETag old: whoever begins at the same and
// does the same comes to the same.
func (p *Parts) etagOf(old string, content []byte) string {
	h := sha256.New()
	put := func(b []byte) {
		var n [8]byte
		binary.BigEndian.PutUint64(n[:], uint64(len(b)))
		h.Write(n[:])
		h.Write(b)
	}
	put([]byte(old))
	put(content)
	for _, list := range p.Lists {
		put([]byte(list))
	}
	for i := range p.Put {
		put([]byte(p.Put[i].List))
		put(binary.BigEndian.AppendUint64(nil, uint64(p.Put[i].Place)))
		put(p.Put[i].Content)
	}
	return hex.EncodeToString(h.Sum(nil)[:12])
}

// partRows is how many rows one statement writes.
const partRows = 500

func saveParts(tx *gorm.DB, kind Kind, id string, p *Parts) error {
	of := tx.Where("kind = ? AND id = ?", string(kind), id).Session(&gorm.Session{})
	if len(p.Lists) > 0 {
		if err := of.Where("list IN ?", p.Lists).Delete(&partRow{}).Error; err != nil {
			return err
		}
	}
	rows := make([]partRow, 0, min(len(p.Put), partRows))
	flush := func() error {
		if len(rows) == 0 {
			return nil
		}
		err := tx.Clauses(clause.OnConflict{UpdateAll: true}).Create(&rows).Error
		rows = rows[:0]
		return err
	}
	for i := range p.Put {
		part := &p.Put[i]
		if len(part.Content) == 0 {
			if err := of.Where("list = ? AND place = ?", part.List, part.Place).Delete(&partRow{}).Error; err != nil {
				return err
			}
			continue
		}
		if rows = append(rows, partRow{string(kind), id, part.List, part.Place, part.Content}); len(rows) == partRows {
			if err := flush(); err != nil {
				return err
			}
		}
	}
	// Statements of any length would all be kept prepared.
	for i := range rows {
		if err := tx.Clauses(clause.OnConflict{UpdateAll: true}).Create(&rows[i]).Error; err != nil {
			return err
		}
	}
	return nil
}
