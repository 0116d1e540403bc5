package file

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"testing"

	"github.com/lineside/lineside/runtime/connector/conformance"
	"github.com/lineside/lineside/runtime/connector/folder"
	"github.com/lineside/lineside/runtime/tag"
)

// here makes a folder for files of the test's own.
func here(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "files")
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	folder.Allow(dir)
	t.Cleanup(func() { folder.Allow("") })
	return dir
}

// put replaces a file in one step.
func put(t *testing.T, dir, name, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, "..", "new"), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(filepath.Join(dir, "..", "new"), filepath.Join(dir, name)); err != nil {
		t.Fatal(err)
	}
}

func TestConformance(t *testing.T) {
	for format, texts := range map[string][2]string{
		"csv":   {"n\n%d\n", "f,i,b,s,e,y,j\n-1.5e-9,9223372036854775807,true,\"线 \"\"1\"\"\n\",,AP8K,\"[[1,2],[3,4]]\"\n"},
		"json":  {`{"n":%d}`, `{"f":-1.5e-9,"i":9223372036854775807,"b":true,"s":"线 \"1\"\n","e":"","y":"AP8K","j":[[1,2],[3,4]]}`},
		"jsonl": {"{\"n\":%d}\n", "{\"f\":1}\n{\"f\":-1.5e-9,\"i\":9223372036854775807,\"b\":true,\"s\":\"线 \\\"1\\\"\\n\",\"e\":\"\",\"y\":\"AP8K\",\"j\":[[1,2],[3,4]]}\n"},
	} {
		t.Run(format, func(t *testing.T) {
			conformance.Run(t, func(t *testing.T) *conformance.Device {
				dir := here(t)
				put(t, dir, "live", fmt.Sprintf(texts[0], 0))
				put(t, dir, "values", texts[1])
				key := "path"
				bytes := tag.OfBytes([]byte{0, 255, 10})
				missing := tag.BadNoData
				if format == "csv" {
					key, bytes, missing = "column", tag.OfBytes([]byte("AP8K")), tag.BadNodeIDUnknown
				}
				at := func(file, name string) string { return fmt.Sprintf(`{"file":%q,%q:%q}`, file, key, name) }
				gone := dir + ".away"
				return &conformance.Device{
					Connector: "file", ReadOnly: true,
					Settings: func(int) string { return fmt.Sprintf(`{"format":%q}`, format) },
					Kill: func(t *testing.T) {
						if err := os.Rename(dir, gone); err != nil {
							t.Fatal(err)
						}
					},
					Restart: func(t *testing.T) {
						if err := os.Rename(gone, dir); err != nil {
							t.Fatal(err)
						}
					},
					Live:   conformance.Tag{Address: at("live", "n"), Type: tag.Int},
					Change: func(t *testing.T, n int) { put(t, dir, "live", fmt.Sprintf(texts[0], n)) },
					Values: []conformance.Tag{
						{Address: at("values", "f"), Type: tag.Float, Value: tag.OfFloat(-1.5e-9)}, {Address: at("values", "i"), Type: tag.Int, Value: tag.OfInt(math.MaxInt64)}, {Address: at("values", "b"), Type: tag.Bool, Value: tag.OfBool(true)},
						{Address: at("values", "s"), Type: tag.String, Value: tag.OfString("线 \"1\"\n")}, {Address: at("values", "e"), Type: tag.String, Value: tag.OfString("")}, {Address: at("values", "y"), Type: tag.Bytes, Value: bytes}, {Address: at("values", "j"), Type: tag.JSON, Value: tag.OfJSON("[[1,2],[3,4]]")},
					},
					Missing: []conformance.Bad{
						{Tag: conformance.Tag{Address: at("live", "x"), Type: tag.Int}, Quality: missing}, {Tag: conformance.Tag{Address: at("nothing", "n"), Type: tag.Int}, Quality: tag.BadNoData}, {Tag: conformance.Tag{Address: at("values", "s"), Type: tag.Int}, Quality: tag.BadTypeMismatch},
						{Tag: conformance.Tag{Address: `{"column":"n"}`, Type: tag.Int}, Quality: tag.BadConfigurationError},
					},
					Invalid: []string{`{"file":"../x"}`, `{"file":"/etc/passwd"}`, `{"file":"*/x"}`, `{"file":"["}`, `{"column":"a","path":"b"}`, `{"path":"a..b"}`, `{"column":"a","key":"b"}`},
					Refused: []conformance.Bad{{Tag: conformance.Tag{Address: at("live", "n"), Type: tag.Int, Value: tag.OfInt(1)}, Quality: tag.BadNotWritable}},
				}
			})
		})
	}
}
