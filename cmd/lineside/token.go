package main

import (
	"errors"
	"fmt"
	"io"
	"text/tabwriter"
	"time"

	"github.com/lineside/lineside/runtime/api"
	"github.com/lineside/lineside/runtime/auth"
	"github.com/lineside/lineside/runtime/store"
	"github.com/lineside/lineside/runtime/tag"
)

type tokenCmd struct {
	Add    tokenAdd    `cmd:"" help:"Make an API token; its secret is printed once."`
	List   tokenList   `cmd:"" help:"List the tokens."`
	Revoke tokenRevoke `cmd:"" help:"Remove a token."`
}

type tokenAdd struct {
	dataFlags
	Name    string        `arg:"" help:"Name of the token."`
	User    string        `required:"" help:"User in whose name it acts, never with more rights than theirs."`
	Role    string        `help:"Role: viewer, operator, engineer or admin (default: all that the user may)."`
	Area    string        `help:"Area in which the role holds (default: the whole plant)."`
	Actions []string      `help:"Cut the rights to these actions: view, operate, design, …"`
	Expires time.Duration `help:"Time after which it ends, such as 720h (default: never)."`
}

func (c *tokenAdd) Run(con *console) error {
	if err := api.CheckName(c.Name); err != nil {
		return err
	}
	if _, err := auth.ParseActions(c.Actions); err != nil {
		return &usageError{"--actions: " + err.Error()}
	}
	db, err := c.open(con.ctx)
	if err != nil {
		return err
	}
	defer db.Close()
	owner, err := db.User(con.ctx, c.User)
	if errors.Is(err, store.ErrNotFound) {
		return fmt.Errorf("there is no user %q", c.User)
	}
	if err != nil {
		return err
	}
	t := store.Token{Name: c.Name, Owner: owner.Name, Grants: owner.Grants, Actions: c.Actions}
	if c.Role != "" {
		grant := auth.Grant{Role: c.Role, Area: tag.Path(c.Area)}
		if err := grant.Check(); err != nil {
			return &usageError{err.Error()}
		}
		t.Grants = []auth.Grant{grant}
	}
	if c.Expires > 0 {
		t.Expires = time.Now().Add(c.Expires)
	}
	secret := auth.NewToken()
	t.Hash = auth.HashToken(secret)
	err = db.AddToken(con.ctx, t, entryOf("token.add", c.Name))
	if errors.Is(err, store.ErrExists) {
		return fmt.Errorf("there is already a token %q", c.Name)
	}
	if err != nil {
		return err
	}
	return con.print(map[string]string{"name": c.Name, "secret": secret}, func(w io.Writer) { fmt.Fprintln(w, secret) })
}

type tokenList struct{ dataFlags }

func (c *tokenList) Run(con *console) error {
	db, err := c.open(con.ctx)
	if err != nil {
		return err
	}
	defer db.Close()
	tokens, err := db.Tokens(con.ctx, "")
	if err != nil {
		return err
	}
	list := make([]api.Token, len(tokens))
	for i, t := range tokens {
		list[i] = api.TokenOf(t)
	}
	return con.print(list, func(w io.Writer) {
		t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
		fmt.Fprintln(t, "NAME\tOWNER\tGRANTS\tEXPIRES\tLAST USED")
		for _, k := range list {
			fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\n", k.Name, k.Owner, grantText(k.Grants), timeText(k.Expires), timeText(k.LastUsed))
		}
		_ = t.Flush()
	})
}

type tokenRevoke struct {
	dataFlags
	Name string `arg:"" help:"Name of the token."`
}

func (c *tokenRevoke) Run(con *console) error {
	db, err := c.open(con.ctx)
	if err != nil {
		return err
	}
	defer db.Close()
	err = db.RemoveToken(con.ctx, c.Name, entryOf("token.remove", c.Name))
	if errors.Is(err, store.ErrNotFound) {
		return fmt.Errorf("there is no token %q", c.Name)
	}
	if err != nil {
		return err
	}
	return con.print(map[string]string{"name": c.Name}, func(w io.Writer) { fmt.Fprintf(w, "%s was removed\n", c.Name) })
}
