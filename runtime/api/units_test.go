package api

import (
	"net/http"
	"testing"
)

func TestUnits(t *testing.T) {
	f := newFixture(t, false)
	f.play(t, []scenario{
		{name: "the list", as: "vera", method: "GET", url: "/units", status: 200, has: []string{`"code":"Cel"`, `"摄氏度"`, `"id":"pressure"`, `"kPa"`}},
		{name: "a unit of UCUM", as: "vera", method: "POST", url: "/units/find", body: `{"text":"kPa/min"}`, status: 200, has: []string{`"known":true`, `"exact":true`, `"symbol":"kPa/min"`}},
		{name: "a spelling", as: "vera", method: "POST", url: "/units/find", body: `{"text":"m³/h"}`, status: 200, has: []string{`"code":"m3/h"`, `"quantity":"volumeFlow"`}},
		{name: "no unit", as: "vera", method: "POST", url: "/units/find", body: `{"text":"baar"}`, status: 200, has: []string{`"known":false`, `"code":"bar"`}},
		{name: "as configured", as: "vera", method: "POST", url: "/units/show", body: `{"units":["Cel","Karton","bar"]}`, status: 200, has: []string{`"Cel":{"symbol":"°C"}`}, lacks: []string{"Karton", "factor"}},
		{name: "no such system", as: "vera", method: "PATCH", url: "/me", body: `{"units":{"system":"imperial"}}`, status: 422},
		{name: "units that do not convert", as: "vera", method: "PATCH", url: "/me", body: `{"units":{"units":{"pressure":"kg"}}}`, status: 422, has: []string{"unit_incompatible", `"/units/units/pressure"`}},
		{name: "a choice of one's own", as: "vera", method: "PATCH", url: "/me", body: `{"units":{"system":"us","units":{"pressure":"kPa"}}}`, status: 200, has: []string{`"system":"us"`}},
		{name: "is shown", as: "vera", method: "POST", url: "/units/show", body: `{"units":["°C","bar","V"]}`, status: 200, has: []string{`"symbol":"°F","own":"°C","factor":1.8,"offset":32`, `"symbol":"kPa","own":"bar","factor":100`, `"V":{"symbol":"V"}`}},
		{name: "to this person only", as: "olga", method: "POST", url: "/units/show", body: `{"units":["Cel"]}`, status: 200, has: []string{`"Cel":{"symbol":"°C"}`}},
		{name: "the plant has its own", as: "erik", method: "PATCH", url: "/plant", body: `{"put":{"units":{"system":"us"}}}`, status: 200},
		{name: "for who chose none", as: "olga", method: "POST", url: "/units/show", body: `{"units":["Cel"]}`, status: 200, has: []string{`"factor":1.8`}},
		{name: "told to everybody", as: "olga", method: "GET", url: "/me", status: 200, has: []string{`"plantUnits":{"system":"us"}`}},
		{name: "not for who designs an area", as: "hal1", method: "PATCH", url: "/plant", body: `{"put":{"units":{}}}`, status: 403},
		{name: "taken back", as: "erik", method: "PATCH", url: "/plant", body: `{"put":{"units":{}}}`, status: 200},
		{name: "as before", as: "olga", method: "GET", url: "/me", status: 200, lacks: []string{"plantUnits"}},
		{name: "own choice taken back", as: "vera", method: "PATCH", url: "/me", body: `{"units":{}}`, status: 200, lacks: []string{`"units"`}},
		{name: "an unknown unit is kept with a warning", as: "erik", method: "PATCH", url: "/plant", body: `{"put":{"tags":[{"path":"hall1/cartons","type":"int","unit":"Karton"}]}}`, status: http.StatusOK, has: []string{"unit_unknown", `"severity":"warning"`}},
	})
}
