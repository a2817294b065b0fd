/** A page in which tests put elements into boxes: `put`, `box`, `canvas` and `until` are there when `ready` is. */
export const PAGE = `<!doctype html><meta charset=utf-8><title>box</title><style>body{margin:0}</style><main></main><script type="module" src="/main.js"></script>`;
export const MAIN = `import { define } from "/vaerans/img.js";
  define();
  globalThis.until = async (check) => { while (!check()) await new Promise((resolve) => setTimeout(resolve, 10)); };
  globalThis.put = async (attributes, style = "") => {
    const element = document.createElement("vaerans-img");
    Object.assign(element, { scales: [], loads: 0, errors: [] });
    element.addEventListener("progress", ({ detail }) => element.scales.push(detail.scale));
    element.addEventListener("load", () => element.loads++);
    element.addEventListener("error", ({ detail }) => element.errors.push(detail.code));
    for (const [name, value] of Object.entries({ alt: "", loading: "eager", ...attributes })) element.setAttribute(name, value);
    element.style = style;
    document.querySelector("main").append(element);
    await until(() => element.loads + element.errors.length);
    return element;
  };
  globalThis.box = (element) => { const { width, height } = element.getBoundingClientRect(); return [width, height]; };
  globalThis.canvas = (element) => { const { width, height } = element.shadowRoot.querySelector("canvas"); return [width, height]; };
  globalThis.ready = true;`;
