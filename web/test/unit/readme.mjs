// The code blocks of web/README.md: [{ kind, language, code }]; kind is the word after the language.
import { readFileSync } from "node:fs";

const text = readFileSync(new URL("../../README.md", import.meta.url), "utf8");
export const blocks = [...text.matchAll(/^```(\w+) ?(\w*)\n([\s\S]*?)^```$/gm)].map(([, language, kind, code]) => ({ language, kind, code }));
