export default {
  title: "登录",
  name: "名称",
  password: "密码",
  enter: "登录",
  setupTitle: "初始设置",
  setupText: "您是第一位用户。请为管理员选择名称和密码。",
  setupNeeded: "尚未创建用户。请打开服务器控制台上显示的初始设置链接。",
  passwordHint: "至少 10 个字符。",
  again: "再次输入密码",
  mismatch: "两次输入的密码不同。",
  create: "创建管理员",
};
