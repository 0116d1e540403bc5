package target

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"
)

const (
	// partSize is how much of a file of unknown length is held in memory: 10,000 parts of it may be sent.
	partSize = 16 << 20
	// stall is how long an S3 server may be silent while something is under way.
	stall = 60 * time.Second
)

// s3Target is a bucket. Its client is held by functions: a target is an interface, and through a field of its type the linker
// would keep all that S3 can do.
type s3Target struct {
	put    func(ctx context.Context, name string, r io.Reader, size int64, o minio.PutObjectOptions) error
	list   func(context.Context) iter.Seq[minio.ObjectInfo]
	get    func(ctx context.Context, name string) (io.Reader, io.Closer, error)
	remove func(ctx context.Context, name string) error
	where  string
	prefix string
	stall  time.Duration
}

// splitEndpoint takes the address of a server apart.
func splitEndpoint(endpoint string) (host string, secure bool, err error) {
	u, err := url.Parse(endpoint)
	if err != nil {
		return "", false, err
	}
	if u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.Path != "" && u.Path != "/" || u.RawQuery != "" || u.User != nil || u.Fragment != "" {
		return "", false, errors.New("not of the form https://host:port")
	}
	return u.Host, u.Scheme == "https", nil
}

func newS3(s Settings, secret string) (*s3Target, error) {
	host, secure, err := splitEndpoint(s.Endpoint)
	if err != nil {
		return nil, fmt.Errorf("address of the S3 server: %w", err)
	}
	dialer := &net.Dialer{Timeout: 15 * time.Second, KeepAlive: 30 * time.Second}
	o := &minio.Options{
		Creds: credentials.NewStaticV4(s.AccessKey, secret, ""), Secure: secure, Region: s.Region, BucketLookup: minio.BucketLookupDNS,
		MaxRetries: 1, // who calls tries again
		Transport: &http.Transport{
			Proxy: http.ProxyFromEnvironment, DialContext: dialer.DialContext, TLSHandshakeTimeout: 15 * time.Second,
			ResponseHeaderTimeout: stall, ExpectContinueTimeout: 10 * time.Second, IdleConnTimeout: 30 * time.Second, MaxIdleConns: 4, DisableCompression: true,
		},
	}
	if s.PathStyle {
		o.BucketLookup = minio.BucketLookupPath
	}
	if o.Region == "" && !strings.HasSuffix(host, ".amazonaws.com") {
		o.Region = "us-east-1" // saves a question that some servers do not answer
	}
	client, err := minio.New(host, o)
	if err != nil {
		return nil, fmt.Errorf("address of the S3 server: %w", err)
	}
	prefix := s.Prefix
	if prefix != "" {
		prefix += "/"
	}
	return &s3Target{
		put: func(ctx context.Context, name string, r io.Reader, size int64, o minio.PutObjectOptions) error {
			_, err := client.PutObject(ctx, s.Bucket, prefix+name, r, size, o)
			return err
		},
		list: func(ctx context.Context) iter.Seq[minio.ObjectInfo] {
			return client.ListObjectsIter(ctx, s.Bucket, minio.ListObjectsOptions{Prefix: prefix})
		},
		get: func(ctx context.Context, name string) (io.Reader, io.Closer, error) {
			o, err := client.GetObject(ctx, s.Bucket, prefix+name, minio.GetObjectOptions{})
			if err == nil {
				_, err = o.Stat()
			}
			return o, o, err
		},
		remove: func(ctx context.Context, name string) error {
			return client.RemoveObject(ctx, s.Bucket, prefix+name, minio.RemoveObjectOptions{})
		},
		where: strings.TrimSuffix(s.Endpoint, "/") + "/" + s.Bucket, prefix: prefix, stall: stall,
	}, nil
}

// watch ends a context when nothing has moved for a while: a server that hangs would hold us for ever.
func (t *s3Target) watch(ctx context.Context) (context.Context, *moving, func()) {
	ctx, cancel := context.WithCancelCause(ctx)
	m := &moving{}
	m.timer = time.AfterFunc(t.stall, func() { cancel(fmt.Errorf("no answer for %s", t.stall)) })
	m.stall = t.stall
	return ctx, m, func() {
		m.over.Store(true)
		m.timer.Stop()
		cancel(nil)
	}
}

// moving winds its timer up whenever something moves.
type moving struct {
	timer *time.Timer
	stall time.Duration
	over  atomic.Bool
	r     io.Reader
}

func (m *moving) wind() {
	if !m.over.Load() {
		m.timer.Reset(m.stall)
	}
}

// Read implements io.Reader.
func (m *moving) Read(b []byte) (int, error) {
	m.wind()
	n, err := m.r.Read(b)
	m.wind()
	return n, err
}

