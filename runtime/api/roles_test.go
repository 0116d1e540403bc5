package api

import (
	"net/http"
	"slices"
	"strings"
	"testing"
)

// Who is let in, by the least of them: everybody below is refused.
var (
	letAll      = []string{"", "none", "vera", "olga", "hal1", "erik", "anna"}
	letLoggedIn = letAll[1:]
	letViewer   = letAll[2:]
	letDesigner = letAll[4:] // in some area
	// Who may acknowledge in some area: operators and who is above them.
	letAcknowledger = letAll[3:]
	letEngineer     = letAll[5:] // in the whole plant
	letAdmin        = letAll[6:]
)

// rights says of every route who is let in. A route without a row here fails the test.
var rights = map[string]struct {
	let  []string
	body string
	path string // when the placeholders must be filled in a special way
}{
	"POST /login":                            {let: letAll, body: `{"name":"nobody","password":"wrong password"}`},
	"POST /logout":                           {let: letAll},
	"GET /me":                                {let: letLoggedIn},
	"PATCH /me":                              {let: letLoggedIn, body: `{"theme":"dark"}`},
	"GET /setup":                             {let: letAll},
	"POST /setup":                            {let: letAll, body: `{"token":"x","name":"x","password":"x"}`},
	"GET /users":                             {let: letAdmin},
	"POST /users":                            {let: letAdmin, body: `{"name":"","password":""}`},
	"GET /users/{name}":                      {let: letAdmin},
	"PUT /users/{name}":                      {let: letAdmin, body: `{"grants":[]}`},
	"DELETE /users/{name}":                   {let: letAdmin},
	"GET /tokens":                            {let: letLoggedIn},
	"POST /tokens":                           {let: letLoggedIn, body: `{"name":"a/b"}`},
	"DELETE /tokens/{name}":                  {let: letLoggedIn},
	"GET /audit":                             {let: letAdmin},
	"GET /plant":                             {let: letViewer},
	"PUT /plant":                             {let: letEngineer, body: `{}`},
	"PATCH /plant":                           {let: letDesigner, body: `{}`},
	"GET /plant/tags":                        {let: letViewer},
	"GET /plant/areas":                       {let: letViewer},
	"POST /plant/tags/change":                {let: letDesigner, body: `{}`},
	"GET /plant/tags.csv":                    {let: letViewer},
	"GET /plant/uses":                        {let: letDesigner},
	"POST /plant/rename":                     {let: letDesigner, body: `{"from":"none","to":"nothing"}`},
	"GET /plant/devices.csv":                 {let: letEngineer},
	"GET /plant/plant.xlsx":                  {let: letViewer},
	"POST /plant/import":                     {let: letDesigner, body: "path\n"},
	"GET /plant/import/{job}":                {let: letDesigner, path: "/plant/import/x"},
	"GET /plant/assets.csv":                  {let: letViewer},
	"POST /plant/stamp":                      {let: letDesigner, body: `{"model":"none","pattern":"x","from":1,"to":1}`},
	"GET /certificates":                      {let: letEngineer},
	"GET /certificates/own/file":             {let: letEngineer},
	"GET /certificates/{fingerprint}/file":   {let: letEngineer},
	"POST /certificates/decide":              {let: letAdmin, body: `{}`},
	"POST /certificates/authorities":         {let: letAdmin, body: `{}`},
	"POST /certificates/own/renew":           {let: letAdmin},
	"DELETE /certificates/{fingerprint}":     {let: letAdmin},
	"GET /units":                             {let: letLoggedIn},
	"POST /units/find":                       {let: letLoggedIn, body: `{"text":"bar"}`},
	"POST /units/show":                       {let: letLoggedIn, body: `{"units":["bar"]}`},
	"POST /schedule/next":                    {let: letLoggedIn, body: `{"text":"0 6 * * *"}`},
	"GET /history":                           {path: "/history?tag=hall1/level", let: letViewer},
	"GET /history.csv":                       {path: "/history.csv?tag=hall1/level", let: letViewer},
	"GET /history.xlsx":                      {path: "/history.xlsx?tag=hall1/level", let: letViewer},
	"POST /history/query":                    {let: letViewer, body: `{"tags":["hall1/level"]}`},
	"GET /history/summary":                   {let: letViewer, path: "/history/summary?tag=hall1/level"},
	"POST /history/last":                     {let: letViewer, body: `{"tags":["hall1/level"]}`},
	"GET /history/corrections":               {let: letViewer},
	"POST /history/corrections":              {let: letDesigner, body: `{"tag":"hall1/level","kind":"delete","from":"1","to":"2","reason":"x"}`},
	"GET /history/corrections/{id}":          {let: letViewer, path: "/history/corrections/1"},
	"POST /history/corrections/{id}/restore": {let: letDesigner, path: "/history/corrections/1/restore", body: `{"reason":"x"}`},
	"GET /history/notes":                     {let: letViewer},
	"POST /history/notes":                    {let: letAcknowledger, body: `{"tag":"hall9/none","from":1,"text":"x"}`},
	"DELETE /history/notes/{id}":             {let: letAcknowledger, path: "/history/notes/1"},
	"GET /history/pens":                      {let: letViewer},
	"POST /history/pens":                     {let: letViewer, body: `{"name":"x","pens":[]}`},
	"PUT /history/pens/{id}":                 {let: letViewer, path: "/history/pens/1", body: `{"name":"x","pens":[]}`},
	"DELETE /history/pens/{id}":              {let: letViewer, path: "/history/pens/99"},
	"GET /history.parquet":                   {path: "/history.parquet?tag=hall1/level", let: letViewer},
	"POST /history/exports":                  {let: letViewer, body: `{"format":"csv"}`},
	"GET /history/exports/{id}":              {let: letViewer},
	"DELETE /history/exports/{id}":           {let: letViewer},
	"GET /history/exports/{id}/file":         {let: letViewer},
	"GET /exports":                           {let: letAdmin},
	"GET /exports/runs":                      {let: letAdmin},
	"GET /exports/{id}/files":                {let: letAdmin},
	"GET /exports/{id}/files/{name}":         {let: letAdmin},
	"PUT /exports/{id}":                      {let: letAdmin, body: `{}`},
	"DELETE /exports/{id}":                   {let: letAdmin},
	"POST /exports/{id}/run":                 {let: letAdmin},
	"GET /history/state":                     {let: letAdmin},
	"GET /history/retention":                 {let: letAdmin},
	"PUT /history/retention":                 {let: letAdmin, body: `{"rawDays":0,"minuteDays":1,"hourDays":0,"maxGiB":0,"minFreePercent":5}`},
	"GET /backup":                            {let: letAdmin},
	"PUT /backup":                            {let: letAdmin, body: `{"schedule":"x","target":"local","keep":1,"keepDays":0}`},
	"GET /backup/runs":                       {let: letAdmin},
	"GET /backup/files":                      {let: letAdmin},
	"POST /backup/cancel":                    {let: letAdmin},
	"POST /backup/run":                       {let: letAdmin, body: `{"target":"none"}`},
	"GET /backup/files/{name}":               {let: letAdmin},
	"DELETE /backup/files/{name}":            {let: letAdmin},
	"GET /targets":                           {let: letAdmin},
	"POST /targets/try":                      {let: letAdmin, body: `{}`},
	"PUT /targets/{id}":                      {let: letAdmin, body: `{}`},
	"DELETE /targets/{id}":                   {let: letAdmin},
	"GET /notify":                            {let: letAdmin},
	"PUT /notify":                            {let: letAdmin, body: `{}`},
	"GET /notify/kinds":                      {let: letAdmin},
	"GET /notify/state":                      {let: letAdmin},
	"POST /notify/try":                       {let: letAdmin, body: `{"channel":{"id":"a","kind":"none"}}`},
	"GET /notify/log":                        {let: letAdmin},
	"POST /notify/log/again":                 {let: letAdmin, body: `{"ids":[1]}`},
	"GET /notify/me":                         {let: letLoggedIn},
	"PUT /notify/me":                         {let: letLoggedIn, body: `{}`},
	"GET /notify/me/log":                     {let: letLoggedIn},
	"POST /notify/me/try":                    {let: letLoggedIn},
	"POST /notify/me/devices":                {let: letLoggedIn, body: `{"name":"x","subscription":{}}`},
	"DELETE /notify/me/devices/{id}":         {let: letLoggedIn},
	"GET /reports":                           {let: letViewer},
	"POST /reports":                          {let: letEngineer, body: `{"template":"none"}`},
	"POST /reports/preview":                  {let: letEngineer, body: `{"document":{}}`},
	"GET /report-templates":                  {let: letEngineer},
	"GET /reports/{id}":                      {let: letEngineer},
	"PUT /reports/{id}":                      {let: letEngineer, body: `{}`},
	"DELETE /reports/{id}":                   {let: letEngineer},
	"POST /reports/{id}/make":                {let: letViewer, body: `{}`},
	"GET /report-runs":                       {let: letViewer},
	"GET /report-runs/{run}":                 {let: letViewer, path: "/report-runs/1"},
	"GET /report-runs/{run}/layout":          {let: letViewer, path: "/report-runs/1/layout"},
	"GET /report-runs/{run}/file/{format}":   {let: letViewer, path: "/report-runs/1/file/pdf"},
	"POST /report-runs/{run}/again":          {let: letViewer, path: "/report-runs/1/again"},
	"DELETE /report-runs/{run}":              {let: letEngineer, path: "/report-runs/1"},
	"GET /alarms":                            {let: letViewer},
	"GET /alarms/journal":                    {let: letViewer},
	"GET /alarms/journal.csv":                {let: letViewer},
	"GET /alarms/journal.xlsx":               {let: letViewer},
	"GET /alarms/places":                     {let: letViewer, path: "/alarms/places?alarm=hall1/level%23high"},
	"GET /plant/alarm-classes/used":          {let: letDesigner},
	"GET /alarms/limits":                     {let: letViewer, path: "/alarms/limits?alarm=hall1/level%23high"},
	"PUT /alarms/limits":                     {let: letDesigner, body: `{"alarm":"a#b","limit":1,"reason":"x"}`},
	"GET /alarms/view":                       {let: letLoggedIn},
	"PUT /alarms/view":                       {let: letLoggedIn, body: `{}`},
	"POST /alarms/comment":                   {let: letAcknowledger, body: `{"alarms":["a#b"],"comment":"x"}`},
	"GET /alarms/figures":                    {let: letViewer, path: "/alarms/figures?from=2026-01-01T00:00:00Z&until=2026-01-02T00:00:00Z"},
	"GET /alarms/figures.xlsx":               {let: letViewer, path: "/alarms/figures.xlsx?from=2026-01-01T00:00:00Z&until=2026-01-02T00:00:00Z"},
	"GET /alarms/figures/settings":           {let: letViewer},
	"PUT /alarms/figures/settings":           {let: letEngineer, body: `{"operators":2,"fleetingSeconds":10}`},
	"GET /alarms/sheet.csv":                  {let: letViewer},
	"GET /alarms/sheet.xlsx":                 {let: letViewer},
	"POST /alarms/sheet":                     {let: letDesigner, body: "path,id\n"},
	"POST /alarms/ack":                       {let: letAcknowledger, body: `{"alarms":["a#b"]}`},
	"POST /alarms/reset":                     {let: letAcknowledger, body: `{"alarms":["a#b"]}`},
	"POST /alarms/shelve":                    {let: letDesigner, body: `{"alarms":["a#b"],"minutes":1,"reason":"x"}`},
	"POST /alarms/unshelve":                  {let: letDesigner, body: `{"alarms":["a#b"]}`},
	"POST /alarms/out-of-service":            {let: letDesigner, body: `{"alarms":["a#b"],"reason":"x"}`},
	"POST /alarms/in-service":                {let: letDesigner, body: `{"alarms":["a#b"]}`},
	"POST /models/generate":                  {let: letEngineer, body: `{"sample":"{\"a\":1}"}`},
	"GET /models":                            {let: letViewer},
	"GET /assets":                            {let: letViewer},
	"GET /assets/{path...}":                  {let: letViewer},
	"POST /assets/{path...}":                 {let: letLoggedIn, body: `{"command":"start"}`},
	"GET /events":                            {let: letViewer},
	"GET /devices":                           {let: letViewer},
	"POST /devices/test":                     {let: letEngineer, body: `{"connector":"nothing"}`},
	"POST /devices/browse":                   {let: letEngineer, body: `{"connector":"nothing"}`},
	"POST /devices/explore":                  {let: letEngineer, body: `{"connector":"nothing"}`},
	"POST /devices/values":                   {let: letEngineer, body: `{"connector":"nothing","points":[]}`},
	"GET /northbound":                        {let: letEngineer},
	"POST /northbound/arrange":               {let: letEngineer, body: `{"interface":{"id":"x","kind":"modbus"}}`},
	"GET /northbound/{id}/map.csv":           {let: letEngineer},
	"POST /plant/taken":                      {let: letDesigner, body: `{"paths":[]}`},
	"GET /tags":                              {let: letViewer},
	"GET /tags/{path...}":                    {let: letViewer},
	"GET /writes":                            {let: letLoggedIn},
	"PUT /writes":                            {let: letAdmin, body: `{"blocked":false,"reason":""}`},
	"POST /writes/asked/{id}":                {let: letLoggedIn, body: `{"release":false}`, path: "/writes/asked/x"},
	"PUT /tags/{path...}":                    {let: []string{"olga", "hal1", "erik", "anna"}, body: `{"value":41}`, path: "/tags/hall1/setpoint"},
	"GET /scripts":                           {let: letEngineer},
	"GET /scripts/log":                       {let: letEngineer},
	"GET /scripts/lineside.d.ts":             {let: letLoggedIn},
	"POST /scripts/try":                      {let: letEngineer, body: `{"widget":{"id":"x","version":1,"title":{"en":"X"},"size":{"width":9,"height":9},"svg":"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 1 1\"><path d=\"M0 0h1v1z\"/></svg>"}}`},
	"POST /drawings":                         {let: letDesigner, body: `{"svg":"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 1 1\"><path d=\"M0 0h1v1z\"/></svg>"}`},
	"POST /expressions/check":                {let: letDesigner, body: `{"text":"1"}`},
	"GET /catalog":                           {let: letLoggedIn},
	"GET /apps":                              {let: letViewer},
	"POST /apps":                             {let: letEngineer, body: `{"id":"a b"}`},
	"DELETE /apps/{id}":                      {let: letEngineer},
	"GET /apps/{id}/draft":                   {let: letEngineer},
	"PUT /apps/{id}/draft":                   {let: letEngineer, body: `{}`},
	"POST /apps/{id}/check":                  {let: letEngineer, body: `{"document":{}}`},
	"POST /apps/{id}/try":                    {let: letEngineer, body: `{"screen":"s","event":"load"}`},
	"POST /apps/{id}/references":             {let: letEngineer, body: `{"kind":"tag","id":"x"}`},
	"POST /apps/{id}/rename":                 {let: letEngineer, body: `{"kind":"tag","from":"x","to":"y"}`},
	"GET /apps/{id}/changes":                 {let: letEngineer},
	"GET /apps/{id}/mapping":                 {let: letEngineer},
	"PUT /apps/{id}/mapping":                 {let: letEngineer, body: `{}`},
	"POST /apps/{id}/publish":                {let: letEngineer, body: `{}`},
	"GET /apps/{id}/revisions":               {let: letEngineer},
	"POST /apps/{id}/revisions":              {let: letEngineer, body: `{"comment":"x"}`},
	"GET /apps/{id}/folder":                  {let: letEngineer},
	"POST /apps/{id}/folder":                 {let: letEngineer, body: `{}`},
	"GET /apps/{id}/editors":                 {let: letEngineer},
	"GET /apps/{id}/revisions/{number}":      {let: letEngineer},
	"GET /apps/{id}/export":                  {let: letEngineer},
	"POST /apps/{id}/restore":                {let: letEngineer, body: `{"revision":1}`},
}

