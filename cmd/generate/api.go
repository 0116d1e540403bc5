package main

import "reflect"

// apiSection is the types of the HTTP API.
func apiSection() (s struct {
	title string
	types []reflect.Type
}) {
	return s
}
