package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"strings"
	"time"

	"github.com/lineside/lineside/runtime/api"
	"github.com/lineside/lineside/runtime/backup/target"
)

// serverFlags say which running server a command talks to.
type serverFlags struct {
	Server string `help:"Address of the running server." default:"http://127.0.0.1:8080" env:"LINESIDE_SERVER" placeholder:"URL"`
	Token  string `help:"API token, lst_…; \"lineside token add\" makes one." env:"LINESIDE_TOKEN" secret:"" placeholder:"TOKEN"`
}

// answer is a successful answer of the server.
type answer struct {
	body []byte
	etag string
}

// ask sends a request. A body that is []byte goes as it is, anything else as JSON.
func (f *serverFlags) ask(ctx context.Context, method, path string, body any, header ...string) (*answer, error) {
	var content io.Reader
	switch b := body.(type) {
	case nil:
	case []byte:
		content = bytes.NewReader(b)
	default:
		raw, err := json.Marshal(b)
		if err != nil {
			return nil, err
		}
		content = bytes.NewReader(raw)
	}
	// A write may wait ten minutes for a second person.
	ctx, cancel := context.WithTimeout(ctx, 11*time.Minute)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, method, strings.TrimRight(f.Server, "/")+"/api/v1"+path, content)
	if err != nil {
		return nil, &usageError{"--server: " + err.Error()}
	}
	if content != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	if f.Token != "" {
		r.Header.Set("Authorization", "Bearer "+f.Token)
	}
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		return nil, fmt.Errorf("no answer from %s: %w", f.Server, errors.Unwrap(err))
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		return nil, err
	}
	if res.StatusCode >= 300 {
		e := new(api.Error)
		if json.Unmarshal(raw, e) != nil || e.Code == "" {
			return nil, fmt.Errorf("%s %s: %s", method, path, res.Status)
		}
		return nil, e
	}
	return &answer{raw, res.Header.Get("ETag")}, nil
}

// fetch writes an answer to a file, which gets its name when all of it is there.
func (f *serverFlags) fetch(ctx context.Context, path, file string) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, strings.TrimRight(f.Server, "/")+"/api/v1"+path, nil)
	if err != nil {
		return &usageError{"--server: " + err.Error()}
	}
	if f.Token != "" {
		r.Header.Set("Authorization", "Bearer "+f.Token)
	}
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		return fmt.Errorf("no answer from %s: %w", f.Server, errors.Unwrap(err))
	}
	defer res.Body.Close()
	if res.StatusCode >= 300 {
		raw, err := io.ReadAll(io.LimitReader(res.Body, 1<<20))
		if err != nil {
			return err
		}
		e := new(api.Error)
		if json.Unmarshal(raw, e) != nil || e.Code == "" {
			return fmt.Errorf("GET %s: %s", path, res.Status)
		}
		return e
	}
	return target.NewFolder(filepath.Dir(file)).Put(ctx, filepath.Base(file), res.Body)
}

// get asks for JSON.
func (f *serverFlags) get(ctx context.Context, path string, dst any) error {
	a, err := f.ask(ctx, http.MethodGet, path, nil)
	if err != nil {
		return err
	}
	return json.Unmarshal(a.body, dst)
}
