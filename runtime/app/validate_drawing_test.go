package app

import (
	"fmt"
	"testing"

	"github.com/lineside/lineside/widgets"
)

func TestPointsAndJoints(t *testing.T) {
	catalogue, err := widgets.Load()
	if err != nil {
		t.Fatal(err)
	}
	const pipe = `{"id":"p","type":"pipe","x":0,"y":0,"w":100,"h":50`
	for _, row := range []struct {
		name, widget, code, at string
	}{
		{"no points are those of the manifest", pipe + `}`, "", ""},
		{"corners", pipe + `,"props":{"points":[0,0,1,0,1,1]}}`, "", ""},
		{"rounding", pipe + `,"props":{"points":[-0.00001,0,1.00001,1]}}`, "", ""},
		{"half a point", pipe + `,"props":{"points":[0,0,1,0,1]}}`, "points_form", "/props/points"},
		{"one point", pipe + `,"props":{"points":[0,0]}}`, "value_range", "/props/points"},
		{"outside", pipe + `,"props":{"points":[0,0,1,2]}}`, "value_range", "/props/points/3"},
		{"a binding", pipe + `,"props":{"points":{"tag":"a/b"}}}`, "value_type", "/props/points"},
		{"a text", pipe + `,"props":{"points":[0,0,"1",1]}}`, "value_type", "/props/points/2"},
		{"a curve", `{"id":"p","type":"path","x":0,"y":0,"w":100,"h":50,"props":{"points":[0,0,0,0,0.5,-3,1,1,4,1,1,1]}}`, "", ""},
		{"a curve of corners", `{"id":"p","type":"path","x":0,"y":0,"w":100,"h":50,"props":{"points":[0,0,1,0,1,1,0,1,0,0,1,1,1,1]}}`, "points_form", "/props/points"},
		{"a curve beside its box", `{"id":"p","type":"path","x":0,"y":0,"w":100,"h":50,"props":{"points":[0,0,0,0,0.5,-3,2,1,4,1,1,1]}}`, "value_range", "/props/points/6"},
		{"three ends", `{"id":"p","type":"line","x":0,"y":0,"w":100,"h":50,"props":{"points":[0,0,1,0,1,1]}}`, "points_form", "/props/points"},
		{"both ends held", pipe + `,"from":{"widget":"tank","point":"ene"},"to":{"widget":"lamp","point":"w"}}`, "", ""},
		{"nobody there", pipe + `,"from":{"widget":"tnak","point":"e"}}`, "widget_unknown", "/from/widget"},
		{"no such point", pipe + `,"to":{"widget":"lamp","point":"ene"}}`, "point_unknown", "/to/point"},
		{"itself", pipe + `,"to":{"widget":"p","point":"e"}}`, "joint_form", "/to/widget"},
		{"another line", pipe + `,"to":{"widget":"line","point":"e"}}`, "joint_form", "/to/widget"},
		{"no line", `{"id":"p","type":"lamp","x":0,"y":0,"w":100,"h":50,"to":{"widget":"tank","point":"e"}}`, "joint_form", "/to"},
	} {
		t.Run(row.name, func(t *testing.T) {
			a, err := Read(fmt.Appendf(nil, `{"format":2,"id":"com.example.t","version":"1.0.0","name":{"en":"T"},"screens":[{"id":"s","name":{"en":"S"},"width":800,"height":600,"widgets":[
				{"id":"tank","type":"rectangle","x":0,"y":0,"w":9,"h":9},{"id":"lamp","type":"lamp","x":0,"y":0,"w":90,"h":90},
				{"id":"line","type":"line","x":0,"y":0,"w":9,"h":9},%s]}]}`, row.widget))
			if err != nil {
				t.Fatal(err)
			}
			problems := Validate(a, catalogue)
			if row.code == "" {
				if len(problems) > 0 {
					t.Fatalf("%v", problems)
				}
				return
			}
			for _, p := range problems {
				if p.Code == row.code && p.At == "/screens/0/widgets/3"+row.at {
					if p.Hint == "" {
						t.Error("no hint")
					}
					return
				}
			}
			t.Errorf("not seen: %v", problems)
		})
	}
}
