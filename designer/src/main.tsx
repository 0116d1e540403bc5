// The page of everything but the player: it finds the route of the address and shows its page.
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { startPreferences } from "./preferences";
import { preload, Router } from "./router";
import { askEarly } from "./shell/me";
import { Providers } from "./ui";
import "./ui/tokens.css";
import "./ui/ui.css";
import "./ui/layers.css";

startPreferences();

// Who is logged in and the code of the page are fetched side by side. Who logs in or sets up is nobody yet.
if (!/^\/(login|setup)/.test(location.pathname)) askEarly();
await preload();

const root = document.getElementById("root");
if (!root) throw new Error("index.html has no #root");
createRoot(root).render(
  <StrictMode>
    <Providers>
      <Router />
    </Providers>
  </StrictMode>,
);
