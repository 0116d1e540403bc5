export default {
  recent: "Recently used",
  choose: "Choose another",
  search: "Search symbols",
  none: "No symbol is called that.",
  step: "change symbol",
  picture: "{{name}}, change",
};
