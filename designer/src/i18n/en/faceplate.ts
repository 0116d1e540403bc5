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
  faceplate: "Faceplate",
  faceplateHint:
    "The screen that shows one asset of this model. An app can be chosen when it has an input of kind asset of this model.",
  noFaceplate: "None",
  ofBase: "That of {{name}}",
  startScreen: "Start screen",
  screen: "Screen",
  open: "Open faceplate",
};
