package report

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"math"
	"slices"
	"strconv"
	"time"

	"github.com/signintech/gopdf"
)

// dashes are the patterns of lines by the number of a mark; the first is unbroken.
var dashes = [][]float64{nil, {5, 2}, {1.5, 1.5}, {6, 2, 1.5, 2}, {9, 3}, {3, 1}, {1, 3}, {8, 2, 1.5, 2, 1.5, 2}}

// PDF draws a content: one font, embedded as far as it is used.
func PDF(c *Content, font *Font) ([]byte, error) {
	out, _, err := drawPDF(c, font)
	return out, err
}

// drawPDF is PDF, with the number of pages.
func drawPDF(c *Content, font *Font) (out []byte, pages int, err error) {
	layout, err := Lay(c, font)
	if err != nil {
		return nil, 0, err
	}
	defer func() {
		if r := recover(); r != nil {
			out, err = nil, fmt.Errorf("write pdf: %v", r)
		}
	}()
	pdf := &gopdf.GoPdf{}
	pdf.Start(gopdf.Config{PageSize: gopdf.Rect{W: layout.Width, H: layout.Height}})
	pdf.SetInfo(gopdf.PdfInfo{Title: c.Title + " – " + c.Period, Author: c.Site, Creator: "Lineside", Producer: "Lineside", CreationDate: c.Made.In(time.UTC)})
	if err := pdf.AddTTFFontFromFontContainer(family, &font.container); err != nil {
		return nil, 0, fmt.Errorf("write pdf: %w", err)
	}
	pictures := map[string]gopdf.ImageHolder{}
	for i := range c.Parts {
		if p := &c.Parts[i]; p.Photo != nil {
			if holder, err := pictureOf(p.Photo.file()); err == nil {
				pictures[p.Block] = holder
			}
		}
	}
	for i := range layout.Pages {
		pdf.AddPage()
		for k := range layout.Pages[i].Marks {
			if err := drawMark(pdf, &layout.Pages[i].Marks[k], pictures); err != nil {
				return nil, 0, fmt.Errorf("write pdf: page %d: %w", i+1, err)
			}
		}
	}
	var b bytes.Buffer
	if _, err := pdf.WriteTo(&b); err != nil {
		return nil, 0, fmt.Errorf("write pdf: %w", err)
	}
	return b.Bytes(), layout.Total, nil
}

func drawMark(pdf *gopdf.GoPdf, m *Mark, pictures map[string]gopdf.ImageHolder) error {
	r, g, b := rgb(m.Color)
	switch m.Kind {
	case "text":
		if err := pdf.SetFont(family, "", m.Size); err != nil {
			return err
		}
		pdf.SetTextColor(r, g, b)
		pdf.SetXY(m.X, m.Y)
		return pdf.Text(m.Text)
	case "line":
		pdf.SetStrokeColor(r, g, b)
		pdf.SetLineWidth(m.Size)
		pdf.Line(m.X, m.Y, m.W, m.H)
	case "rect":
		pdf.SetFillColor(r, g, b)
		pdf.RectFromUpperLeftWithStyle(m.X, m.Y, m.W, m.H, "F")
	case "path":
		pdf.SetStrokeColor(r, g, b)
		pdf.SetLineWidth(m.Size)
		points := make([]gopdf.Point, 0, len(m.Points)/2)
		for i := 0; i+1 < len(m.Points); i += 2 {
			points = append(points, gopdf.Point{X: m.Points[i], Y: m.Points[i+1]})
		}
		for _, piece := range dashed(points, dashes[m.Dash%len(dashes)]) {
			drawPath(pdf, piece)
		}
	case "image":
		if holder := pictures[m.Block]; holder != nil {
			return pdf.ImageByHolder(holder, m.X, m.Y, &gopdf.Rect{W: m.W, H: m.H})
		}
	}
	return nil
}

// drawPath draws an open line through points. The library knows closed ones only: it goes there and back.
func drawPath(pdf *gopdf.GoPdf, points []gopdf.Point) {
	if len(points) < 2 {
		return
	}
	back := slices.Clone(points)
	for i := len(points) - 2; i > 0; i-- {
		back = append(back, points[i])
	}
	pdf.Polygon(back, "")
}

// maxDashes bounds how many pieces a line is broken into.
const maxDashes = 20_000

// dashed breaks a line into the pieces that a pattern of lengths, drawn and left out in turn, leaves of it. The pattern goes on
// around corners, however close they are.
func dashed(points []gopdf.Point, pattern []float64) [][]gopdf.Point {
	if len(pattern) == 0 || len(points) < 2 {
		return [][]gopdf.Point{points}
	}
	var out [][]gopdf.Point
	piece := []gopdf.Point{points[0]}
	at, left, drawn := 0, pattern[0], true
	for i := 1; i < len(points); i++ {
		from, to := points[i-1], points[i]
		length := math.Hypot(to.X-from.X, to.Y-from.Y)
		if length == 0 {
			continue
		}
		for done := 0.0; done < length; {
			step := min(left, length-done)
			done, left = done+step, left-step
			p := gopdf.Point{X: from.X + (to.X-from.X)*done/length, Y: from.Y + (to.Y-from.Y)*done/length}
			if drawn {
				piece = append(piece, p)
			}
			if left > 1e-9 {
				continue
			}
			if drawn && len(piece) > 1 {
				if out = append(out, piece); len(out) >= maxDashes {
					return [][]gopdf.Point{points}
				}
			}
			at = (at + 1) % len(pattern)
			left, drawn, piece = pattern[at], !drawn, []gopdf.Point{p}
		}
	}
	if drawn && len(piece) > 1 {
		out = append(out, piece)
	}
	return out
}

func rgb(s string) (r, g, b uint8) {
	if len(s) != 7 {
		return 0, 0, 0
	}
	v, err := strconv.ParseUint(s[1:], 16, 32)
	if err != nil {
		return 0, 0, 0
	}
	return uint8(v >> 16), uint8(v >> 8), uint8(v)
}

// pictureOf makes a picture of a kind that every reader of PDF shows: decoded, on white, as PNG without transparency.
func pictureOf(data []byte) (gopdf.ImageHolder, error) {
	config, _, err := image.DecodeConfig(bytes.NewReader(data))
	if err != nil || config.Width < 1 || config.Height < 1 || config.Width > maxPixels/config.Height {
		return nil, fmt.Errorf("the picture cannot be read")
	}
	picture, format, err := image.Decode(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	if _, gray := picture.(*image.YCbCr); gray && format == "jpeg" {
		return gopdf.ImageHolderByBytes(data)
	}
	flat := image.NewRGBA(image.Rect(0, 0, config.Width, config.Height))
	draw.Draw(flat, flat.Bounds(), image.NewUniform(color.White), image.Point{}, draw.Src)
	draw.Draw(flat, flat.Bounds(), picture, picture.Bounds().Min, draw.Over)
	var b bytes.Buffer
	if err := png.Encode(&b, flat); err != nil {
		return nil, err
	}
	return gopdf.ImageHolderByBytes(b.Bytes())
}
