export default {
  save: "保存模板",
  saveOf: "将 {{name}} 保存为模板",
  saveAndStamp: "保存并创建设备…",
  saveTitle: "{{name}} 的模板",
  saveText:
    "模板包含该设备的变量，并可创建更多同类设备，各有其地址。模板是一个模型：以后修改它，由它创建的内容会随之更新。",
  name: "模板名称",
  differs: "各设备之间的不同之处",
  noTags: "该设备还没有变量：请先浏览，使模板包含变量。",
  tags_one: "{{count}} 个变量成为属性",
  tags_other: "{{count}} 个变量成为属性",
  stamp: "从模板创建",
  saved: "已保存模板 {{id}}。",
  by: "创建方式",
  bys: {
    numbers: "按序号",
    table: "按表格",
  },
  table: "表格",
  tableHint:
    "从电子表格粘贴。第一行为列名：参数 {{parameters}}；也可有 path 和 title，每一列都可用于模式：line{{line}}/pump{{n}}。",
  noColumns: "第一行应为列名。",
  rows_one: "{{count}} 行",
  rows_other: "{{count}} 行",
  row: "第 {{row}} 行：{{message}}",
  willAddDevices_one: "{{count}} 个设备",
  willAddDevices_other: "{{count}} 个设备",
};
