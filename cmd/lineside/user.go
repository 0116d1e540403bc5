package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os/user"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/lineside/lineside/runtime/api"
	"github.com/lineside/lineside/runtime/auth"
	"github.com/lineside/lineside/runtime/store"
	"github.com/lineside/lineside/runtime/tag"
)

type userCmd struct {
	Add    userAdd    `cmd:"" help:"Add a user."`
	List   userList   `cmd:"" help:"List the users."`
	Passwd userPasswd `cmd:"" help:"Give a user a new password; their sessions end."`
}

// People and tokens are managed on the data folder itself, whether a server runs or not: it
// is the way back in when nobody can log in, and whoever may write the folder may do
// anything anyway. A running server takes note at once, because it asks the database.

// open opens the data.
func (f *dataFlags) open(ctx context.Context) (*store.Store, error) {
	return store.Open(ctx, f.DB, f.Data)
}

// entryOf begins an entry of the audit trail.
func entryOf(action, target string) store.Entry {
	origin := "cli"
	if u, err := user.Current(); err == nil {
		origin = "cli " + u.Username
	}
	return store.Entry{Actor: "cli", Origin: origin, Action: action, Target: target}
}

// passwordFlag is a password, or where to read it.
type passwordFlag struct {
	Password string `help:"Password; without it, it is read from the standard input." env:"LINESIDE_PASSWORD" secret:"" placeholder:"TEXT"`
}

func (f *passwordFlag) read(con *console) (string, error) {
	if f.Password != "" {
		return f.Password, nil
	}
	fmt.Fprint(con.errors, "Password: ")
	line, err := bufio.NewReader(con.in).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return "", err
	}
	return strings.TrimRight(line, "\r\n"), nil
}

func hashOf(ctx context.Context, password, name string) (string, error) {
	if p := auth.CheckPassword(password, name); p != nil {
		return "", errors.New(p.Message["en"] + " " + p.Hint["en"])
	}
	return auth.NewHasher().Hash(ctx, password)
}

type userAdd struct {
	dataFlags
	passwordFlag
	Name string `arg:"" help:"Name to log in with."`
	Role string `help:"Role: ${enum}." default:"viewer" enum:"viewer,operator,engineer,admin"`
	Area string `help:"Area in which the role holds (default: the whole plant)."`
}

func (c *userAdd) Run(con *console) error {
	if err := api.CheckName(c.Name); err != nil {
		return err
	}
	grant := auth.Grant{Role: c.Role, Area: tag.Path(c.Area)}
	if err := grant.Check(); err != nil {
		return err
	}
	password, err := c.read(con)
	if err != nil {
		return err
	}
	hash, err := hashOf(con.ctx, password, c.Name)
	if err != nil {
		return err
	}
	db, err := c.open(con.ctx)
	if err != nil {
		return err
	}
	defer db.Close()
	err = db.AddUser(con.ctx, store.User{Name: c.Name, Hash: hash, Grants: []auth.Grant{grant}}, entryOf("user.add", c.Name))
	if errors.Is(err, store.ErrExists) {
		return fmt.Errorf("there is already a user %q", c.Name)
	}
	if err != nil {
		return err
	}
	return con.print(map[string]any{"name": c.Name, "grants": []auth.Grant{grant}}, func(w io.Writer) { fmt.Fprintf(w, "%s may log in as %s\n", c.Name, c.Role) })
}

type userList struct{ dataFlags }

func (c *userList) Run(con *console) error {
	db, err := c.open(con.ctx)
	if err != nil {
		return err
	}
	defer db.Close()
	users, err := db.Users(con.ctx)
	if err != nil {
		return err
	}
	list := make([]api.User, len(users))
	for i, u := range users {
		list[i] = api.UserOf(u)
	}
	return con.print(list, func(w io.Writer) {
		t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
		fmt.Fprintln(t, "NAME\tGRANTS\tSTATE\tLAST LOGIN")
		for _, u := range list {
			state := "active"
			if u.Disabled {
				state = "disabled"
			}
			fmt.Fprintf(t, "%s\t%s\t%s\t%s\n", u.Name, grantText(u.Grants), state, timeText(u.LastLogin))
		}
		_ = t.Flush()
	})
}

func grantText(grants []auth.Grant) string {
	parts := make([]string, len(grants))
	for i, g := range grants {
		parts[i] = g.Role
		if g.Area != "" {
			parts[i] += "@" + string(g.Area)
		}
	}
	return strings.Join(parts, ", ")
}

func timeText(t *time.Time) string {
	if t == nil {
		return "never"
	}
	return t.Local().Format("2006-01-02 15:04")
}

type userPasswd struct {
	dataFlags
	passwordFlag
	Name string `arg:"" help:"Name of the user."`
}

func (c *userPasswd) Run(con *console) error {
	db, err := c.open(con.ctx)
	if err != nil {
		return err
	}
	defer db.Close()
	known, err := db.User(con.ctx, c.Name)
	if errors.Is(err, store.ErrNotFound) {
		return fmt.Errorf("there is no user %q", c.Name)
	}
	if err != nil {
		return err
	}
	password, err := c.read(con)
	if err != nil {
		return err
	}
	hash, err := hashOf(con.ctx, password, known.Name)
	if err != nil {
		return err
	}
	err = db.ChangeUser(con.ctx, known.Name, func(u *store.User, _ []store.User) error {
		u.Hash = hash
		u.Epoch++
		return nil
	}, entryOf("user.password", known.Name))
	if err != nil {
		return err
	}
	return con.print(map[string]string{"name": known.Name}, func(w io.Writer) { fmt.Fprintf(w, "%s has a new password\n", known.Name) })
}
