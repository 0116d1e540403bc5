package drawing

import "github.com/lineside/lineside/runtime/spec"

func init() {
	spec.Chinese(map[string]string{
		"%d × %s was left out.":                               "未导入：{=2}（{1} 处）。",
		"Look whether the drawing still says what it should.": "请检查图形是否仍表达原意。",
		"filter":                          "滤镜",
		"mask":                            "蒙版",
		"clip-path":                       "裁剪路径",
		"an element more than 64 deep":    "嵌套超过 64 层的元素",
		"a transform that cannot be read": "无法读取的变换",
		"a <use> of something that is not in the file":                               "引用文件外对象的 <use>",
		"a <use> that comes to itself":                                               "循环引用的 <use>",
		"the turning of a text":                                                      "文字的旋转",
		"the turning of an <image>":                                                  "图片的旋转",
		"an <image> that is not inside the file":                                     "不在文件内的 <image>",
		"an <image> of the kind %s":                                                  "类型为 {1} 的 <image>",
		"an <image> larger than 512 kB":                                              "大于 512 kB 的 <image>",
		"a pattern or gradient":                                                      "图案或渐变",
		"the course of a gradient (its middle colour is taken)":                      "渐变过程（取中间颜色）",
		"the colour %s":                                                              "颜色 {1}",
		"<%s> in a text":                                                             "文字中的 <{1}>",
		"<%s>":                                                                       "<{1}>",
		"The file has %d MB, more than %d.":                                          "文件有 {1} MB，超过 {2} MB。",
		"Simplify it in the program that drew it.":                                   "请在绘图软件中简化后再试。",
		"Simplify the paths in the program that drew it.":                            "请在绘图软件中简化路径后再试。",
		"The file is no readable SVG: %v.":                                           "文件不是可读的 SVG：{1}。",
		"Save it again as SVG, in UTF-8.":                                            "请以 UTF-8 编码重新保存为 SVG。",
		"The file has more than %d elements, or they are too deep.":                  "文件的元素超过 {1} 个，或嵌套过深。",
		"The file is no SVG.":                                                        "文件不是 SVG。",
		"Choose a file that begins with <svg>.":                                      "请选择以 <svg> 开头的文件。",
		"The file defines entities.":                                                 "文件中定义了实体。",
		"Save it as plain SVG.":                                                      "请保存为普通 SVG。",
		"The SVG does not say its size.":                                             "SVG 未说明尺寸。",
		"Give it a viewBox, or a width and a height in pixels.":                      "请加上 viewBox，或以像素为单位的宽和高。",
		"The drawing has more than %d parts.":                                        "图形的部件超过 {1} 个。",
		"The paths of the drawing have more than %d MB.":                             "图形的路径超过 {1} MB。",
		"Nothing of the SVG can be drawn.":                                           "SVG 中没有可绘制的内容。",
		"Look at it in the program that drew it; turn texts and effects into paths.": "请在绘图软件中查看，并将文字和效果转换为路径。",
	})
}
