// Command worker is a worker of scripts and nothing else. The tests build it without the race detector, whose memory is
// more than a worker may have.
package main

import _ "github.com/lineside/lineside/runtime/script/early"

func main() {}
