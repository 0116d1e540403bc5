package unit

import "github.com/lineside/lineside/runtime/spec"

func init() {
	spec.Chinese(map[string]string{
		"This is no system of units.":              "没有这种单位制。",
		"Name each quantity once.":                 "每种量只能指定一次。",
		"There are more units than quantities.":    "单位多于量的种类。",
		"There is no such quantity.":               "没有这种量。",
		"The unit does not measure this quantity.": "该单位不能度量这种量。",
	})
}
