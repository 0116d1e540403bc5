package sheet

import "github.com/lineside/lineside/runtime/spec"

func init() {
	spec.Chinese(map[string]string{
		"The file has %d bytes, more than %d.": "文件有 {1} 字节，超过 {2}。",
		"Split the file.":                      "请拆分文件。",
		"The file is not UTF-8.":               "文件不是 UTF-8。",
		"Save it as CSV UTF-8.":                "请保存为 CSV UTF-8。",
		"Line %d, column %d: %v.":              "第 {1} 行第 {2} 列：{3}。",
		"Put texts with quotes, separators or line ends in quotes, and double the quotes inside.": "含引号、分隔符或换行的文本应放在引号中，其中的引号要写两次。",
		"The cell has %d bytes, more than %d.":                                                    "单元格有 {1} 字节，超过 {2}。",
		"Make it shorter.":                                                                        "请缩短。",
		"There are %d rows, more than %d.":                                                        "有 {1} 行，超过 {2}。",
		"There are %d columns, more than %d.":                                                     "有 {1} 列，超过 {2}。",
		"Remove columns.":                                                                         "请删除一些列。",
		"The cells have more than %d bytes.":                                                      "单元格总计超过 {1} 字节。",
		"The file unpacks to more than %d bytes.":                                                 "文件解压后超过 {1} 字节。",
		"There are %d sheets, more than %d.":                                                      "有 {1} 个工作表，超过 {2}。",
		"The file is not an Excel workbook.":                                                      "文件不是 Excel 工作簿。",
		"Save it again as an Excel workbook (.xlsx), without a password.":                         "请重新保存为 Excel 工作簿（.xlsx），不要设密码。",
		"The cell has %d characters, more than a workbook allows.":                                "单元格有 {1} 个字符，超过工作簿的上限。",
		"Export as CSV.":                                                                          "请导出为 CSV。",
	})
}
