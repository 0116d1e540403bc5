package api

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/lineside/lineside/runtime/alarm"
	"github.com/lineside/lineside/runtime/auth"
	"github.com/lineside/lineside/runtime/engine"
	"github.com/lineside/lineside/runtime/plant"
	"github.com/lineside/lineside/runtime/store"
	"github.com/lineside/lineside/runtime/tag"
)

const crashAlarms = 300

// crashEngine is an engine with many alarms on the database in a folder, whose tags are at a value that raises them.
func crashEngine(ctx context.Context, t *testing.T, dir string) (*engine.Engine, *store.Store) {
	db, err := store.Open(ctx, "", dir)
	if err != nil {
		t.Fatal(err)
	}
	var tags []string
	for i := range crashAlarms {
		tags = append(tags, fmt.Sprintf(`{"path":"hall/t%d","type":"float","initial":90,"alarms":{"high":{"kind":"high","priority":"high","limit":80},"slow":{"kind":"high","priority":"low","limit":85,"onDelay":"1h"}}}`, i))
	}
	p, err := plant.Read([]byte(`{"format":1,"tags":[` + strings.Join(tags, ",") + `]}`))
	if err != nil {
		t.Fatal(err)
	}
	e := engine.New(engine.Options{Alarms: db})
	if err := e.SetPlant(p); err != nil {
		t.Fatal(err)
	}
	go func() { _ = e.Run(ctx) }()
	return e, db
}

// TestAlarmsOutliveAKill kills a server in the middle of acknowledgements: what was answered is kept, nothing is raised a second
// time, and delays go on.
func TestAlarmsOutliveAKill(t *testing.T) {
	key := func(i int) alarm.Key { return alarm.KeyOf(tag.Path(fmt.Sprintf("hall/t%d", i)), "high") }
	if dir := os.Getenv("LINESIDE_TEST_CRASH"); dir != "" {
		e, _ := crashEngine(context.Background(), t, dir)
		for deadline := time.Now().Add(30 * time.Second); ; time.Sleep(10 * time.Millisecond) {
			if list, _ := e.Alarms(); len(list) >= crashAlarms {
				break
			}
			if time.Now().After(deadline) {
				t.Fatal("they were not raised")
			}
		}
		who := auth.Actor{Name: "olga", Rights: auth.RightsOf([]auth.Grant{{Role: "engineer"}}, auth.AllActions)}
		for i := range crashAlarms {
			if _, err := e.OrderAlarms(context.Background(), engine.AlarmOrder{Event: alarm.Acknowledge, Keys: []alarm.Key{key(i)}}, who); err != nil {
				t.Fatal(err)
			}
			fmt.Println("acknowledged", i)
		}
		time.Sleep(time.Minute) // until it is killed
		return
	}
	dir := t.TempDir()
	cmd := exec.Command(os.Args[0], "-test.run=^TestAlarmsOutliveAKill$")
	cmd.Env = append(os.Environ(), "LINESIDE_TEST_CRASH="+dir)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	answered := 0
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if strings.HasPrefix(lines.Text(), "acknowledged") {
			if answered++; answered == 40 {
				_ = cmd.Process.Kill() // what it has written into the pipe before is still read
			}
		}
	}
	_ = cmd.Wait()
	if answered < 40 {
		t.Fatalf("only %d were acknowledged", answered)
	}
	ctx, cancel := context.WithCancel(context.Background())
	e, db := crashEngine(ctx, t, dir)
	defer db.Close()
	defer cancel()
	for i := range crashAlarms {
		a, ok := e.AlarmNow(key(i))
		switch {
		case !ok:
			t.Fatal("gone:", key(i))
		case i < answered && a.State != alarm.Acknowledged:
			t.Errorf("%s was acknowledged and is %s", key(i), a.State)
		case i > answered && a.State != alarm.Unacknowledged: // one may have been under way
			t.Errorf("%s is %s", key(i), a.State)
		}
	}
	time.Sleep(200 * time.Millisecond) // a few rounds
	raised, all := map[alarm.Key]int{}, 0
	for after := int64(0); ; {
		list, err := db.AlarmsAfter(ctx, after, 1000)
		if err != nil {
			t.Fatal(err)
		}
		if len(list) == 0 {
			break
		}
		for _, x := range list {
			if after = x.ID; x.Event == alarm.Raise {
				raised[alarm.KeyOf(x.Path, x.Alarm)]++
				all++
			}
		}
	}
	if all != crashAlarms || len(raised) != crashAlarms {
		t.Errorf("%d alarms were raised %d times", len(raised), all)
	}
	records, err := db.LoadAlarms(ctx)
	if err != nil {
		t.Fatal(err)
	}
	pending := 0
	for _, r := range records {
		if _, id := r.Key.Split(); id == "slow" && time.Since(r.Delay.Pending) > 100*time.Millisecond {
			pending++
		}
	}
	if pending != crashAlarms {
		t.Errorf("%d delays go on", pending)
	}
}
