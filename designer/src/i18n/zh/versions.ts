export default {
  name: "将草稿保存为命名版本",
  placeholder: "2 号线改造之前",
  nameFirst: "请先填写名称",
  save: "保存版本",
  done: "“{{name}}”已保存为修订 {{revision}}",
  saved: "命名",
  savedHelp: "以名称保存，未发布。",
  kept: "保留",
  keptHelp: "两人同时保存时保留，未发布。",
  folder: {
    notFolder: "{{file}} 不是应用的文件夹",
    failed: "该文件夹无法作为应用读取",
    more_other: "以及另外 {{count}} 项",
  },
};
