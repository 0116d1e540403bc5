package api

import (
	"strings"
	"testing"
	"time"
)

// A tag or property with a condition is kept only while that holds, and its history says where it ended. A change of names
// changes the condition with it.
func TestHistoryCondition(t *testing.T) {
	f := newFixture(t, false)
	f.must(422, "erik", "PATCH", "/plant", `{"put":{"tags":[{"path":"hall1/x","type":"float","history":{"keep":"change","when":"1 +"}}]}}`)
	f.must(422, "erik", "PATCH", "/plant", `{"put":{"tags":[{"path":"hall1/x","type":"float","history":{"keep":"change","when":"tag(\"hall1/setpoint\") + 1"}}]}}`)
	f.must(200, "erik", "PATCH", "/plant", `{"put":{
		"tags":[
			{"path":"hall1/run","type":"bool","initial":false,"write":{"confirm":"none"}},
			{"path":"hall1/x","type":"float","initial":1,"write":{"confirm":"none"},"history":{"keep":"change","when":"tag(\"hall1/run\") and value < 100"}}],
		"models":[{"id":"tank","properties":[{"id":"run","type":"bool","initial":false,"write":{"confirm":"none"}},{"id":"level","type":"float","initial":1,"write":{"confirm":"none"},"history":{"keep":"change","when":"tag(\"./run\")"}}]}],
		"assets":[{"path":"hall1/t1","model":"tank"}]}}`)
	write := func(path, value string) {
		t.Helper()
		f.must(200, "olga", "PUT", "/tags/"+path, `{"value":`+value+`}`)
		time.Sleep(300 * time.Millisecond) // conditions are looked at five times a second
	}
	for _, of := range []struct{ run, value string }{{"hall1/run", "hall1/x"}, {"hall1/t1/run", "hall1/t1/level"}} {
		write(of.value, "2")
		write(of.run, "true")
		write(of.value, "3")
		write(of.run, "false")
		write(of.value, "4")
		var got string
		for end := time.Now().Add(10 * time.Second); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
			got = f.must(200, "vera", "GET", "/history?tag="+of.value+"&from=now-1m", "").body
			if strings.Contains(got, ",2],[") && strings.Contains(got, ",3],[") && strings.Contains(got, ",null,") {
				break
			}
		}
		if !strings.Contains(got, ",2],[") || !strings.Contains(got, ",null,") || strings.Contains(got, ",1]") || strings.Contains(got, ",4]") {
			t.Errorf("%s: %s", of.value, got)
		}
	}
	f.must(200, "erik", "POST", "/plant/rename", `{"from":"hall1/run","to":"hall1/runs"}`)
	if got := f.must(200, "erik", "GET", "/plant", "").body; !strings.Contains(got, `tag(\"hall1/runs\") and value`) {
		t.Errorf("the condition did not follow: %s", got)
	}
}
