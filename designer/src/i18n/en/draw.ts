export default {
  tools: "Drawing tools",
  keep: "Double-click keeps the tool; Esc puts it away.",
  kept: "stays until Esc",
  step: { draw: "draw", points: "edit points", inline: "put into a line" },
  say: {
    drawn: "{{name}} drawn",
    inline: "{{name}} put into {{line}}",
    editing:
      "Editing {{count}} points. Tab goes from point to point, arrows move it, Delete takes it out, Escape ends.",
    point: "Point {{n}} at {{x}}, {{y}}",
    locked: "It is locked: unlock it to edit its points.",
    turned: "Its points can be edited when it is neither rotated nor mirrored: set the angle to 0 first.",
    few: "A line has two points at least. Delete the line instead.",
    tool: "{{name}}: drag on the screen, or press Enter for the usual size",
  },
};
