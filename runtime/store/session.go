package store

import (
	"context"
	"time"

	"gorm.io/gorm"
)

// Sessions keeps the sessions of browsers; it is a store of scs.
type Sessions struct{ s *Store }

// Sessions are the sessions of browsers.
func (s *Store) Sessions() *Sessions { return &Sessions{s} }

// Find implements scs.Store.
func (w *Sessions) Find(token string) ([]byte, bool, error) {
	return w.FindCtx(context.Background(), token)
}

// FindCtx implements scs.CtxStore.
func (w *Sessions) FindCtx(ctx context.Context, token string) ([]byte, bool, error) {
	var rows []sessionRow
	err := w.s.read(ctx).Limit(1).Find(&rows, "token = ? AND expiry > ?", token, time.Now().UnixMicro()).Error
	if err != nil || len(rows) == 0 {
		return nil, false, err
	}
	return rows[0].Data, true, nil
}

// Commit implements scs.Store.
func (w *Sessions) Commit(token string, data []byte, expiry time.Time) error {
	return w.CommitCtx(context.Background(), token, data, expiry)
}

// CommitCtx implements scs.CtxStore. It also removes what has expired.
func (w *Sessions) CommitCtx(ctx context.Context, token string, data []byte, expiry time.Time) error {
	return w.s.write(ctx, func(tx *gorm.DB) error {
		if err := tx.Delete(&sessionRow{}, "expiry <= ?", time.Now().UnixMicro()).Error; err != nil {
			return err
		}
		return tx.Save(&sessionRow{token, data, expiry.UnixMicro()}).Error
	})
}

// Delete implements scs.Store.
func (w *Sessions) Delete(token string) error { return w.DeleteCtx(context.Background(), token) }

// DeleteCtx implements scs.CtxStore.
func (w *Sessions) DeleteCtx(ctx context.Context, token string) error {
	return w.s.write(ctx, func(tx *gorm.DB) error { return tx.Delete(&sessionRow{}, "token = ?", token).Error })
}
