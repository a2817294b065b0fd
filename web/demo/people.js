/** What went wrong, in words for people; the codec's own words stand behind them. */
import { VaeransError } from "./vaerans/index.js";

const WORDS = [
  [/^stream\.magic$/, "This is no .vrn file, although its name says so."],
  [/^stream\.version$/, "This .vrn file was made by another version of vaerans."],
  [/^stream\.truncated$/, "This .vrn file is cut short: a part of it is missing."],
  [/^(stream|data)\./, "This .vrn file is damaged."],
  [/^limit\./, "This picture is too large for this page."],
  [/^(pipe|unavailable\.feature|model)/, "This .vrn file was made with steps that this page cannot undo, a neural network for example."],
  [/^unavailable\.wasm$/, "This browser could not load the codec."],
  [/^param\./, "This picture cannot be coded."],
];

/** `{ words, detail }`; detail "" where the words say all. */
export function explain(error) {
  if (!(error instanceof VaeransError)) return { words: error?.message ?? String(error), detail: "" };
  const [, words] = WORDS.find(([code]) => code.test(error.code)) ?? [null, "The codec gave up."];
  return { words, detail: error.message };
}

/** Why a drop or a paste without a file cannot be used. */
export function whyNoFile(transfer) {
  const types = [...(transfer?.types ?? [])];
  if (types.includes("text/uri-list") || types.includes("text/html"))
    return "That is a link or a part of a page. Save the picture first, then drop the file: this page loads nothing from elsewhere.";
  if (types.some((type) => type.startsWith("text/"))) return "That is text, not a picture.";
  return "There was no file in it.";
}
