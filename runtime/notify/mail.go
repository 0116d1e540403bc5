// Package notify tells people of alarms: channels to where they are, routes that say who is told of what and when, rosters of
// shifts, escalation until somebody has acknowledged, and a queue on the disk from which nothing is lost. A kind of channel
// knows its service only; retry, back-off, order, rates and the log belong to this package.
package notify

import (
	"context"
	"errors"
)

// Mailer sends mail: reports and exports are given one.
type Mailer interface {
	// Mail hands a mail to the mail server and returns when the server has taken it. The error is ErrNoMail when no channel
	// for mail is set up.
	Mail(ctx context.Context, m Mail) error
}

// Mail is one mail to one or several people, each of whom sees the others.
type Mail struct {
	To            []string
	Subject, Text string
	Attachments   []Attachment
}

// Attachment is a file that goes with a mail.
type Attachment struct {
	// Name is the name of the file, Type its media type, "" for application/octet-stream.
	Name, Type string
	Data       []byte
}

// ErrNoMail says that there is no channel by which a mail could be sent.
var ErrNoMail = errors.New("no e-mail channel is set up: add one on the page of messages")

// Limits of a mail.
const (
	MaxRecipients  = 100
	MaxAttachments = 20
	// MaxMailBytes is the most bytes of all attachments of a mail.
	MaxMailBytes = 20 << 20
)
