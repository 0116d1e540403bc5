package store

import (
	"context"

	"gorm.io/gorm"
)

// Change is a new content of a document.
type Change struct {
	Kind    Kind
	ID      string
	Content []byte
	// Parts are changes of the lists of a document that is kept in parts; Content is the rest of it.
	Parts *Parts
	// Want is the present ETag, as for Save.
	Want string
}

// SaveMany keeps several documents, or none of them: when one was changed by somebody else in between
// it is *ErrConflict. It returns their new ETags. Entries go to the audit trail in the same
// transaction.
func (s *Store) SaveMany(ctx context.Context, changes []Change, author string, entries ...Entry) (etags []string, err error) {
	err = s.write(ctx, func(tx *gorm.DB) error {
		etags = etags[:0]
		for _, c := range changes {
			old, err := checkETag(tx, c.Kind, c.ID, c.Want)
			if err != nil {
				return err
			}
			etag, err := saveChange(tx, old, c, author)
			if err != nil {
				return err
			}
			etags = append(etags, etag)
		}
		return s.appendAudit(tx, entries)
	})
	return etags, err
}
