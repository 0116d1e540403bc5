package store

import (
	"github.com/lineside/lineside/runtime/auth"
	"github.com/lineside/lineside/runtime/unit"
)

// The rows. Times are microseconds (see toMicro).

type settingRow struct {
	Name  string `gorm:"primaryKey;size:64"`
	Value string
}

func (settingRow) TableName() string { return "settings" }

// documentRow is the present text of a document that is edited.
type documentRow struct {
	Kind    string `gorm:"primaryKey;size:16"`
	ID      string `gorm:"primaryKey;size:64"`
	Content []byte
	ETag    string `gorm:"column:etag;size:64"`
	Updated int64
	Author  string
}

func (documentRow) TableName() string { return "documents" }

// partRow is an element of a list of a document that is kept in parts.
type partRow struct {
	Kind    string `gorm:"primaryKey;size:16"`
	ID      string `gorm:"primaryKey;size:64"`
	List    string `gorm:"primaryKey;size:32"`
	Place   int64  `gorm:"primaryKey;autoIncrement:false"`
	Content []byte
}

func (partRow) TableName() string { return "document_parts" }

type installationRow struct {
	ID      string `gorm:"primaryKey;size:64"`
	Created int64
	// Revision is the published one, 0 when none was published.
	Revision int
}

func (installationRow) TableName() string { return "installations" }

// revisionRow is immutable: it is inserted, and deleted with its installation.
type revisionRow struct {
	Installation string `gorm:"primaryKey;size:64"`
	Number       int    `gorm:"primaryKey;autoIncrement:false"`
	Kind         string `gorm:"size:16;not null;default:''"`
	Content      []byte
	ETag         string `gorm:"column:etag;size:64"`
	Version      string
	Comment      string
	Author       string
	Created      int64
}

func (revisionRow) TableName() string { return "revisions" }

type userRow struct {
	// Key is the name in lower case: "Anna" and "anna" are one user.
	Key      string `gorm:"primaryKey;size:128"`
	Name     string
	Hash     string
	Grants   []auth.Grant `gorm:"serializer:json"`
	Language string
	Theme    string
	Disabled bool
	// Epoch is raised when the sessions of the user must end.
	Epoch     int
	Created   int64
	LastLogin int64
	Units     *unit.Preference `gorm:"serializer:json"`
}

func (userRow) TableName() string { return "users" }

type tokenRow struct {
	Name string `gorm:"primaryKey;size:128"`
	// Hash is SHA-256 of the secret, which is random and long: no slow hash is needed.
	Hash     string       `gorm:"uniqueIndex;size:64"`
	Owner    string       `gorm:"index;size:128"`
	Grants   []auth.Grant `gorm:"serializer:json"`
	Actions  []string     `gorm:"serializer:json"`
	Expires  int64
	Created  int64
	LastUsed int64
}

func (tokenRow) TableName() string { return "tokens" }

type sessionRow struct {
	// Token is a hash, so that a copy of the database opens no session.
	Token  string `gorm:"primaryKey;size:128"`
	Data   []byte
	Expiry int64 `gorm:"index"`
}

func (sessionRow) TableName() string { return "sessions" }

type auditRow struct {
	ID      int64 `gorm:"primaryKey;autoIncrement:false"`
	Time    int64 `gorm:"index"`
	Actor   string
	Origin  string
	Action  string
	Target  string
	Old     string
	New     string
	Reason  string
	Outcome string
	Message string
	Hash    string `gorm:"size:64"`
}

func (auditRow) TableName() string { return "audit" }

type secretRow struct {
	ID      string `gorm:"primaryKey;size:64"`
	Sealed  []byte
	Created int64
}

func (secretRow) TableName() string { return "secrets" }

// valueRow keeps what was written to a memory tag.
type valueRow struct {
	Path    string `gorm:"primaryKey;size:512"`
	Value   string
	Updated int64
}

func (valueRow) TableName() string { return "tag_values" }
