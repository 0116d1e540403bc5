export default {
  noModel: "Choose a model",
  chooseAsset: "Choose an asset",
  searchAssets: "Search assets",
  assets: "Assets",
  noneFound: "No asset fits.",
  noAssets: "The plant has no asset of this model yet. Make one on the page Plant, tab Assets.",
  model: "Model of the asset",
  defaultAsset: "Asset when none is chosen",
  ofInput: "Property of the input {{name}}",
};
