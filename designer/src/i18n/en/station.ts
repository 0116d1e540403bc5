export default {
  menu: "Name of this station…",
  menuNow: "Station: {{name}}",
  title: "Name of this station",
  text: "Stands beside what is done from this browser, in the alarm journal and in the audit trail. Without a name it is the address only.",
  name: "Station",
  example: "Panel 3, line 1",
};
