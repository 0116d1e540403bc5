// The page of everything but the player: it finds the route of the address and shows its page.
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { startPreferences } from "./preferences";
import { Router } from "./router";
import { Providers } from "./ui";
import "./ui/tokens.css";
import "./ui/ui.css";

startPreferences();

// The page's policy lets in style sheets with its nonce only. The one that keeps the page from scrolling under a dialog
// (get-nonce, below radix-ui) looks for it under this name.
const nonce = document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.nonce;
Object.assign(globalThis, { __webpack_nonce__: nonce });

const root = document.getElementById("root");
if (!root) throw new Error("index.html has no #root");
createRoot(root).render(
  <StrictMode>
    <Providers>
      <Router />
    </Providers>
  </StrictMode>,
);
