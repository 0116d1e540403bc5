package api

import (
	"net/http"
	"net/url"
	"strings"
	"unicode"
)

// stationCookie holds the name of the station that a browser is: "Panel 3". The browser sets it itself; it is a name that people have
// given, no proof of anything, which is why the address stays beside it.
const stationCookie = "lineside-station"

// maxStation is how many letters of the name are kept.
const maxStation = 60

// stationOf is from where a request comes: the address, which is its first word, and the name of the station, if it has one.
func stationOf(r *http.Request) string {
	address := remoteHost(r)
	c, err := r.Cookie(stationCookie)
	if err != nil {
		return address
	}
	name, err := url.PathUnescape(c.Value)
	if err != nil {
		return address
	}
	letters := []rune(strings.TrimSpace(strings.Map(func(c rune) rune {
		if c == unicode.ReplacementChar || !unicode.IsPrint(c) {
			return -1
		}
		return c
	}, name)))
	if len(letters) == 0 {
		return address
	}
	return address + " (" + string(letters[:min(len(letters), maxStation)]) + ")"
}
