package api

import (
	"fmt"
	"net/http"
	"net/netip"
	"net/url"
	"regexp"
	"strings"
)

// maxShown is how many hosts may be named.
const maxShown = 50

// hostName is a host as a Content-Security-Policy takes it; "*." before it stands for all below it.
var hostName = regexp.MustCompile(`^(\*\.)?[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$`)

// ParseShown reads the hosts from which widgets may show pictures, videos and pages: "https://cam1.plant.example",
// "http://10.0.0.5:8080", "https://*.plant.example". A whole scheme, "*" or a path is refused: what is allowed must be a
// host that somebody has thought of.
func ParseShown(texts []string) ([]string, error) {
	if len(texts) > maxShown {
		return nil, fmt.Errorf("there are more than %d hosts to show: name what is common to them as https://*.plant.example", maxShown)
	}
	out := make([]string, 0, len(texts))
	for _, text := range texts {
		text = strings.TrimSpace(text)
		u, err := url.Parse(strings.ToLower(text))
		if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.User != nil || strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.Fragment != "" || !shownHost(u.Hostname()) {
			return nil, fmt.Errorf("%q is no host to show: write it with its scheme, as https://cam1.plant.example or http://10.0.0.5:8080", text)
		}
		out = append(out, u.Scheme+"://"+u.Host)
	}
	return out, nil
}

// shownHost reports whether a host may stand in a policy. Browsers know no IPv6 addresses there.
func shownHost(host string) bool {
	if a, err := netip.ParseAddr(host); err == nil {
		return a.Is4()
	}
	if len(host) > 253 || !hostName.MatchString(host) {
		return false
	}
	// "*.com" is as good as everything.
	below, star := strings.CutPrefix(host, "*.")
	return !star || strings.Contains(below, ".")
}

// policyOf is the Content-Security-Policy of all pages. Nothing comes from elsewhere but what widgets show of the hosts
// that the server was given: pictures, videos, and pages in a sandbox of their own; and never a script.
func policyOf(shown []string) string {
	with := func(directive string) string { return strings.Join(append([]string{directive}, shown...), " ") }
	parts := []string{
		"default-src 'self'", with("img-src 'self' data: blob:"), with("media-src 'self' blob:"), with("frame-src 'self'"),
		with("connect-src 'self'"), "font-src 'self' data:", "object-src 'none'", "base-uri 'none'", "form-action 'self'", "frame-ancestors 'self'",
	}
	return strings.Join(parts, "; ")
}

// secure sets the headers that keep a browser from doing what a page should not.
func secure(shown []string, next http.Handler) http.Handler {
	policy := policyOf(shown)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("X-Frame-Options", "SAMEORIGIN")
		h.Set("Referrer-Policy", "same-origin")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()")
		if len(r.URL.Path) >= len(prefix) && r.URL.Path[:len(prefix)] == prefix {
			h.Set("Cache-Control", "no-store")
		}
		next.ServeHTTP(w, r)
	})
}
