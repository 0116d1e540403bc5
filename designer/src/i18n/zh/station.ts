export default {
  menu: "本工作站名称…",
  menuNow: "工作站：{{name}}",
  title: "本工作站名称",
  text: "在报警日志和审计记录中，与从此浏览器进行的操作一同显示。没有名称时仅显示地址。",
  name: "工作站",
  example: "一号线 3 号面板",
};
