export default {
  save: "Save template",
  saveOf: "Save {{name}} as a template",
  saveAndStamp: "Save and make devices …",
  saveTitle: "Template of {{name}}",
  saveText:
    "A template has the tags of this device and makes more devices of its kind, each with its own address. It is a model: change it later and all that was made of it follows.",
  name: "Name of the template",
  differs: "What differs from one device to the next",
  noTags: "The device has no tags yet: browse it first, so that the template has some.",
  tags_one: "{{count}} tag becomes a property",
  tags_other: "{{count}} tags become properties",
  stamp: "From template",
  saved: "The template {{id}} was saved.",
  by: "Make them",
  bys: {
    numbers: "By number",
    table: "From a table",
  },
  table: "Table",
  tableHint:
    "Paste it from a spreadsheet. The first line names the columns: the parameters {{parameters}}; path and title may be there too, and every column can stand in the pattern: line{{line}}/pump{{n}}.",
  noColumns: "The first line names the columns.",
  rows_one: "{{count}} row",
  rows_other: "{{count}} rows",
  row: "Row {{row}}: {{message}}",
  willAddDevices_one: "{{count}} device",
  willAddDevices_other: "{{count}} devices",
};
