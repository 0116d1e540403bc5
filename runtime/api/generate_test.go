package api

import "testing"

func TestGenerateModel(t *testing.T) {
	f := newFixture(t, false)
	f.play(t, []scenario{
		{name: "of a sample", as: "erik", method: "POST", url: "/models/generate", body: `{"sample":"{\"motor\":{\"speed_rpm\":1480}}"}`, status: 200, has: []string{`"id":"motor/speed_rpm"`, `"unit":"{rev}/min"`, `"parameters":[]`}},
		{name: "of no JSON", as: "erik", method: "POST", url: "/models/generate", body: `{"sample":"{"}`, status: 422, has: []string{"sample_invalid", `"/sample"`}},
		{name: "of nothing", as: "erik", method: "POST", url: "/models/generate", body: `{}`, status: 422},
		{name: "of a device", as: "erik", method: "POST", url: "/models/generate", body: `{"device":"sim"}`, status: 200, has: []string{`"device":"{device}"`, `"params":{"device":"sim"`}},
		{name: "of no device", as: "erik", method: "POST", url: "/models/generate", body: `{"device":"none"}`, status: 422},
		{name: "of a device that is off", as: "erik", method: "POST", url: "/models/generate", body: `{"device":"broker"}`, status: 422},
		{name: "by who may not", as: "olga", method: "POST", url: "/models/generate", body: `{"sample":"{}"}`, status: 403},
	})
}
