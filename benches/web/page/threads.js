import { picture } from "./pictures.js";
import { inTurns } from "./rounds.js";

/** One and two workers in turns: { info, pixels, times: { decode: { "1 worker": [ms], "2 workers": [ms] }, encode } }. */
export async function threads({ source, rounds }) {
  const image = await picture(source);
  const copies = { "1 worker": await import("./one/index.js"), "2 workers": await import("./two/index.js") };
  await copies["1 worker"].init({ threads: 1 });
  await copies["2 workers"].init({ threads: 2 });
  const file = await copies["1 worker"].encode(image, { quality: 75 });
  const works = (work) => Object.fromEntries(Object.entries(copies).map(([name, copy]) => [name, () => work(copy)]));
  const times = {
    decode: await inTurns(works((copy) => copy.decode(file.slice())), { rounds }),
    encode: await inTurns(works((copy) => copy.encode(image, { quality: 75 })), { rounds }),
  };
  const info = copies["2 workers"].engineInfo();
  for (const copy of Object.values(copies)) copy.dispose();
  return { info, pixels: image.width * image.height, times };
}
