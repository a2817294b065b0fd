// The code blocks of web/README.md and docs/networks.md: [{ kind, language, code }]; kind is the word after the language.
import { readFileSync } from "node:fs";

const text = ["README.md", "docs/networks.md"].map((name) => readFileSync(new URL(`../../${name}`, import.meta.url), "utf8")).join("\n");
export const blocks = [...text.matchAll(/^```(\w+) ?(\w*)\n([\s\S]*?)^```$/gm)].map(([, language, kind, code]) => ({ language, kind, code }));
