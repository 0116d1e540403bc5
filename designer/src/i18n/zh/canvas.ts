export default {
  step: {
    rotate: "旋转",
    flip: "翻转",
    style: "粘贴样式",
    bindings: "粘贴绑定",
    sameSize: "等大小",
    tidy: "整理",
  },
  say: {
    rotated: "已旋转到 {{degrees}} 度",
    rotatedBy: "已旋转 {{degrees}} 度",
    guide: "参考线位于 {{at}}",
    copiedStyle: "样式已复制",
    copiedBindings: "绑定已复制",
    pastedOnto_other: "已粘贴到 {{count}} 个控件",
  },
  position: { rotate: "旋转角度（度）", lead: "°" },
  rulers: { x: "标尺：从中拖出参考线", y: "标尺：从中拖出参考线" },
  minimap: "画面缩略图",
  grid: { size: "网格大小", px: "{{size}} px" },
  menu: {
    clips: "样式与绑定",
    select: "选择",
    order: "层次",
    align: "对齐与分布",
    transform: "旋转与翻转",
  },
};
