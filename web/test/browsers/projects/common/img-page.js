import { engineInfo } from "vaerans";
import { define } from "vaerans/img";
import { isGradient, shown } from "./check.js";

/** The element paints the gradient; the package that it uses is the page's own copy. */
async function run() {
  define();
  const element = Object.assign(document.createElement("vaerans-img"), { loading: "eager", alt: "", src: "/data/gradient.vrn" });
  const ended = new Promise((resolve, reject) => {
    element.addEventListener("load", resolve);
    element.addEventListener("error", ({ detail }) => reject(new Error(`${detail.code}: ${detail.message}`)));
  });
  document.body.append(element);
  await ended;
  return { isExact: isGradient(shown(element.shadowRoot.querySelector("canvas"))), engine: engineInfo() };
}

globalThis.result = run().catch((error) => ({ error: `${error?.code ?? error?.name}: ${error?.message ?? error}` }));
globalThis.result.then((result) => (document.title = result.error ?? "done"));
