package mqtt

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"testing"

	"github.com/lineside/lineside/runtime/connector/peer"
	"github.com/lineside/lineside/runtime/tag"
)

// picky is a broker that refuses every subscription whose number in its packet is even.
func picky(t *testing.T, version string) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		conn, err := l.Accept()
		if err != nil {
			return
		}
		defer conn.Close()
		r := bufio.NewReader(conn)
		for {
			kind, err := r.ReadByte()
			if err != nil {
				return
			}
			length, _ := r.ReadByte() // packets of this test are short
			body := make([]byte, length)
			if _, err := io.ReadFull(r, body); err != nil {
				return
			}
			var answer []byte
			switch kind >> 4 {
			case 1: // CONNECT
				answer = map[string][]byte{"3.1.1": {0x20, 2, 0, 0}, "5": {0x20, 3, 0, 0, 0}}[version]
			case 8: // SUBSCRIBE
				answer, body = append([]byte{0x90, 0}, body[:2]...), body[2:]
				refusal := byte(0x80)
				if version == "5" {
					answer, body, refusal = append(answer, 0), body[1:], 0x87
				}
				for i := 0; len(body) > 0; i++ {
					body = body[3+int(body[1]):]
					answer = append(answer, refusal*byte(1-i%2))
				}
				answer[1] = byte(len(answer) - 2)
			case 10: // UNSUBSCRIBE
				return
			}
			if _, err := conn.Write(answer); err != nil {
				return
			}
		}
	}()
	t.Cleanup(func() {
		l.Close()
		<-done
	})
	return l.Addr().(*net.TCPAddr).Port
}

// A refused subscription makes its tags bad and no others.
func TestRefusedSubscription(t *testing.T) {
	for _, version := range versions {
		t.Run(version, func(t *testing.T) {
			c := build(t, map[string]any{"url": fmt.Sprintf("mqtt://127.0.0.1:%d", picky(t, version)), "version": version})
			r := run(t, c, at(t, 1, tag.Float, `{"topic":"a"}`), at(t, 2, tag.Float, `{"topic":"b"}`), at(t, 3, tag.Float, `{"topic":"c/#"}`))
			// Two of three, of whichever the library sends first.
			peer.Await(t, "the refusals", func() bool {
				refused := 0
				for id := 1; id <= 3; id++ {
					if s, ok := r.sample(id); ok && s.Quality == tag.BadUserAccessDenied && s.Value.IsNone() {
						refused++
					}
				}
				return refused == 2
			})
			select {
			case err := <-r.done:
				t.Errorf("run ended with %v", err)
			default:
			}
		})
	}
}
