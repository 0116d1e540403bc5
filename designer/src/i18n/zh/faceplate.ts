export default {
  noModel: "选择模型",
  chooseAsset: "选择资产",
  searchAssets: "搜索资产",
  assets: "资产",
  noneFound: "没有符合条件的资产。",
  noAssets: "工厂中还没有该模型的资产。请在“工厂”页面的“资产”标签中创建。",
  model: "资产的模型",
  defaultAsset: "未选择时使用的资产",
  ofInput: "输入“{{name}}”的属性",
};
