package store

import (
	"context"
	"fmt"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

// Certificate is one in the trust store of the plant: that of a server at an address, or of an
// authority (Address "").
type Certificate struct {
	// Fingerprint is SHA-256 in upper-case hexadecimal; with Address it is the key.
	Fingerprint string
	// Address is "host:port" of the server.
	Address string
	DER     []byte
	// Decision is "", "trusted" or "rejected".
	Decision string
	// AlthoughExpired and AlthoughName widen "trusted".
	AlthoughExpired, AlthoughName bool
	// Faults are what spoke against it when it was shown last.
	Faults []string
	// Devices are the ids of those that met it.
	Devices   []string
	FirstSeen time.Time
	LastSeen  time.Time
	DecidedBy string
	DecidedAt time.Time
}

type certificateRow struct {
	Fingerprint     string `gorm:"primaryKey;size:64"`
	Address         string `gorm:"primaryKey;size:320"`
	DER             []byte `gorm:"column:der"`
	Decision        string `gorm:"size:16"`
	AlthoughExpired bool
	AlthoughName    bool
	Faults          []string `gorm:"serializer:json"`
	Devices         []string `gorm:"serializer:json"`
	FirstSeen       int64
	LastSeen        int64
	DecidedBy       string
	DecidedAt       int64
}

func (certificateRow) TableName() string { return "certificates" }

// identityRow is a certificate of this application with its key.
type identityRow struct {
	Name        string `gorm:"primaryKey;size:64"`
	Certificate string
	Sealed      []byte
	Created     int64
}

func (identityRow) TableName() string { return "identities" }

func (c Certificate) row() *certificateRow {
	return &certificateRow{c.Fingerprint, c.Address, c.DER, c.Decision, c.AlthoughExpired, c.AlthoughName, c.Faults, c.Devices,
		toMicro(c.FirstSeen), toMicro(c.LastSeen), c.DecidedBy, toMicro(c.DecidedAt)}
}

// Certificates lists all, the first seen first.
func (s *Store) Certificates(ctx context.Context) ([]Certificate, error) {
	var rows []certificateRow
	if err := s.read(ctx).Order("first_seen, fingerprint, address").Find(&rows).Error; err != nil {
		return nil, err
	}
	out := make([]Certificate, len(rows))
	for i, r := range rows {
		out[i] = Certificate{r.Fingerprint, r.Address, r.DER, r.Decision, r.AlthoughExpired, r.AlthoughName, r.Faults, r.Devices,
			fromMicro(r.FirstSeen), fromMicro(r.LastSeen), r.DecidedBy, fromMicro(r.DecidedAt)}
	}
	return out, nil
}

// SaveCertificates adds certificates or changes them.
func (s *Store) SaveCertificates(ctx context.Context, certificates []Certificate, entries ...Entry) error {
	return s.write(ctx, func(tx *gorm.DB) error {
		for _, c := range certificates {
			if err := tx.Clauses(clause.OnConflict{UpdateAll: true}).Create(c.row()).Error; err != nil {
				return err
			}
		}
		return s.appendAudit(tx, entries)
	})
}

// RemoveCertificate removes one; ErrNotFound when it is not there.
func (s *Store) RemoveCertificate(ctx context.Context, fingerprint, address string, entries ...Entry) error {
	return s.write(ctx, func(tx *gorm.DB) error {
		done := tx.Delete(&certificateRow{}, "fingerprint = ? AND address = ?", fingerprint, address)
		if done.Error != nil {
			return done.Error
		}
		if done.RowsAffected == 0 {
			return ErrNotFound
		}
		return s.appendAudit(tx, entries)
	})
}

// Identity gives a certificate of this application with its key, both PEM; ErrNotFound when
// there is none.
func (s *Store) Identity(ctx context.Context, name string) (certificate, key string, err error) {
	var row identityRow
	if err := s.read(ctx).First(&row, "name = ?", name).Error; err != nil {
		return "", "", known(err)
	}
	key, err = s.unseal("identity:"+name, row.Sealed)
	return row.Certificate, key, err
}

// SaveIdentity keeps a certificate of this application; the key is encrypted like a secret.
func (s *Store) SaveIdentity(ctx context.Context, name, certificate, key string, entries ...Entry) error {
	sealed, err := s.seal("identity:"+name, key)
	if err != nil {
		return fmt.Errorf("key of the certificate: %w", err)
	}
	return s.write(ctx, func(tx *gorm.DB) error {
		if err := tx.Save(&identityRow{name, certificate, sealed, time.Now().UnixMicro()}).Error; err != nil {
			return err
		}
		return s.appendAudit(tx, entries)
	})
}
