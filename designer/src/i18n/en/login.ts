export default {
  title: "Log in",
  name: "Name",
  password: "Password",
  enter: "Log in",
  setupTitle: "Set up Lineside",
  setupText: "You are the first. Choose a name and a password for the administrator.",
  setupNeeded: "Nobody has been set up yet. Open the set-up link that the server printed on its console.",
  passwordHint: "At least 10 characters.",
  again: "Password again",
  mismatch: "The two passwords differ.",
  create: "Create administrator",
};
