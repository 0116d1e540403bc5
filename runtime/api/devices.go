package api

import (
	"context"
	"encoding/json"
	"time"

	"github.com/lineside/lineside/runtime/auth"
	"github.com/lineside/lineside/runtime/connector"
	"github.com/lineside/lineside/runtime/engine"
	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/store"
)

// DeviceTest asks to connect with settings that need not be saved.
type DeviceTest struct {
	Connector string `json:"connector"`
	// Settings of the connector; references to secrets are followed.
	Settings json.RawMessage `json:"settings,omitempty"`
	// Device is the id of the device that is being edited, if there is one.
	Device string `json:"device,omitempty"`
}

// DeviceTestResult is what became of a test.
type DeviceTestResult struct {
	OK bool `json:"ok"`
	// LatencyMs is how long connecting took.
	LatencyMs float64 `json:"latencyMs"`
	// Device is what the device says that it is: model, version, name.
	Device string `json:"device,omitempty"`
	// Certificate is that of the device, when the test failed because it is not trusted.
	Certificate *Certificate  `json:"certificate,omitempty"`
	Problem     *spec.Problem `json:"problem,omitempty"`
	// Problems are all of them, when the settings have several.
	Problems []*spec.Problem `json:"problems,omitempty"`
}

// DeviceBrowse asks what a device has below a node.
type DeviceBrowse struct {
	// Device is the id of a running device; else Connector and Settings say how to connect.
	Device    string          `json:"device,omitempty"`
	Connector string          `json:"connector,omitempty"`
	Settings  json.RawMessage `json:"settings,omitempty"`
	// Node is the id of a node, "" for the root.
	Node string `json:"node,omitempty"`
}

// DeviceNodes is what lies below a node.
type DeviceNodes struct {
	Nodes []connector.Node `json:"nodes" nullable:"false"`
}

func (s *Server) devicesResource() {
	s.plantSheetResource()
	s.exploreResource()
	add(s, route{method: "GET", path: "/devices", id: "listDevices", tag: "devices", summary: "How the devices are doing", access: anywhere(auth.View)}, s.listDevices)
	add(s, route{method: "POST", path: "/devices/test", id: "testDevice", tag: "devices", summary: "Try to connect", access: whole(auth.Design)}, s.testDevice)
	add(s, route{method: "POST", path: "/devices/browse", id: "browseDevice", tag: "devices", summary: "List what a device has", access: whole(auth.Design)}, s.browseDevice)
}

func (s *Server) listDevices(ctx context.Context, _ *nothing) (*body[[]engine.DeviceStatus], error) {
	devices := s.engine.Devices()
	if !actorOf(ctx).Rights.Allows(auth.Design, "") {
		for i := range devices {
			devices[i].Error, devices[i].Certificate = "", nil // name addresses
		}
	}
	return answerWith(devices)
}

func (s *Server) testDevice(ctx context.Context, in *body[DeviceTest]) (*body[DeviceTestResult], error) {
	took, device, err := s.engine.TestDevice(ctx, in.Body.Connector, in.Body.Settings)
	result := DeviceTestResult{OK: err == nil, Device: device, LatencyMs: float64(took.Microseconds()) / float64(time.Millisecond/time.Microsecond)}
	outcome := entry(ctx, "device.test", in.Body.Device)
	if err != nil {
		e := errorOf(err)
		if e.status >= 500 {
			return nil, err
		}
		e.translate(languageOf(ctx))
		result.Problem = &spec.Problem{Code: e.Code, Message: e.Message, Hint: e.Hint, At: e.At}
		result.Problems = e.Problems
		if refused := engine.RefusedCertificateOf(err); refused != nil && s.certificates != nil {
			if found, ok := s.certificates.Find(refused.Fingerprint, refused.Address); ok {
				c := shownCertificate(found)
				result.Certificate = &c
			}
		}
		outcome.Outcome, outcome.Message = store.OutcomeFailed, e.Code
	}
	if err := s.store.Audit(ctx, outcome); err != nil {
		return nil, err
	}
	return answerWith(result)
}

func (s *Server) browseDevice(ctx context.Context, in *body[DeviceBrowse]) (*body[DeviceNodes], error) {
	b := in.Body
	nodes, err := s.engine.Browse(ctx, b.Device, b.Connector, b.Settings, b.Node)
	if err != nil {
		return nil, err
	}
	return answerWith(DeviceNodes{orEmpty(nodes)})
}
