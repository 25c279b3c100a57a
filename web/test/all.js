// @ts-check
/** Every test of this folder in one process: `node --test web/test/all.js`. */
import { readdirSync } from "node:fs";

for (const name of readdirSync(new URL(".", import.meta.url)).sort()) {
  if (name.endsWith(".test.js")) await import(`./${name}`);
}
