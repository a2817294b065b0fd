/** Many small boxes that show one large picture; each box asks for a URL of its own, as a page of many pictures does. */
const COUNT = 24;

const works = {
  "empty page": () => {},
  "`<vaerans-img>`": async (url) => {
    const { define } = await import("./one/img.js");
    define();
    return shown(() => Object.assign(document.createElement("vaerans-img"), { alt: "", loading: "eager" }), url);
  },
  "own canvas, scale 1/16": async (url) => {
    const { decode } = await import("./one/index.js");
    for (let i = 0; i < COUNT; i++) {
      const picture = await decode(await fetch(`${url}?${i}`), { scale: 1 / 16 });
      const canvas = Object.assign(document.createElement("canvas"), { width: picture.width, height: picture.height });
      canvas.getContext("2d").putImageData(picture.toImageData(), 0, 0);
      document.querySelector("main").append(canvas);
    }
  },
  "`<img>`, JPEG": (url) => shown(() => new Image(), url),
};

/** Elements of `make`, each of them loaded. */
function shown(make, url) {
  const all = Array.from({ length: COUNT }, (_, i) => {
    const one = make();
    const loaded = new Promise((resolve, reject) => ((one.onload = resolve), one.addEventListener("load", resolve), one.addEventListener("error", reject)));
    one.src = `${url}?${i}`;
    document.querySelector("main").append(one);
    return loaded;
  });
  return Promise.all(all);
}

/** Shows them; gives the widths of what ours decoded. */
export async function show({ name, url }) {
  await works[name](url);
  return [...document.querySelectorAll("vaerans-img")].map((one) => one.shadowRoot.querySelector("canvas").width);
}
