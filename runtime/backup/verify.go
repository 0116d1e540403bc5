package backup

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/lineside/lineside/runtime/store"
)

// Verify tries whether a backup can be put back: it restores it into a new folder below dir, opens the store there, and
// compares every table with the manifest, by the number of its rows and a checksum over what they hold. check, if there is
// one, looks at the store as well. The folder is gone afterwards.
func Verify(ctx context.Context, name, dir string, check func(context.Context, *store.Store) error, report func(Progress)) (m *Manifest, err error) {
	f, err := Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	tmp, err := os.MkdirTemp(dir, ".try-")
	if err != nil {
		return nil, fmt.Errorf("try to restore: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(tmp)) }()
	if err := f.load(ctx, "", tmp, "", report); err != nil {
		return nil, fmt.Errorf("try to restore: %w", err)
	}
	if err := f.unpack(filepath.Join(tmp, "data")); err != nil {
		return nil, fmt.Errorf("try to restore: %w", err)
	}
	s, err := store.OpenBriefly(ctx, tmp)
	if err != nil {
		return nil, fmt.Errorf("open what was restored: %w", err)
	}
	defer s.Close()
	if f.Manifest.Schema == store.Schema() { // otherwise the tables are not the same any more
		if err := f.compare(ctx, s); err != nil {
			return nil, err
		}
	}
	if check != nil {
		if err := check(ctx, s); err != nil {
			return nil, fmt.Errorf("look at what was restored: %w", err)
		}
	}
	return &f.Manifest, nil
}

// compare finds a table that does not hold what the manifest says.
func (f *File) compare(ctx context.Context, s *store.Store) error {
	want := map[string]*Part{}
	for i := range f.Manifest.Parts {
		if name, ok := f.Manifest.Parts[i].table(); ok {
			want[name] = &f.Manifest.Parts[i]
		}
	}
	return s.Dump(ctx, func(d *store.Dump) error {
		for i := range d.Tables {
			t := &d.Tables[i]
			p := want[t.Name]
			if p == nil {
				return fmt.Errorf("the table %s is not in the backup", t.Name)
			}
			delete(want, t.Name)
			var sum content
			var packed []byte
			rows := int64(0)
			if err := d.Rows(ctx, t, func(row []any) (err error) {
				rows++
				if packed, err = appendRow(packed[:0], row); err == nil {
					sum.add(packed)
				}
				return err
			}); err != nil {
				return err
			}
			if rows != p.Rows || sum.String() != p.Content {
				return fmt.Errorf("the table %s was restored with %d rows that are not the %d of the backup", t.Name, rows, p.Rows)
			}
		}
		for name := range want {
			return fmt.Errorf("the table %s was not restored", name)
		}
		return nil
	})
}
