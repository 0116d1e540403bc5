package store

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/lineside/lineside/runtime/historian"
	"github.com/lineside/lineside/runtime/tag"
)

func readAll(t *testing.T, a *historian.Archive, path tag.Path) []historian.Sample {
	t.Helper()
	var out []historian.Sample
	if err := a.Raw(context.Background(), path, -1<<62, 1<<62, func(part []historian.Sample) bool { out = append(out, part...); return true }); err != nil {
		t.Fatal(err)
	}
	return out
}

func seriesOf(t *testing.T, a *historian.Archive, paths ...tag.Path) []int64 {
	t.Helper()
	ids, err := a.SeriesOf(context.Background(), paths)
	if err != nil {
		t.Fatal(err)
	}
	return ids
}

// mixed is sample number i of a tag that has it all.
func mixed(i int) historian.Sample {
	at := tag.TimeOf(time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC)) + tag.Time(i)*tag.Time(time.Second)
	switch {
	case i%97 == 0:
		return historian.Sample{Time: at, Quality: tag.BadNoCommunication}
	case i%5 == 0:
		return historian.Sample{Time: at, Value: tag.OfInt(int64(i) * 1e9)}
	}
	return historian.Sample{Time: at, Value: tag.OfFloat(float64(i) / 8)}
}

const historyCrashDir = "LINESIDE_TEST_HISTORY_CRASH"

// TestHistoryCrashChild is not a test: it is the process that TestHistoryKilled kills.
func TestHistoryCrashChild(t *testing.T) {
	dir := os.Getenv(historyCrashDir)
	if dir == "" {
		t.Skip("run by TestHistoryKilled")
	}
	ctx := context.Background()
	s, err := Open(ctx, "", dir)
	if err != nil {
		t.Fatal(err)
	}
	a, err := historian.Open(ctx, s.History(), historian.Options{Dir: filepath.Join(dir, "history")})
	if err != nil {
		t.Fatal(err)
	}
	ids := seriesOf(t, a, "a", "b", "c", "d")
	n := len(readAll(t, a, "d"))
	var working sync.WaitGroup
	ends := make(chan tag.Time, 1)
	working.Go(func() {
		for now := range ends {
			if err := a.Flush(ctx, now, false); err != nil {
				panic(err)
			}
			fmt.Println("tiering")
			if err := a.MakeTiers(ctx, now); err != nil {
				panic(err)
			}
			fmt.Println("tiered")
		}
	})
	for ; ; n += 20 {
		var list []historian.Batch
		for _, id := range ids {
			b := historian.Batch{Series: id}
			for i := range 20 {
				b.Samples = append(b.Samples, mixed(n+i))
			}
			list = append(list, b)
		}
		a.Append(list)
		if err := a.Sync(true); err != nil {
			t.Fatal(err)
		}
		fmt.Printf("acknowledged %d\n", n+20)
		select {
		case ends <- mixed(n).Time:
		default:
		}
	}
}

