export default {
  recent: "最近使用",
  choose: "选择其他符号",
  search: "搜索符号",
  none: "没有这样的符号。",
  step: "更换符号",
  picture: "{{name}}，更换",
};
