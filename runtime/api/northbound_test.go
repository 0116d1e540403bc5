package api

import (
	"fmt"
	"strings"
	"testing"

	"github.com/lineside/lineside/runtime/connector/peer"
	_ "github.com/lineside/lineside/runtime/northbound/modbus"
	_ "github.com/lineside/lineside/runtime/northbound/sparkplug"
)

func TestNorthboundIsForDesigners(t *testing.T) {
	f := newFixture(t, false)
	anna, olga := f.client("anna"), f.client("olga")
	entry := fmt.Sprintf(`{"id":"plc","kind":"modbus","settings":{"port":%d},"tags":[{"tag":"hall1/locked","map":{"table":"input","address":0,"type":"int16"}}]}`, peer.FreePort(t))
	if a := f.do(anna, "PATCH", "/api/v1/plant", `{"put":{"northbound":[`+entry+`]}}`); a.status != 200 {
		t.Fatal(a.body)
	}
	if a := f.do(anna, "GET", "/api/v1/plant", ""); !strings.Contains(a.body, `"northbound"`) {
		t.Error("the plant does not have it")
	}
	if a := f.do(olga, "GET", "/api/v1/plant", ""); strings.Contains(a.body, `"northbound"`) {
		t.Error("an operator sees it in the plant")
	}
	if a := f.do(anna, "GET", "/api/v1/northbound/plc/map.csv", ""); a.status != 200 || !strings.Contains(a.body, "hall1/locked,input,0,int16") {
		t.Errorf("%d %s", a.status, a.body)
	}
	if a := f.do(anna, "GET", "/api/v1/northbound/none/map.csv", ""); a.status != 422 && a.status != 404 {
		t.Errorf("%d %s", a.status, a.body)
	}
	if a := f.do(anna, "PATCH", "/api/v1/plant", `{"remove":{"tags":["hall1/locked"]}}`); a.status == 200 || !strings.Contains(a.body, "/northbound/0/tags/0/tag") {
		t.Errorf("an exposed tag was removed: %d %s", a.status, a.body)
	}
	// The password of a broker is kept apart, and does not come back.
	node := `{"id":"node","kind":"sparkplug","disabled":true,"settings":{"url":"tcp://127.0.0.1:1","group":"g","node":"n","username":"u","password":"plain text"}}`
	if a := f.do(anna, "PATCH", "/api/v1/plant", `{"put":{"northbound":[`+node+`]}}`); a.status != 200 {
		t.Fatal(a.body)
	}
	if a := f.do(anna, "GET", "/api/v1/plant", ""); strings.Contains(a.body, "plain text") || !strings.Contains(a.body, `"password": "secret:`) {
		t.Error("the password stands in the plant")
	}
	if a := f.do(anna, "PATCH", "/api/v1/plant", `{"remove":{"northbound":["plc","node"]}}`); a.status != 200 {
		t.Error(a.body)
	}
}