// TestHistoryKilled kills a process in the midst of taking samples in, of moving them to the database and of making
// summaries, time and again on the same data: all it acknowledged is there, nothing half, and the summaries are right.
func TestHistoryKilled(t *testing.T) {
	dir := t.TempDir()
	acknowledged := 0
	for round, word := range []string{"acknowledged", "tiering", "tiered", "acknowledged", "tiering", "tiering"} {
		cmd := exec.Command(os.Args[0], "-test.run=^TestHistoryCrashChild$")
		cmd.Env = append(os.Environ(), historyCrashDir+"="+dir)
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewScanner(out)
		seen, before := 0, acknowledged
		for lines.Scan() {
			if text, ok := strings.CutPrefix(lines.Text(), "acknowledged "); ok {
				acknowledged, _ = strconv.Atoi(text)
			}
			if strings.HasPrefix(lines.Text(), word) {
				seen++
			}
			// Some time after the start, so that there is something to move; then at once when it begins.
			if acknowledged-before > 10000+round*2000 && seen > 10 && strings.HasPrefix(lines.Text(), word) {
				break
			}
		}
		if err := cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		_ = cmd.Wait()
		if acknowledged == before {
			t.Fatal("the child acknowledged nothing")
		}
		s := open(t, "", dir)
		a, err := historian.Open(context.Background(), s.History(), historian.Options{Dir: filepath.Join(dir, "history")})
		if err != nil {
			t.Fatal(err)
		}
		end := 0
		for _, path := range []tag.Path{"a", "b", "c", "d"} {
			got := readAll(t, a, path)
			if len(got) < acknowledged {
				t.Fatalf("round %d: %d samples of %s are there, %d were acknowledged", round, len(got), path, acknowledged)
			}
			for i := range got {
				if got[i] != mixed(i) {
					t.Fatalf("round %d: sample %d of %s is %v", round, i, path, got[i])
				}
			}
			end = len(got)
		}
		if err := a.MakeTiers(context.Background(), mixed(end).Time); err != nil {
			t.Fatal(err)
		}
		summaries, samples := 0, 0
		if err := a.Scan(context.Background(), "b", historian.TierMinute, 0, 1<<62, func(part []historian.Sample) bool { samples += len(part); return true }, func(part []historian.Summary) bool {
			for i := range part {
				samples += part[i].Samples
				summaries++
			}
			return true
		}); err != nil {
			t.Fatal(err)
		}
		if samples != end || round > 0 && summaries == 0 {
			t.Errorf("round %d: %d of %d samples by %d summaries", round, samples, end, summaries)
		}
		if err := a.Close(); err != nil {
			t.Fatal(err)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// TestHistoryDamaged: a byte flipped anywhere in a row is found, named and counted; the rest is read.
func TestHistoryDamaged(t *testing.T) {
	ctx := context.Background()
	s := open(t, "", t.TempDir())
	var log bytes.Buffer
	reopen := func() *historian.Archive {
		a, err := historian.Open(ctx, s.History(), historian.Options{Dir: t.TempDir(), Log: slog.New(slog.NewTextHandler(&log, nil))})
		if err != nil {
			t.Fatal(err)
		}
		return a
	}
	a := reopen()
	ids := seriesOf(t, a, "hall/oven")
	b := historian.Batch{Series: ids[0]}
	for i := range 10 * 1800 {
		b.Samples = append(b.Samples, mixed(i))
	}
	a.Append([]historian.Batch{b})
	if err := a.Flush(ctx, 1<<62, true); err != nil {
		t.Fatal(err)
	}
	var rows []chunkRow
	if err := s.db.Order("start").Find(&rows).Error; err != nil || len(rows) != 30 {
		t.Fatal(len(rows), err)
	}
	victim := rows[12]
	for at := 0; at < len(victim.Data); at += 1 + at/12 {
		data := slices.Clone(victim.Data)
		data[at] ^= 1 << (at % 8)
		if err := s.db.Model(&chunkRow{}).Where("series = ? AND start = ?", victim.Series, victim.Start).Update("data", data).Error; err != nil {
			t.Fatal(err)
		}
		log.Reset()
		a = reopen()
		got := readAll(t, a, "hall/oven")
		if len(got) != 29*600+1 || got[12*600].Quality != tag.BadDataLost || got[12*600+1] != mixed(13*600) {
			t.Fatalf("byte %d of %d: %d samples", at, len(victim.Data), len(got))
		}
		if d := a.Damages(); len(d) != 1 || d[0].Tag != "hall/oven" || d[0].Start != tag.Time(victim.Start) || a.State().Damaged != 1 {
			t.Fatalf("byte %d: %v", at, d)
		}
		if !strings.Contains(log.String(), "hall/oven") || !strings.Contains(log.String(), tag.Time(victim.Start).Std().Format("2006-01-02T15:04")) {
			t.Fatalf("the log says %s", log.String())
		}
	}
	// Of summaries too: samples are read in their place.
	if err := s.db.Model(&chunkRow{}).Where("series = ? AND start = ?", victim.Series, victim.Start).Update("data", victim.Data).Error; err != nil {
		t.Fatal(err)
	}
	if err := a.MakeTiers(ctx, mixed(40000).Time); err != nil {
		t.Fatal(err)
	}
	var tier minuteRow
	if err := s.db.First(&tier).Error; err != nil {
		t.Fatal(err)
	}
	tier.Data[len(tier.Data)/2] ^= 4
	if err := s.db.Save(&tier).Error; err != nil {
		t.Fatal(err)
	}
	a = reopen()
	summaries, samples := 0, 0
	if err := a.Scan(ctx, "hall/oven", historian.TierMinute, 0, 1<<62, func(part []historian.Sample) bool { samples += len(part); return true }, func(part []historian.Summary) bool { summaries += len(part); return true }); err != nil {
		t.Fatal(err)
	}
	if samples < 4*3600 || !strings.Contains(log.String(), "summaries are damaged") {
		t.Errorf("%d samples, %d summaries; the log says %s", samples, summaries, log.String())
	}
}

// TestHistoryTornJournal: wherever the journal ends, or whatever follows, it is read up to there.
func TestHistoryTornJournal(t *testing.T) {
	ctx := context.Background()
	s := open(t, "", t.TempDir())
	dir := t.TempDir()
	a, err := historian.Open(ctx, s.History(), historian.Options{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	ids := seriesOf(t, a, "x")
	const records, each = 8, 25
	for r := range records {
		b := historian.Batch{Series: ids[0]}
		for i := range each {
			b.Samples = append(b.Samples, mixed(r*each+i))
		}
		a.Append([]historian.Batch{b})
		if err := a.Sync(true); err != nil {
			t.Fatal(err)
		}
	}
	files, _ := filepath.Glob(filepath.Join(dir, "*.journal"))
	whole, err := os.ReadFile(files[len(files)-1])
	if err != nil || len(whole) < 500 {
		t.Fatal(len(whole), err)
	}
	try := func(what string, content []byte, least int) {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, "00000007.journal"), content, 0o600); err != nil {
			t.Fatal(err)
		}
		a, err := historian.Open(ctx, s.History(), historian.Options{Dir: dir})
		if err != nil {
			t.Fatalf("%s: %v", what, err)
		}
		got := readAll(t, a, "x")
		if len(got) < least || len(got)%each != 0 {
			t.Fatalf("%s: %d samples", what, len(got))
		}
		for i := range got {
			if got[i] != mixed(i) {
				t.Fatalf("%s: sample %d is %v", what, i, got[i])
			}
		}
		a.Append([]historian.Batch{{Series: ids[0], Samples: []historian.Sample{mixed(5000)}}})
		if err := a.Sync(true); err != nil {
			t.Fatal(err)
		}
		if err := a.Close(); err != nil {
			t.Fatal(err)
		}
	}
	last := 0
	for cut := 0; cut <= len(whole); cut += 7 {
		try(fmt.Sprintf("cut after %d bytes", cut), whole[:cut], 0)
		last = cut
	}
	_ = last
	try("whole", whole, records*each)
	try("rubbish behind", append(slices.Clone(whole), bytes.Repeat([]byte{0xa5}, 300)...), records*each)
	try("zeros behind", append(slices.Clone(whole), make([]byte, 4096)...), records*each)
	for at := 20; at < len(whole); at += 101 {
		content := slices.Clone(whole)
		content[at] ^= 0x10
		try(fmt.Sprintf("byte %d flipped", at), content, 0)
	}
}

// historyValues: whatever a value is, it comes out of memory, journal, database and summaries as it went in.
func historyValues(t *testing.T, s *Store) {
	ctx := context.Background()
	dir := t.TempDir()
	open := func() *historian.Archive {
		a, err := historian.Open(ctx, s.History(), historian.Options{Dir: dir})
		if err != nil {
			t.Fatal(err)
		}
		return a
	}
	a := open()
	big := strings.Repeat("大x", 1<<18)
	values := []tag.Value{
		tag.OfFloat(math.NaN()), tag.OfFloat(math.Inf(1)), tag.OfFloat(math.Inf(-1)), tag.OfFloat(math.MaxFloat64), tag.OfFloat(-math.MaxFloat64), tag.OfFloat(math.Copysign(0, -1)), tag.OfFloat(math.SmallestNonzeroFloat64),
		tag.OfFloat(1 << 63), tag.OfInt(math.MaxInt64), tag.OfInt(math.MinInt64), tag.OfInt(-1), tag.OfBool(true), tag.OfBool(false),
		tag.OfString(""), tag.OfString(big), tag.OfString("\x00\xff"), tag.OfString(big[3:]), tag.OfJSON(`{"a":[1,null]}`), tag.OfBytes([]byte{0, 255}), {},
	}
	ids := seriesOf(t, a, "values")
	begin := tag.TimeOf(time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC))
	var want []historian.Sample
	for i, v := range values {
		for k := range 3 {
			x := historian.Sample{Time: begin + tag.Time(i*3+k)*tag.Time(30*time.Second) + tag.Time(i%2), Value: v}
			if k == 2 {
				x.Quality = tag.Uncertain
			}
			want = append(want, x)
			a.Append([]historian.Batch{{Series: ids[0], Samples: []historian.Sample{x}}})
		}
	}
	check := func(where string) {
		t.Helper()
		got := readAll(t, a, "values")
		if len(got) != len(want) {
			t.Fatalf("%s: %d of %d samples", where, len(got), len(want))
		}
		for i := range got {
			if got[i] != want[i] {
				t.Fatalf("%s: sample %d: %.60v became %.60v", where, i, want[i], got[i])
			}
		}
	}
	check("in memory")
	if err := a.Sync(true); err != nil {
		t.Fatal(err)
	}
	a = open()
	check("from the journal")
	if err := a.Flush(ctx, 1<<62, true); err != nil {
		t.Fatal(err)
	}
	check("from the database")
	if err := a.MakeTiers(ctx, begin+tag.Time(11*24*time.Hour)); err != nil {
		t.Fatal(err)
	}
	seen := 0
	if err := a.Scan(ctx, "values", historian.TierMinute, begin, begin+tag.Time(4*time.Hour), func(part []historian.Sample) bool { seen += 1000; return true }, func(part []historian.Summary) bool {
		for i := range part {
			x := &part[i]
			n := slices.IndexFunc(want, func(y historian.Sample) bool { return y.Time == x.First.Time })
			if n < 0 || x.First != want[n] || x.Last != want[n+x.Samples-1] {
				t.Fatalf("summary of %d: %.60v to %.60v", x.Samples, x.First, x.Last)
			}
			seen += x.Samples
		}
		return true
	}); err != nil {
		t.Fatal(err)
	}
	if seen != len(want) {
		t.Errorf("summaries of %d of %d samples", seen, len(want))
	}
	// More text than there is room for is refused and counted, and does no harm to others.
	b := historian.Batch{Series: ids[0]}
	for i := range 40 {
		b.Samples = append(b.Samples, historian.Sample{Time: begin + tag.Time(25*time.Hour) + tag.Time(i), Value: tag.OfString(strconv.Itoa(i) + big)})
	}
	a.Append([]historian.Batch{b})
	if n := a.State().Dropped; n == 0 || n > 20 {
		t.Errorf("%d of 40 MB were dropped", n)
	}
	if err := a.Flush(ctx, 1<<62, true); err != nil || a.State().Pending != 0 || a.State().Text != 0 {
		t.Errorf("%+v, %v", a.State(), err)
	}
	if err := a.Close(); err != nil {
		t.Error(err)
	}
}

// TestHistoryClock: the clock goes an hour forth and back; every sample is there, in the order of time.
func TestHistoryClock(t *testing.T) {
	ctx := context.Background()
	s := open(t, "", t.TempDir())
	dir := t.TempDir()
	a, err := historian.Open(ctx, s.History(), historian.Options{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	ids := seriesOf(t, a, "x")
	begin := tag.TimeOf(time.Date(2026, 10, 25, 0, 0, 0, 0, time.UTC))
	want := map[tag.Time]historian.Sample{}
	clock, n := begin, 0
	for step := range 4 * 3600 {
		switch step {
		case 3600:
			clock += tag.Time(time.Hour)
		case 7200, 10800:
			clock -= tag.Time(time.Hour) // back where it was, then a time that has been already
		}
		clock += tag.Time(time.Second)
		x := historian.Sample{Time: clock, Value: tag.OfInt(int64(n))}
		n++
		want[clock] = x
		a.Append([]historian.Batch{{Series: ids[0], Samples: []historian.Sample{x}}})
		if step%97 == 0 {
			if err := a.Sync(false); err != nil {
				t.Fatal(err)
			}
		}
		if step%300 == 0 {
			if err := a.Move(ctx, clock); err != nil {
				t.Fatal(err)
			}
			if err := a.MakeTiers(ctx, clock); err != nil {
				t.Fatal(err)
			}
		}
		if step%2000 == 1999 {
			if err := a.Sync(true); err != nil {
				t.Fatal(err)
			}
			if a, err = historian.Open(ctx, s.History(), historian.Options{Dir: dir}); err != nil {
				t.Fatal(err)
			}
		}
	}
	got := readAll(t, a, "x")
	if len(got) != len(want) {
		t.Fatalf("%d of %d samples", len(got), len(want))
	}
	for i := range got {
		if got[i] != want[got[i].Time] || i > 0 && got[i].Time <= got[i-1].Time {
			t.Fatalf("sample %d at %s", i, got[i].Time.Std())
		}
	}
}
