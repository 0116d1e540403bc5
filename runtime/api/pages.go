package api

import (
	"bytes"
	"compress/gzip"
	"io"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"regexp"
	"runtime/debug"
	"strings"
	"sync"

	"github.com/lineside/lineside/runtime/store"
)

// pages serves the built site. Files are read and compressed once, when first asked for.
type pages struct {
	files fs.FS
	built bool

	mu    sync.Mutex
	cache map[string]*page
}

type page struct {
	kind  string
	plain []byte
	// packed are compressed forms by encoding.
	packed map[string][]byte
	etag   string
}

func newPages(files fs.FS) *pages {
	p := &pages{files: files, cache: map[string]*page{}}
	if files != nil {
		_, err := fs.Stat(files, "index.html")
		p.built = err == nil
	}
	return p
}

// hashed are the files whose name changes with their content.
var hashed = regexp.MustCompile(`^assets/.+-[A-Za-z0-9_-]{8,}\.[a-z0-9]+$`)

// shell is the page that a path of the site is drawn by, "" when it is none.
func shell(p string) string {
	first, rest, _ := strings.Cut(strings.Trim(p, "/"), "/")
	switch first {
	case "", "login", "setup", "plant", "alarms", "history", "admin", "messages", "scripts":
		if rest == "" {
			return "index.html"
		}
	case "reports":
		if !strings.Contains(rest, "/") {
			return "index.html"
		}
	case "design":
		if rest != "" && strings.Count(rest, "/") <= 1 {
			return "index.html"
		}
	case "run":
		if rest != "" && strings.Count(rest, "/") <= 1 {
			return "run.html"
		}
	}
	return ""
}

// ServeHTTP implements http.Handler.
func (p *pages) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		http.Error(w, "405 only GET", http.StatusMethodNotAllowed)
		return
	}
	name := shell(r.URL.Path)
	document := name != ""
	if document && !p.built {
		p.unbuilt(w)
		return
	}
	if !document {
		name = strings.TrimPrefix(path.Clean(r.URL.Path), "/")
	}
	f, err := p.file(name)
	status := http.StatusOK
	if err != nil && p.built && strings.Contains(r.Header.Get("Accept"), "text/html") {
		// A person is told by the site itself, in the person's language.
		name, status = "index.html", http.StatusNotFound
		f, err = p.file(name)
	}
	if err != nil {
		http.Error(w, "404 there is nothing at this address; the start page is /", http.StatusNotFound)
		return
	}
	h := w.Header()
	h.Set("Content-Type", f.kind)
	h.Set("Vary", "Accept-Encoding")
	switch {
	case strings.HasSuffix(name, ".html"):
		h.Set("Cache-Control", "no-store")
	case hashed.MatchString(name):
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
	default:
		h.Set("Cache-Control", "no-cache")
		h.Set("ETag", f.etag)
		if strings.Contains(r.Header.Get("If-None-Match"), f.etag) {
			w.WriteHeader(http.StatusNotModified)
			return
		}
	}
	content := f.plain
	for _, encoding := range []string{"br", "gzip"} {
		if packed := f.packed[encoding]; packed != nil && accepts(r, encoding) {
			h.Set("Content-Encoding", encoding)
			content = packed
			break
		}
	}
	w.WriteHeader(status)
	if r.Method == http.MethodHead {
		return
	}
	_, _ = w.Write(content) // the client may be gone
}

func accepts(r *http.Request, encoding string) bool {
	for _, part := range strings.Split(r.Header.Get("Accept-Encoding"), ",") {
		name, q, _ := strings.Cut(strings.TrimSpace(part), ";")
		if strings.EqualFold(name, encoding) {
			return strings.ReplaceAll(q, " ", "") != "q=0"
		}
	}
	return false
}

// file reads a file, and its compressed form: as built beside it (.br, .gz), or made here.
func (p *pages) file(name string) (*page, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if f := p.cache[name]; f != nil {
		return f, nil
	}
	if p.files == nil || !fs.ValidPath(name) || strings.HasPrefix(path.Base(name), ".") {
		return nil, fs.ErrNotExist
	}
	plain, err := fs.ReadFile(p.files, name)
	if err != nil {
		return nil, err
	}
	f := &page{kind: mime.TypeByExtension(path.Ext(name)), plain: plain, packed: map[string][]byte{}, etag: quote(store.ETagOf(plain))}
	if f.kind == "" {
		f.kind = "application/octet-stream"
	}
	for encoding, ext := range map[string]string{"br": ".br", "gzip": ".gz"} {
		if packed, err := fs.ReadFile(p.files, name+ext); err == nil {
			f.packed[encoding] = packed
		}
	}
	if f.packed["gzip"] == nil && compressible(f.kind) {
		f.packed["gzip"] = gzipped(plain)
	}
	p.cache[name] = f
	return f, nil
}

func compressible(kind string) bool {
	return strings.HasPrefix(kind, "text/") || strings.Contains(kind, "javascript") || strings.Contains(kind, "json") || strings.Contains(kind, "svg")
}

// gzipped is nil when it would be no smaller.
func gzipped(plain []byte) []byte {
	var b bytes.Buffer
	z, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err != nil {
		return nil
	}
	if _, err := z.Write(plain); err != nil || z.Close() != nil || b.Len() >= len(plain) {
		return nil
	}
	return b.Bytes()
}

// unbuilt tells how to build the pages.
func (p *pages) unbuilt(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(http.StatusServiceUnavailable)
	_, _ = io.WriteString(w, `<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Lineside</title>
<h1>The pages are not built</h1>
<p>This binary was built without the pages. Run <code>make build</code> in the source folder and start <code>bin/lineside serve</code>.
The API answers: <a href="/api/v1/openapi.json">/api/v1/openapi.json</a>.</p>
<h1 lang="zh">页面尚未构建</h1>
<p lang="zh">此程序构建时不含页面。请在源码目录运行 <code>make build</code>，然后启动 <code>bin/lineside serve</code>。</p>
</html>
`)
}

func stack() string { return string(debug.Stack()) }

func init() {
	// What a page is must not depend on the machine's table.
	for ext, kind := range map[string]string{
		".html": "text/html; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8", ".svg": "image/svg+xml",
		".json": "application/json", ".woff2": "font/woff2", ".png": "image/png", ".ico": "image/x-icon", ".webmanifest": "application/manifest+json", ".txt": "text/plain; charset=utf-8",
	} {
		_ = mime.AddExtensionType(ext, kind) // fails for a malformed kind only
	}
}
