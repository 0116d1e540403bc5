package sql

import "github.com/lineside/lineside/runtime/spec"

func init() {
	spec.Chinese(map[string]string{
		"give a name below the folder for files, without ..": "请填写文件目录下的名称，不含 ..",
		"%q does not lie in the folder for files":            "{1} 不在文件目录中",
		"%q is not a host":                                   "{1} 不是主机",
		"give a name or an IP address":                       "请填写名称或 IP 地址",
		"there are two queries named %q":                     "有两个名为 {1} 的查询",
		"give every query a name of its own":                 "请为每个查询取不同的名称",
		"write one statement":                                "请填写一条语句",
		"a text or a comment is not closed":                  "文本或注释没有结束",
		"there is no parameter %q":                           "没有参数 {1}",
		"the statement is empty":                             "语句为空",
		"a query only reads":                                 "查询只能读取",
		"begin with SELECT or WITH":                          "请以 SELECT 或 WITH 开头",
		"{last}, its column and its first value go together": "{last}、其对应的列和初始值必须同时填写",
		"give {last} in the query, its column and its first value, or none of them": "请同时填写查询中的 {last}、其对应的列和初始值，或都不填写",
		"there is neither a table nor a query":                                      "既没有表也没有查询",
		"name a table, or a query of the device":                                    "请填写表，或设备的查询",
		"there are a table and a query":                                             "同时填写了表和查询",
		"leave the table or the query out":                                          "请只填写表或查询之一",
		"key and column of the key go together":                                     "键和键列必须同时填写",
		"give both or neither":                                                      "请同时填写或都不填写",
		"there is no statement for writing":                                         "没有写入语句",
		"give a statement, or make the tag read-only":                               "请填写语句，或将变量设为只读",
		"use :value, :time and :tag":                                                "可用 :value、:time 和 :tag",
		"the value is not in the statement":                                         "语句中没有数值",
	})
}
