// Package sql reads and writes data bases: PostgreSQL, MySQL and MariaDB, SQL Server, SQLite.
// One query serves all tags of it: a tag is a column of its newest row, or of the newest row
// with a key. Readings run in read-only transactions; what is written is a statement of its own,
// and only if the settings allow it.
package sql

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"encoding/json"
	"fmt"
	"net"
	"strings"
	"sync"
	"time"

	"github.com/lineside/lineside/runtime/connector"
	"github.com/lineside/lineside/runtime/connector/folder"
	"github.com/lineside/lineside/runtime/connector/payload"
	"github.com/lineside/lineside/runtime/connector/trust"
	"github.com/lineside/lineside/runtime/spec"
)

func init() {
	connector.Register(connector.Define(connector.Type{
		Component: spec.Component{
			ID: "sql", Version: 1, Icon: "database", Category: "data",
			Title:    spec.Text{"en": "SQL data base", "zh": "SQL 数据库"},
			Summary:  spec.Text{"en": "Queries PostgreSQL, MySQL, MariaDB, SQL Server and SQLite, and writes by statements.", "zh": "查询 PostgreSQL、MySQL、MariaDB、SQL Server 和 SQLite，并通过语句写入。"},
			Settings: spec.Fields(Settings{}),
		},
		AddressFields: spec.Fields(Address{}),
		CanBrowse:     true,
	}, decodeSettings, newConnector, ParseAddress))
}

// Settings are those of one data base.
type Settings struct {
	Kind     string `json:"kind" title:"Data base" zh:"数据库类型" group:"connection" required:"true" enum:"postgres=PostgreSQL,mysql=MySQL or MariaDB|MySQL 或 MariaDB,sqlserver=Microsoft SQL Server,sqlite=SQLite"`
	Host     string `json:"host,omitempty" title:"Host" zh:"主机" group:"connection" when:"kind=postgres,mysql,sqlserver" required:"true" max:"253"`
	Port     int    `json:"port" title:"Port" zh:"端口" help:"0 is the usual one." helpZh:"0 为默认端口。" group:"connection" when:"kind=postgres,mysql,sqlserver" default:"0" min:"0" max:"65535"`
	Database string `json:"database,omitempty" title:"Name of the data base" zh:"数据库名" group:"connection" when:"kind=postgres,mysql,sqlserver" required:"true" max:"256"`
	User     string `json:"user,omitempty" title:"User name" zh:"用户名" help:"Best one who may only read, unless tags are to be written." helpZh:"除非需要写入，建议使用只读用户。" group:"connection" when:"kind=postgres,mysql,sqlserver" required:"true" max:"256"`
	Password string `json:"password,omitempty" secret:"true" title:"Password" zh:"密码" group:"connection" when:"kind=postgres,mysql,sqlserver" max:"4096"`
	TLS      string `json:"tls" title:"Encryption" zh:"加密" group:"connection" when:"kind=postgres,mysql,sqlserver" enum:"on=TLS,off=None|无" default:"on"`
	// File is a name in the folder for files of the server.
	File string `json:"file,omitempty" title:"File" zh:"文件" help:"In the folder for files of the server (--files)." helpZh:"位于服务器的文件目录中 (--files)。" group:"connection" when:"kind=sqlite" required:"true" max:"1024"`

	Queries []Query `json:"queries,omitempty" title:"Queries" zh:"查询" help:"Tags name a query and a column. Tables can be read without one." helpZh:"变量引用查询及其列；读取单个表无需查询。" group:"content" max:"200"`

	AllowWrites bool          `json:"allowWrites" title:"Allow writing" zh:"允许写入" help:"Otherwise no statement of a tag is carried out." helpZh:"否则不执行变量的写入语句。" group:"advanced" default:"false" advanced:"true"`
	Timeout     spec.Duration `json:"timeout" title:"Time-out of a query" zh:"查询超时" help:"Never longer than the time-out of the device." helpZh:"不会长于设备的超时。" group:"advanced" default:"5s" min:"50ms" max:"5m" advanced:"true"`
	MaxRows     int           `json:"maxRows" title:"Most rows of a query" zh:"查询最大行数" group:"advanced" default:"1000" min:"1" max:"100000" advanced:"true"`
	Zone        string        `json:"zone" title:"Time zone" zh:"时区" help:"Of times that name none: UTC, local, or a name such as Asia/Shanghai." helpZh:"用于未注明时区的时间：UTC、local 或 Asia/Shanghai 等名称。" group:"advanced" default:"UTC" max:"64" advanced:"true"`

	trust.Settings

	zone    *time.Location
	dialect dialect
}

