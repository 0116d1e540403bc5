package store

import (
	"context"
	"errors"
	"time"

	"gorm.io/gorm"
)

// Installation is an installed app, without its documents.
type Installation struct {
	ID      string
	Created time.Time
	// Revision is the published one, 0 when none was published.
	Revision int
}

// Kinds of revisions.
const (
	// Published is a revision that was put to work.
	Published = ""
	// Saved is one that somebody gave a name without publishing it.
	Saved = "saved"
	// Kept is what lost a race of two saves; the oldest make room for new ones.
	Kept = "kept"
)

// maxSaved and maxKept bound how many revisions of an app are kept without being published.
const (
	maxSaved = 500
	maxKept  = 30
)

// ErrTooMany is returned when no more of something is kept.
var ErrTooMany = errors.New("too many")

// Revision is one state of an app that was published or kept. It never changes. All kinds are
// counted together.
type Revision struct {
	Number  int
	Kind    string
	Content []byte
	ETag    string
	Version string
	Comment string
	Author  string
	Created time.Time
}

// Installations lists all by id.
func (s *Store) Installations(ctx context.Context) ([]Installation, error) {
	var rows []installationRow
	if err := s.read(ctx).Order("id").Find(&rows).Error; err != nil {
		return nil, err
	}
	out := make([]Installation, len(rows))
	for i, r := range rows {
		out[i] = Installation{r.ID, fromMicro(r.Created), r.Revision}
	}
	return out, nil
}

// Installation finds one; ErrNotFound when there is none.
func (s *Store) Installation(ctx context.Context, id string) (Installation, error) {
	var r installationRow
	if err := s.read(ctx).First(&r, "id = ?", id).Error; err != nil {
		return Installation{}, known(err)
	}
	return Installation{r.ID, fromMicro(r.Created), r.Revision}, nil
}

// Install makes an installation with its first draft and mapping; ErrExists when the id is taken.
func (s *Store) Install(ctx context.Context, id string, draft, mapping []byte, author string, entries ...Entry) error {
	return s.write(ctx, func(tx *gorm.DB) error {
		if err := tx.Create(&installationRow{ID: id, Created: time.Now().UnixMicro()}).Error; err != nil {
			return known(err)
		}
		if _, err := saveDocument(tx, Draft, id, draft, author); err != nil {
			return err
		}
		if _, err := saveDocument(tx, Mapping, id, mapping, author); err != nil {
			return err
		}
		return s.appendAudit(tx, entries)
	})
}

// Uninstall removes an installation with its documents and revisions.
func (s *Store) Uninstall(ctx context.Context, id string, entries ...Entry) error {
	return s.write(ctx, func(tx *gorm.DB) error {
		done := tx.Delete(&installationRow{}, "id = ?", id)
		if done.Error != nil {
			return done.Error
		}
		if done.RowsAffected == 0 {
			return ErrNotFound
		}
		if err := tx.Delete(&documentRow{}, "id = ? AND kind IN ?", id, []string{string(Draft), string(Mapping)}).Error; err != nil {
			return err
		}
		if err := tx.Delete(&revisionRow{}, "installation = ?", id).Error; err != nil {
			return err
		}
		return s.appendAudit(tx, entries)
	})
}

// Publish makes a new revision of content, which must still be the draft under want (or
// AnyETag, then content becomes the draft), and makes it the published one.
func (s *Store) Publish(ctx context.Context, id string, content []byte, want string, r Revision, entries ...Entry) (number int, err error) {
	err = s.write(ctx, func(tx *gorm.DB) error {
		var inst installationRow
		if err := tx.First(&inst, "id = ?", id).Error; err != nil {
			return known(err)
		}
		present, err := checkETag(tx, Draft, id, want)
		if err != nil {
			return err
		}
		if ETagOf(content) != present {
			if _, err := saveDocument(tx, Draft, id, content, r.Author); err != nil {
				return err
			}
		}
		r.Kind = Published
		if number, err = addRevision(tx, id, content, r); err != nil {
			return err
		}
		if err := tx.Model(&installationRow{}).Where("id = ?", id).Update("revision", number).Error; err != nil {
			return err
		}
		for i := range entries {
			entries[i].Old, entries[i].New = numeral(inst.Revision), numeral(number)
		}
		return s.appendAudit(tx, entries)
	})
	return number, err
}

func addRevision(tx *gorm.DB, id string, content []byte, r Revision) (number int, err error) {
	var last revisionRow
	if err := tx.Select("number").Where("installation = ?", id).Order("number DESC").Limit(1).Find(&last).Error; err != nil {
		return 0, err
	}
	row := revisionRow{Installation: id, Number: last.Number + 1, Kind: r.Kind, Content: content, ETag: ETagOf(content), Version: r.Version, Comment: r.Comment, Author: r.Author, Created: time.Now().UnixMicro()}
	return row.Number, tx.Create(&row).Error
}

// Keep makes a revision of content without publishing it; r.Kind is Saved or Kept. ErrTooMany
// says that as many are saved as may be; of what is kept the oldest goes.
func (s *Store) Keep(ctx context.Context, id string, content []byte, r Revision, entries ...Entry) (number int, err error) {
	err = s.write(ctx, func(tx *gorm.DB) error {
		if err := tx.First(&installationRow{}, "id = ?", id).Error; err != nil {
			return known(err)
		}
		var there []int
		if err := tx.Model(&revisionRow{}).Where("installation = ? AND kind = ?", id, r.Kind).Order("number").Pluck("number", &there).Error; err != nil {
			return err
		}
		switch {
		case r.Kind == Saved && len(there) >= maxSaved:
			return ErrTooMany
		case r.Kind == Kept && len(there) >= maxKept:
			old := there[:len(there)-maxKept+1]
			if err := tx.Delete(&revisionRow{}, "installation = ? AND number IN ?", id, old).Error; err != nil {
				return err
			}
		}
		if number, err = addRevision(tx, id, content, r); err != nil {
			return err
		}
		for i := range entries {
			entries[i].New = numeral(number)
		}
		return s.appendAudit(tx, entries)
	})
	return number, err
}

// Revisions lists the revisions of an installation of all kinds, newest first, without their content.
func (s *Store) Revisions(ctx context.Context, id string) ([]Revision, error) {
	var rows []revisionRow
	if err := s.read(ctx).Omit("content").Where("installation = ?", id).Order("number DESC").Find(&rows).Error; err != nil {
		return nil, err
	}
	out := make([]Revision, len(rows))
	for i, r := range rows {
		out[i] = r.revision()
	}
	return out, nil
}

// Revision reads one revision; ErrNotFound when there is none.
func (s *Store) Revision(ctx context.Context, id string, number int) (Revision, error) {
	var r revisionRow
	if err := s.read(ctx).First(&r, "installation = ? AND number = ?", id, number).Error; err != nil {
		return Revision{}, known(err)
	}
	return r.revision(), nil
}

// RevisionHead is Revision without the content.
func (s *Store) RevisionHead(ctx context.Context, id string, number int) (Revision, error) {
	var r revisionRow
	if err := s.read(ctx).Omit("content").First(&r, "installation = ? AND number = ?", id, number).Error; err != nil {
		return Revision{}, known(err)
	}
	return r.revision(), nil
}

func (r revisionRow) revision() Revision {
	return Revision{r.Number, r.Kind, r.Content, r.ETag, r.Version, r.Comment, r.Author, fromMicro(r.Created)}
}
