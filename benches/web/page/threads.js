import { picture } from "./pictures.js";
import { inTurns } from "./rounds.js";

let ready;

async function start({ source, encoding }) {
  const image = await picture(source);
  const copies = { "1 worker": await import("./one/index.js"), "2 workers": await import("./two/index.js") };
  await copies["1 worker"].init({ threads: 1 });
  await copies["2 workers"].init({ threads: 2 });
  return { copies, image, file: await copies["1 worker"].encode(image, encoding) };
}

/** One and two workers in turns: { "1 worker": [ms], "2 workers": [ms] }. */
export async function threads({ what, direction, ...options }) {
  const { copies, file, image } = await (ready ??= start(what));
  const work = (copy) => (direction === "decode" ? copy.decode(file.slice()) : copy.encode(image, what.encoding));
  return inTurns(Object.fromEntries(Object.entries(copies).map(([name, copy]) => [name, () => work(copy)])), options);
}

/** what: { source, encoding: options of `encode` }, the same for all jobs of a page. */
export async function threadsInfo({ what }) {
  const { copies, image } = await (ready ??= start(what));
  return { info: copies["2 workers"].engineInfo(), pixels: image.width * image.height };
}
