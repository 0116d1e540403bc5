package api

import (
	"strings"
	"testing"
)

// Hosts that widgets may show are hosts, and nothing that opens the pages to everything or ends the directive.
func TestParseShown(t *testing.T) {
	for text, want := range map[string]string{
		"https://cam1.plant.example": "https://cam1.plant.example", "http://10.0.0.5:8080/": "http://10.0.0.5:8080",
		"HTTPS://Cam1": "https://cam1", "https://*.plant.example": "https://*.plant.example", " https://cam2 ": "https://cam2",
	} {
		if got, err := ParseShown([]string{text}); err != nil || got[0] != want {
			t.Errorf("%q: %v, %v", text, got, err)
		}
	}
	for _, text := range []string{
		"", "*", "https:", "https://*", "https://*.com", "cam1", "ftp://cam1", "data:", "https://cam1/stream", "https://a@cam1", "https://cam1?x",
		"https://cam1; script-src *", "https://cam1 'unsafe-inline'", "https://[::1]", "https://a..b", "javascript://cam1", "https://'self'", "https://cam1,https://b",
	} {
		if got, err := ParseShown([]string{text}); err == nil {
			t.Errorf("%q is taken as %v", text, got)
		}
	}
	if _, err := ParseShown(make([]string, 51)); err == nil {
		t.Error("51 hosts are taken")
	}
}

func TestPolicy(t *testing.T) {
	policy := policyOf([]string{"https://cam1"})
	for _, part := range strings.Split(policy, "; ") {
		name, _, _ := strings.Cut(part, " ")
		open := name == "img-src" || name == "media-src" || name == "frame-src" || name == "connect-src"
		if strings.Contains(part, "https://cam1") != open {
			t.Errorf("directive %q", part)
		}
	}
	if strings.Contains(policyOf(nil), "http") || strings.Contains(policy, "script-src") {
		t.Errorf("policy %q", policyOf(nil))
	}
}
