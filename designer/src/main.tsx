// The page of everything but the player: it finds the route of the address and shows its page.
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { startPreferences } from "./preferences";
import { Router } from "./router";
import { Providers } from "./ui";
import "./ui/tokens.css";
import "./ui/ui.css";
import "./ui/layers.css";

startPreferences();

const root = document.getElementById("root");
if (!root) throw new Error("index.html has no #root");
createRoot(root).render(
  <StrictMode>
    <Providers>
      <Router />
    </Providers>
  </StrictMode>,
);
