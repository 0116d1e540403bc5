package store

import (
	"context"
	"crypto/subtle"
	"errors"
	"strings"
	"time"

	"gorm.io/gorm"

	"github.com/lineside/lineside/runtime/auth"
	"github.com/lineside/lineside/runtime/unit"
)

// User is somebody who may log in.
type User struct {
	Name string
	// Hash is the argon2id hash of the password.
	Hash     string
	Grants   []auth.Grant
	Language string
	Theme    string
	Disabled bool
	// Epoch is raised when the sessions of the user must end.
	Epoch     int
	Created   time.Time
	LastLogin time.Time
	// Units are those in which the user wants to see values; nil when none were chosen.
	Units *unit.Preference
}

func (r userRow) user() User {
	return User{r.Name, r.Hash, r.Grants, r.Language, r.Theme, r.Disabled, r.Epoch, fromMicro(r.Created), fromMicro(r.LastLogin), r.Units}
}

func (u User) row() userRow {
	return userRow{userKey(u.Name), u.Name, u.Hash, u.Grants, u.Language, u.Theme, u.Disabled, u.Epoch, toMicro(u.Created), toMicro(u.LastLogin), u.Units}
}

func userKey(name string) string { return strings.ToLower(name) }

// Users lists all by name.
func (s *Store) Users(ctx context.Context) ([]User, error) {
	var rows []userRow
	if err := s.read(ctx).Order("key").Find(&rows).Error; err != nil {
		return nil, err
	}
	out := make([]User, len(rows))
	for i, r := range rows {
		out[i] = r.user()
	}
	return out, nil
}

// User finds a user, whatever the case of the name; ErrNotFound when there is none.
func (s *Store) User(ctx context.Context, name string) (User, error) {
	var row userRow
	err := s.read(ctx).First(&row, "key = ?", userKey(name)).Error
	return row.user(), known(err)
}

// HasUsers reports whether anybody can log in at all.
func (s *Store) HasUsers(ctx context.Context) (bool, error) {
	var n int64
	err := s.read(ctx).Model(&userRow{}).Limit(1).Count(&n).Error
	return n > 0, err
}

// AddUser adds a user; ErrExists when the name is taken.
func (s *Store) AddUser(ctx context.Context, u User, entries ...Entry) error {
	return s.write(ctx, func(tx *gorm.DB) error { return s.addUser(tx, u, entries) })
}

// AddFirstUser adds a user and uses up the set-up token, if there is no user yet and hash is
// the one that was kept; else ErrNotFound.
func (s *Store) AddFirstUser(ctx context.Context, hash string, u User, entries ...Entry) error {
	return s.write(ctx, func(tx *gorm.DB) error {
		var n int64
		if err := tx.Model(&userRow{}).Count(&n).Error; err != nil {
			return err
		}
		used := tx.Delete(&settingRow{}, "name = ? AND value = ?", settingSetup, hash)
		switch {
		case used.Error != nil:
			return used.Error
		case n > 0 || used.RowsAffected == 0:
			return ErrNotFound
		}
		return s.addUser(tx, u, entries)
	})
}

func (s *Store) addUser(tx *gorm.DB, u User, entries []Entry) error {
	u.Created = time.Now()
	row := u.row()
	if err := tx.Create(&row).Error; err != nil {
		return known(err)
	}
	return s.appendAudit(tx, entries)
}

// settingSetup is the setting that holds the hash of the set-up token.
const settingSetup = "setup"

// SetSetup keeps the hash of the set-up token in place of an earlier one.
func (s *Store) SetSetup(ctx context.Context, hash string) error {
	return s.SetSetting(ctx, settingSetup, hash)
}

// IsSetup reports whether hash is that of the set-up token.
func (s *Store) IsSetup(ctx context.Context, hash string) (bool, error) {
	kept, err := s.Setting(ctx, settingSetup)
	if errors.Is(err, ErrNotFound) {
		return false, nil
	}
	return subtle.ConstantTimeCompare([]byte(kept), []byte(hash)) == 1, err
}

// ChangeUser reads a user, lets change alter it (not its name) and keeps it, all at once.
// It gives the other users too, so that change can refuse to lose the last administrator.
func (s *Store) ChangeUser(ctx context.Context, name string, change func(u *User, others []User) error, entries ...Entry) error {
	return s.write(ctx, func(tx *gorm.DB) error {
		u, others, err := oneOfUsers(tx, name)
		if err != nil {
			return err
		}
		if err := change(&u, others); err != nil {
			return err
		}
		row := u.row()
		if err := tx.Save(&row).Error; err != nil {
			return err
		}
		return s.appendAudit(tx, entries)
	})
}

// RemoveUser removes a user and the tokens it owns if check agrees.
func (s *Store) RemoveUser(ctx context.Context, name string, check func(u User, others []User) error, entries ...Entry) error {
	return s.write(ctx, func(tx *gorm.DB) error {
		u, others, err := oneOfUsers(tx, name)
		if err != nil {
			return err
		}
		if err := check(u, others); err != nil {
			return err
		}
		if err := tx.Delete(&userRow{}, "key = ?", userKey(name)).Error; err != nil {
			return err
		}
		if err := forgetPerson(tx, name); err != nil {
			return err
		}
		if err := tx.Delete(&tokenRow{}, "owner = ?", userKey(name)).Error; err != nil {
			return err
		}
		return s.appendAudit(tx, entries)
	})
}

func oneOfUsers(tx *gorm.DB, name string) (u User, others []User, err error) {
	var rows []userRow
	if err := tx.Find(&rows).Error; err != nil {
		return u, nil, err
	}
	err = ErrNotFound
	for _, r := range rows {
		if r.Key == userKey(name) {
			u, err = r.user(), nil
		} else {
			others = append(others, r.user())
		}
	}
	return u, others, err
}
