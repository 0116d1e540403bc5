export default {
  label: "Guide to the first app",
  start: "Guided first app",
  startText: "Ten minutes with an emulated tank and pump. No hardware is needed.",
  step: "Step {{at}} of {{of}}",
  progress: "{{at}} of {{of}} steps done",
  say: "{{title}}: done",
  done: "Done",
  next: "Next",
  skip: "Skip",
  back: "Step before",
  show: "Show me where",
  close: "Close the guide",
  end: "Close the guide",
  run: "Open the app",
  finished: "Your first app is in operation",
  finishedText:
    "You have drawn, bound, operated and published an app. Connect your own devices under Plant; Ctrl+K finds every command, and ? shows all keys.",
  steps: {
    text: {
      title: "Write a heading",
      text: "Drag Text from the widgets at the left onto the screen, and write “Tank 1” into it at the right under Content.",
      keys: "By keyboard: F6 goes from panel to panel; in the list of widgets Enter puts one in the middle; F2 goes to its properties.",
    },
    value: {
      title: "Show a live value",
      text: "Open Tags at the left, drag “guide/tank/level” onto the screen and choose how to show it. Range, unit and decimals come from the tag.",
      keys: "By keyboard: in the list of tags, Enter on a tag offers what fits.",
    },
    shape: {
      title: "Let a tank fill",
      text: "Draw a rectangle. At the right under Animation add “Level”, choose the tag guide/tank/level, and move the slider: the tank fills at once.",
      keys: "By keyboard: Enter on Rectangle in the list of widgets puts it in the middle; F2 goes to its properties.",
    },
    operate: {
      title: "Operate the pump",
      text: "Drag “guide/pump/setpoint” onto the screen and choose Setpoint. Limits and the question before writing come from the tag.",
      keys: "In the editor nothing is written; you try it in the preview.",
    },
    expression: {
      title: "Compute a value",
      text: 'Choose a widget, press the link beside a property, and write an expression such as tag("guide/pump/speed") / 60.',
      keys: "Ctrl+Space completes tags and functions. Mistakes are shown while you write.",
    },
    align: {
      title: "Put it in order",
      text: "Choose two widgets with Shift and press Align left at the top of the inspector. While dragging, guides do the same.",
      keys: "By keyboard: Ctrl+A chooses all, Alt+A aligns left, arrow keys move by 1 px, with Shift by 8.",
    },
    undo: {
      title: "Undo and redo",
      text: "Press Undo and then Redo at the top. Everything can be undone, bindings and actions too, and all is saved by itself.",
      keys: "Ctrl+Z, Ctrl+Shift+Z",
    },
    screen: {
      title: "A second screen",
      text: "Add a screen in the menu of screens at the top. Then put a button on the first one and let its click open the second.",
      keys: "Ctrl+K and the name of a screen goes there.",
    },
    preview: {
      title: "Try it",
      text: "Press Preview: this is the app as operators see it, with live values. Change the setpoint and look at the pump speed.",
      keys: "Ctrl+P opens and closes the preview.",
    },
    publish: {
      title: "Publish",
      text: "Press Publish. You see what changed, and operators get it at once; every published revision can be brought back.",
      keys: "Ctrl+Shift+Enter",
    },
  },
};
