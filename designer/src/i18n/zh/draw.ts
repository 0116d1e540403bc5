export default {
  tools: "绘图工具",
  keep: "双击可保持该工具，按 Esc 退出。",
  kept: "保持使用，按 Esc 退出",
  step: { draw: "绘制", points: "编辑点", inline: "接入管线" },
  say: {
    drawn: "已绘制 {{name}}",
    inline: "{{name}} 已接入 {{line}}",
    editing: "正在编辑 {{count}} 个点。Tab 切换点，方向键移动，Delete 删除，Esc 结束。",
    point: "第 {{n}} 点，位于 {{x}}，{{y}}",
    locked: "对象已锁定：解锁后才能编辑其点。",
    turned: "旋转或镜像的对象不能编辑点：请先将角度设为 0。",
    few: "线至少要有两个点。如不需要，请删除整条线。",
    tool: "{{name}}：在画面上拖动，或按 Enter 以常用尺寸放置",
  },
};
