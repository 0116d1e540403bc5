package api

import (
	"context"
	"maps"
	"slices"
	"strconv"

	"github.com/lineside/lineside/runtime/action"
	"github.com/lineside/lineside/runtime/app/check"
	"github.com/lineside/lineside/runtime/connector"
	"github.com/lineside/lineside/runtime/expression"
	"github.com/lineside/lineside/runtime/northbound"
	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/tag"
	"github.com/lineside/lineside/widgets"
)

// Catalogue is what screens, plants and expressions can be made of.
type Catalogue struct {
	Widgets    []*widgets.Manifest   `json:"widgets" nullable:"false"`
	Connectors []*connector.Type     `json:"connectors" nullable:"false"`
	Northbound []*northbound.Type    `json:"northbound" nullable:"false"`
	Functions  []expression.Function `json:"functions" nullable:"false"`
	// Actions are what events can do; Events are those that every widget has, those of widgets that the
	// operator sets besides, and those of a screen besides its keys.
	Actions []*action.Type `json:"actions" nullable:"false"`
	Events  EventNames     `json:"events"`
	// Rules are what the check looks for in screens.
	Rules []CheckRule `json:"rules" nullable:"false"`
	// Qualities are names of OPC UA StatusCodes by their number.
	Qualities map[string]string `json:"qualities"`
}

// CheckRule is one thing that the check looks for: the code of its findings, what it is called
// and why it matters.
type CheckRule struct {
	Code  string    `json:"code"`
	Title spec.Text `json:"title"`
	Why   spec.Text `json:"why"`
}

// EventNames are the events that are not in the manifest of a widget.
type EventNames struct {
	Widget []spec.Option `json:"widget" nullable:"false"`
	Input  []spec.Option `json:"input" nullable:"false"`
	Screen []spec.Option `json:"screen" nullable:"false"`
}

// CatalogueOf puts the catalogue together.
func CatalogueOf(w widgets.Catalogue) Catalogue {
	c := Catalogue{Widgets: []*widgets.Manifest{}, Connectors: connector.Types(), Northbound: northbound.Types(), Functions: expression.Functions(), Actions: action.Types(), Events: EventNames{action.WidgetEvents, action.InputEvents, action.ScreenEvents}, Qualities: map[string]string{}}
	for _, id := range slices.Sorted(maps.Keys(w)) {
		c.Widgets = append(c.Widgets, w[id])
	}
	for _, r := range check.Rules() {
		c.Rules = append(c.Rules, CheckRule{r.Code, r.Title, r.Why})
	}
	for code, name := range tag.QualityNames() {
		c.Qualities[strconv.FormatUint(uint64(code), 10)] = name
	}
	return c
}

func (s *Server) catalogResource() {
	add(s, route{method: "GET", path: "/catalog", id: "getCatalog", tag: "catalog", summary: "Widgets, connectors, functions, actions and qualities", access: loggedIn}, func(context.Context, *nothing) (*body[Catalogue], error) {
		return answerWith(CatalogueOf(s.catalogue))
	})
}