// TestEveryRouteHasRights asks every route in the name of everybody.
func TestEveryRouteHasRights(t *testing.T) {
	f := newFixture(t, false)
	fill := strings.NewReplacer("{name}", "nobody-of-this-name", "{id}", "no-such-app", "{number}", "1", "{path...}", "no/such/tag")
	seen := map[string]bool{}
	for _, r := range f.server.routes {
		key := r.method + " " + r.path
		seen[key] = true
		row, ok := rights[key]
		if !ok {
			t.Errorf("%s has no row: say who is let in", key)
			continue
		}
		path := row.path
		if path == "" {
			path = fill.Replace(r.path)
		}
		for _, who := range letAll {
			client := f.client(who)
			if key == "POST /logout" {
				client = &http.Client{}
			}
			a := f.do(client, r.method, "/api/v1"+path, row.body)
			refused := a.status == http.StatusUnauthorized && strings.Contains(a.body, `"unauthorized"`) || a.status == http.StatusForbidden && strings.Contains(a.body, `"forbidden"`)
			if let := slices.Contains(row.let, who); let == refused {
				t.Errorf("%s as %q: let in %v, but got %d %s", key, who, let, a.status, a.body)
			}
			if !slices.Contains(row.let, who) {
				want := http.StatusForbidden
				if who == "" {
					want = http.StatusUnauthorized
				}
				if a.status != want {
					t.Errorf("%s as %q: status %d, want %d", key, who, a.status, want)
				}
			}
		}
	}
	for key := range rights {
		if !seen[key] {
			t.Errorf("%s is no route any more", key)
		}
	}
	if len(seen) < 40 {
		t.Errorf("looked at %d routes only", len(seen))
	}
}

// TestOutsideTheAPI checks what is served beside the API.
func TestOutsideTheAPI(t *testing.T) {
	f := newFixture(t, false)
	for path, want := range map[string]int{"/healthz": 200, "/readyz": 200, "/metrics": 200, "/api/v1/openapi.json": 200, "/": 200, "/login": 200, "/api/v1/nothing": 404, "/api/v1/": 404, "/nothing": 404} {
		if a := f.do(f.client(""), "GET", path, ""); a.status != want {
			t.Errorf("GET %s: %d, want %d: %s", path, a.status, want, a.body)
		}
	}
	if a := f.do(f.client(""), "PUT", "/api/v1/devices", ""); a.status != 405 || !strings.Contains(a.body, "method_unknown") {
		t.Errorf("PUT /devices: %d %s", a.status, a.body)
	}
	// A proxy on this machine does not open the metrics to the world.
	if a := f.do(f.client(""), "GET", "/metrics", "", "X-Forwarded-For", "192.0.2.1"); a.status != 401 {
		t.Errorf("metrics through a proxy: %d", a.status)
	}
}
