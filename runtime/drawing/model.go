package drawing

// Drawing is a picture of vector parts in a closed vocabulary; nothing in it is active.
type Drawing struct {
	ID   string `json:"id"`
	Name string `json:"name,omitempty"`
	// Width and Height are the size it was drawn in; a widget scales it to its own.
	Width  float64 `json:"width"`
	Height float64 `json:"height"`
	// Parts are in drawing order.
	Parts []Part `json:"parts"`
}

// Part is one vector part of a drawing.
type Part struct {
	// ID is unique in the drawing; animations name it. A part that nobody needs to name has none.
	ID string `json:"id,omitempty"`
	// Kind is group (of Parts), path, text or image. Rectangles, ellipses, lines and polygons are paths.
	Kind string `json:"kind" enum:"group,path,text,image"`
	// Path is SVG path data in absolute coordinates of the drawing (SVG 2, chapter 9).
	Path string `json:"path,omitempty"`
	// Text, X, Y, Size and Anchor (start, middle, end) of a text; X, Y, Width, Height and Image of an image.
	Text   string  `json:"text,omitempty"`
	X      float64 `json:"x,omitempty"`
	Y      float64 `json:"y,omitempty"`
	Width  float64 `json:"width,omitempty"`
	Height float64 `json:"height,omitempty"`
	Size   float64 `json:"size,omitempty"`
	Anchor string  `json:"anchor,omitempty" enum:"start,middle,end"`
	Image  string  `json:"image,omitempty"`
	// Fill and Stroke are theme tokens or colours; "" is none.
	Fill        string    `json:"fill,omitempty"`
	FillRule    string    `json:"fillRule,omitempty" enum:"nonzero,evenodd"`
	Stroke      string    `json:"stroke,omitempty"`
	StrokeWidth float64   `json:"strokeWidth,omitempty"`
	Dash        []float64 `json:"dash,omitempty"`
	// Opacity is 0 to 1; absent is 1.
	Opacity *float64 `json:"opacity,omitempty"`
	Hidden  bool     `json:"hidden,omitempty"`
	// Pivot is the point x, y of the drawing about which the part turns and grows; absent is its middle.
	Pivot []float64 `json:"pivot,omitempty"`
	Parts []Part    `json:"parts,omitempty"`
}

// Part is the part with an id, nil when there is none.
func (d *Drawing) Part(id string) *Part {
	if d == nil || id == "" {
		return nil
	}
	var found *Part
	eachPart(d.Parts, func(p *Part) {
		if found == nil && p.ID == id {
			found = p
		}
	})
	return found
}

// PartIDs are the ids of the parts that have one, in drawing order.
func (d *Drawing) PartIDs() []string {
	var out []string
	eachPart(d.Parts, func(p *Part) {
		if p.ID != "" {
			out = append(out, p.ID)
		}
	})
	return out
}

func eachPart(parts []Part, f func(p *Part)) {
	for i := range parts {
		f(&parts[i])
		eachPart(parts[i].Parts, f)
	}
}

// maxName is how many characters the name of a drawing has.
const maxName = 200
