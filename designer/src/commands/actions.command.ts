import { MousePointerClick } from "lucide-react";
import type { Command } from "./command";

export default [
  {
    id: "view.try",
    group: "view",
    label: { en: "Test actions", zh: "测试动作" },
    icon: MousePointerClick,
    keys: ["Shift+T"],
    run: (e) => e.ui.setState(({ testing }) => ({ testing: !testing })),
  },
] satisfies Command[];
