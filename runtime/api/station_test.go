package api

import (
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
)

func TestStation(t *testing.T) {
	for _, row := range []struct{ name, cookie, want string }{
		{"none", "", "192.0.2.1"},
		{"a name", url.PathEscape("Panel 3, 一号线"), "192.0.2.1 (Panel 3, 一号线)"},
		{"nothing but blanks", "%20%20", "192.0.2.1"},
		{"control letters", "a%0Ab%00c", "192.0.2.1 (abc)"},
		{"no text", "%zz", "192.0.2.1"},
		{"no UTF-8", "%ff", "192.0.2.1"},
		{"too long", strings.Repeat("x", 500), "192.0.2.1 (" + strings.Repeat("x", 60) + ")"},
	} {
		t.Run(row.name, func(t *testing.T) {
			r := httptest.NewRequest("GET", "/", nil)
			if row.cookie != "" {
				r.Header.Set("Cookie", stationCookie+"="+row.cookie)
			}
			if got := stationOf(r); got != row.want {
				t.Errorf("%q, not %q", got, row.want)
			}
		})
	}
}