// Query is one query that tags can name.
type Query struct {
	Name string `json:"name" title:"Name" zh:"名称" required:"true" min:"1" max:"64"`
	SQL  string `json:"sql" kind:"text" title:"Query" zh:"查询语句" help:"One SELECT. {last} stands for the greatest value seen of the column below." helpZh:"一条 SELECT 语句；{last} 代表下面所选列已读取的最大值。" required:"true" min:"1" max:"65536"`
	// LastColumn and First make a query incremental: only what is new is read.
	LastColumn string `json:"lastColumn,omitempty" title:"Column of {last}" zh:"{last} 对应的列" help:"For reading only what is new." helpZh:"用于仅读取新数据。" max:"256" advanced:"true"`
	First      string `json:"first,omitempty" title:"First value of {last}" zh:"{last} 的初始值" max:"256" advanced:"true"`
}

func decodeSettings(raw json.RawMessage) (*Settings, error) {
	s := &Settings{}
	if err := spec.Decode(raw, s); err != nil {
		return nil, err
	}
	s.dialect = dialects[s.Kind]
	var ps spec.Problems
	var err error
	if s.zone, err = payload.LoadZone(s.Zone); err != nil {
		ps.Add("time_zone", "/zone", "write UTC, local or a name such as Asia/Shanghai", "%v", err)
	}
	if err := s.CheckTLS(); err != nil {
		ps.Add("tls", "/certificate", "paste the text from BEGIN to END, key included", "%v", err)
	}
	if s.Kind == "sqlite" {
		if err := folder.Check(s.File); err != nil {
			ps.Add("file_outside", "/file", "give a name below the folder for files, without ..", "%v", err)
		}
	} else if strings.ContainsAny(s.Host, `/\`) {
		ps.Add("sql_host", "/host", "give a name or an IP address", "%q is not a host", s.Host)
	}
	names := map[string]bool{}
	for i, q := range s.Queries {
		at := fmt.Sprintf("/queries/%d", i)
		if names[q.Name] {
			ps.Add("sql_query", at+"/name", "give every query a name of its own", "there are two queries named %q", q.Name)
		}
		names[q.Name] = true
		st, err := parseStatement(q.SQL, s.dialect.lexis(), "{last}")
		switch {
		case err != nil:
			ps.Add("sql_query", at+"/sql", "write one statement", "%v", err)
		case !s.dialect.lexis().reads(q.SQL):
			ps.Add("sql_query", at+"/sql", "begin with SELECT or WITH", "a query only reads")
		case (len(st.params) > 0) != (q.LastColumn != "") || q.LastColumn != "" && q.First == "":
			ps.Add("sql_last", at+"/lastColumn", "give {last} in the query, its column and its first value, or none of them", "{last}, its column and its first value go together")
		}
	}
	if err := ps.Err(); err != nil {
		return nil, err
	}
	return s, nil
}

func (s *Settings) query(name string) *Query {
	for i := range s.Queries {
		if s.Queries[i].Name == name {
			return &s.Queries[i]
		}
	}
	return nil
}

// Connector is one data base.
type Connector struct {
	settings *Settings
	guard    *guard // of SQLite

	mu     sync.Mutex
	db     *sql.DB   // nil: not connected
	conn   *sql.Conn // nil after a query that was given up
	links  map[net.Conn]bool
	cancel context.CancelFunc // of what is under way

	// The rest belongs to the goroutine that reads and writes.
	silent map[string]bool   // queries that were not answered since the last answer to any
	states map[string]*state // what incremental queries have seen
}

func newConnector(s *Settings) *Connector {
	return &Connector{settings: s, guard: &guard{}, links: map[net.Conn]bool{}, silent: map[string]bool{}, states: map[string]*state{}}
}

// UseTrust implements trust.User.
func (c *Connector) UseTrust(k trust.Keeper) { c.settings.UseTrust(k) }

// Connect implements connector.Connector.
func (c *Connector) Connect(ctx context.Context) error {
	if err := c.Close(); err != nil {
		return err
	}
	db, err := c.settings.dialect.open(c.settings, c)
	if err != nil {
		return fmt.Errorf("%w: %w", connector.ErrNotConnected, err)
	}
	db.SetMaxOpenConns(1)
	c.mu.Lock()
	c.db = db
	c.mu.Unlock()
	clear(c.silent)
	ctx, end, err := c.begin(ctx)
	if err != nil {
		return err
	}
	defer end()
	if _, err := c.session(ctx); err != nil {
		_ = c.Close() // the error that counts is the one before
		return fmt.Errorf("%w: %w", connector.ErrNotConnected, err)
	}
	return nil
}

// dial opens a connection that Close and drop can cut.
func (c *Connector) dial(ctx context.Context, network, address string) (net.Conn, error) {
	conn, err := (&net.Dialer{Timeout: c.settings.Timeout.Std()}).DialContext(ctx, network, address)
	if err != nil {
		return nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.db == nil {
		_ = conn.Close()
		return nil, net.ErrClosed
	}
	c.links[conn] = true
	return conn, nil
}

// session is the connection, opened if there is none.
func (c *Connector) session(ctx context.Context) (*sql.Conn, error) {
	c.mu.Lock()
	db, conn := c.db, c.conn
	c.mu.Unlock()
	if db == nil {
		return nil, connector.ErrNotConnected
	}
	if conn != nil {
		return conn, c.settings.dialect.present(c)
	}
	conn, err := db.Conn(ctx)
	if err == nil {
		if err = c.settings.dialect.prepare(ctx, conn, c.settings); err == nil {
			c.mu.Lock()
			defer c.mu.Unlock()
			if c.db == db {
				c.conn = conn
				return conn, nil
			}
			err = net.ErrClosed
		}
		_ = conn.Close() // the error that counts is the one before
	}
	return nil, err
}

// cut takes the connection away. It is closed under what is under way.
func (c *Connector) cut() *sql.Conn {
	for link := range c.links {
		_ = link.Close()
	}
	clear(c.links)
	conn := c.conn
	c.conn = nil
	return conn
}

// drop closes a connection whose state is not known.
func (c *Connector) drop() {
	c.mu.Lock()
	conn := c.cut()
	c.mu.Unlock()
	if conn != nil {
		_ = conn.Raw(func(any) error { return driver.ErrBadConn }) // has it thrown away
		_ = conn.Close()
	}
}

// begin makes a context that Close ends, and that ends by the time-out. When it does, the
// connection is closed: not every library minds its context while it logs in.
func (c *Connector) begin(ctx context.Context) (context.Context, func(), error) {
	ctx, cancel := connector.Within(ctx, c.settings.Timeout.Std())
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.db == nil {
		cancel()
		return nil, nil, connector.ErrNotConnected
	}
	c.cancel = cancel
	stop := context.AfterFunc(ctx, func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		for link := range c.links {
			_ = link.Close() // a second time does no harm
		}
	})
	return ctx, func() { stop(); cancel() }, nil
}

func (c *Connector) closed() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.db == nil
}

// Close implements connector.Connector.
func (c *Connector) Close() error {
	c.mu.Lock()
	if c.cancel != nil {
		c.cancel()
		c.cancel = nil
	}
	conn, db := c.cut(), c.db
	c.db = nil
	c.mu.Unlock()
	if conn != nil {
		_ = conn.Close() // it is cut
	}
	if db != nil {
		_ = db.Close()
	}
	return nil
}
