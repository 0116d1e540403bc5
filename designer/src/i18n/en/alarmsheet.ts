export default {
  tab: "Sheet",
  heading: "The alarm sheet",
  about:
    "All alarms that are declared, of tags, models and single assets, one a row: the master alarm database of ISA-18.2. Export it, review limits, priorities, delays and texts in a spreadsheet, compare it with the plant as it runs, and take it over: all of it, or nothing.",
  csv: "Export as CSV",
  xlsx: "Export as XLSX",
  compare: "Compare and import…",
  title: "Compare an alarm sheet with the plant",
  text: "Every cell that differs is shown before anything is changed. A column that the file lacks stays as it is; an empty cell clears.",
  remove: "Take away alarms that the file does not name",
};
