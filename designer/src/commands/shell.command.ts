import { Languages, Navigation, SunMoon } from "lucide-react";
import type { Command } from "./command";

export default [
  {
    id: "file.navigation",
    group: "file",
    label: { en: "Navigation of the app", zh: "应用的导航" },
    icon: Navigation,
    run: (e) => e.ui.setState({ dialog: "app.navigation" }),
  },
  {
    id: "file.look",
    group: "file",
    label: { en: "Look of the app", zh: "应用的外观" },
    icon: SunMoon,
    run: (e) => e.ui.setState({ dialog: "app.look" }),
  },
  {
    id: "file.texts",
    group: "file",
    label: { en: "Texts and translations", zh: "文本与翻译" },
    icon: Languages,
    keys: ["Ctrl+Alt+T"],
    run: (e) => e.ui.setState({ dialog: "app.texts" }),
  },
] satisfies Command[];
