import type { Examples } from "../examples";

export default {
  values: { value2: 41.2 },
  meta: { value2: { title: "Flow", unit: "m³/h", low: 0, high: 100, type: "float" } },
  props: { span: "1h" },
  more: [
    {
      title: { en: "Large, with tools and limits", zh: "大尺寸，含工具与限值" },
      size: { width: 720, height: 420 },
      props: { normalLow: 40, normalHigh: 70, limitLow: 20, limitHigh: 80, course: "line" },
    },
  ],
} satisfies Examples;
