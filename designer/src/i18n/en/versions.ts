export default {
  name: "Save the draft as a named version",
  placeholder: "Before the rebuild of line 2",
  nameFirst: "Give it a name first",
  save: "Save version",
  done: "“{{name}}” is kept as revision {{revision}}",
  saved: "named",
  savedHelp: "Saved under a name. It was not published.",
  kept: "kept",
  keptHelp: "Kept when two saved at once. It was not published.",
  folder: {
    notFolder: "{{file}} is not the folder of an app",
    failed: "The folder cannot be read as an app",
    more_one: "and {{count}} more",
    more_other: "and {{count}} more",
  },
};
