// The player page: no React and nothing of the designer, so that a panel loads it quickly.
import { start } from "@lineside/player";

void start(document.querySelector<HTMLElement>("#root") as HTMLElement);