// Put implements Target: an object is there when its last byte is.
func (t *s3Target) Put(ctx context.Context, name string, r io.Reader) error {
	if err := CheckName(name); err != nil {
		return err
	}
	watched, m, end := t.watch(ctx)
	defer end()
	m.r = contextReader{watched, r}
	size := int64(-1)
	if s, ok := r.(io.Seeker); ok { // of known length: nothing is held in memory
		at, err := s.Seek(0, io.SeekCurrent)
		if err == nil {
			if size, err = s.Seek(0, io.SeekEnd); err == nil {
				size -= at
				_, err = s.Seek(at, io.SeekStart)
			}
		}
		if err != nil {
			return err
		}
	}
	if size < 0 { // a short file needs no parts
		head := make([]byte, 64<<10)
		n, err := io.ReadFull(m.r, head)
		switch {
		case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
			m.r, size = bytes.NewReader(head[:n]), int64(n)
		case err != nil:
			return err
		default:
			m.r = io.MultiReader(bytes.NewReader(head), m.r)
		}
	}
	// MD5 of each part is what every server checks; chunks that are signed one by one are not known to all.
	o := minio.PutObjectOptions{ContentType: "application/octet-stream", SendContentMd5: true, DisableContentSha256: true, PartSize: partSize, NumThreads: 1, Progress: progress{m}}
	if size > partSize*9_000 {
		o.PartSize = uint64(size/9_000 + 1<<20)
	}
	return t.failed(watched, "write "+name, t.put(watched, name, m, size, o))
}

// progress winds the timer up while bytes go out.
type progress struct{ m *moving }

// Read implements io.Reader.
func (p progress) Read(b []byte) (int, error) {
	p.m.wind()
	return len(b), nil
}

// List implements Target.
func (t *s3Target) List(ctx context.Context) ([]Entry, error) {
	watched, m, end := t.watch(ctx)
	defer end()
	var out []Entry
	for o := range t.list(watched) {
		m.wind()
		if o.Err != nil {
			return nil, t.failed(watched, "list the files", o.Err)
		}
		name := strings.TrimPrefix(o.Key, t.prefix)
		if CheckName(name) != nil {
			continue
		}
		if out = append(out, Entry{name, o.Size, o.LastModified.UTC()}); len(out) == MaxEntries {
			break
		}
	}
	return out, t.failed(watched, "list the files", watched.Err())
}

// Get implements Target.
func (t *s3Target) Get(ctx context.Context, name string) (io.ReadCloser, error) {
	if err := CheckName(name); err != nil {
		return nil, err
	}
	watched, m, end := t.watch(ctx)
	r, closer, err := t.get(watched, name)
	if err != nil {
		defer end()
		return nil, t.failed(watched, "read "+name, err)
	}
	m.r = r
	return &object{t, watched, m, closer, name, end}, nil
}

// object is a file that is read from a bucket.
type object struct {
	t    *s3Target
	ctx  context.Context // of the reading
	m    *moving
	file io.Closer
	name string
	end  func()
}

// Read implements io.Reader.
func (o *object) Read(b []byte) (int, error) {
	n, err := o.m.Read(b)
	if err != nil && !errors.Is(err, io.EOF) {
		err = o.t.failed(o.ctx, "read "+o.name, err)
	}
	return n, err
}

// Close implements io.Closer.
func (o *object) Close() error {
	o.end()
	return o.file.Close()
}

// Delete implements Target.
func (t *s3Target) Delete(ctx context.Context, name string) error {
	if err := CheckName(name); err != nil {
		return err
	}
	watched, _, end := t.watch(ctx)
	defer end()
	err := t.failed(watched, "delete "+name, t.remove(watched, name))
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	return err
}

// failed says what a person can do about an error of S3.
func (t *s3Target) failed(ctx context.Context, doing string, err error) error {
	if err == nil {
		return nil
	}
	if cause := context.Cause(ctx); cause != nil && !errors.Is(cause, context.Canceled) {
		return fmt.Errorf("%s at %s: %w", doing, t.where, cause)
	}
	answer := minio.ToErrorResponse(err)
	switch answer.Code {
	case "NoSuchKey":
		return fmt.Errorf("%s at %s: %w", doing, t.where, ErrNotFound)
	case "NoSuchBucket":
		return fmt.Errorf("%s at %s: there is no such bucket: make it, or correct its name: %w", doing, t.where, err)
	case "AccessDenied":
		return fmt.Errorf("%s at %s: the access key may not do that: %w", doing, t.where, err)
	case "SignatureDoesNotMatch", "InvalidAccessKeyId":
		return fmt.Errorf("%s at %s: access key or secret is wrong: %w", doing, t.where, err)
	case "RequestTimeTooSkewed":
		return fmt.Errorf("%s at %s: the clocks of both servers differ too much: %w", doing, t.where, err)
	}
	return fmt.Errorf("%s at %s: %w", doing, t.where, err)
}
