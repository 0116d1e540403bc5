package api

import (
	"context"
	"maps"
	"slices"
	"strconv"

	"github.com/lineside/lineside/runtime/connector"
	"github.com/lineside/lineside/runtime/expression"
	"github.com/lineside/lineside/runtime/tag"
	"github.com/lineside/lineside/widgets"
)

// Catalogue is what screens, plants and expressions can be made of.
type Catalogue struct {
	Widgets    []*widgets.Manifest   `json:"widgets" nullable:"false"`
	Connectors []*connector.Type     `json:"connectors" nullable:"false"`
	Functions  []expression.Function `json:"functions" nullable:"false"`
	// Qualities are names of OPC UA StatusCodes by their number.
	Qualities map[string]string `json:"qualities"`
}

// CatalogueOf puts the catalogue together.
func CatalogueOf(w widgets.Catalogue) Catalogue {
	c := Catalogue{Widgets: []*widgets.Manifest{}, Connectors: connector.Types(), Functions: expression.Functions(), Qualities: map[string]string{}}
	for _, id := range slices.Sorted(maps.Keys(w)) {
		c.Widgets = append(c.Widgets, w[id])
	}
	for code, name := range tag.QualityNames() {
		c.Qualities[strconv.FormatUint(uint64(code), 10)] = name
	}
	return c
}

func (s *Server) catalogResource() {
	add(s, route{method: "GET", path: "/catalog", id: "getCatalog", tag: "catalog", summary: "Widgets, connectors, functions and qualities", access: loggedIn}, func(context.Context, *nothing) (*body[Catalogue], error) {
		return answerWith(CatalogueOf(s.catalogue))
	})
}
