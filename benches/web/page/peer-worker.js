/** A peer off the page's thread: `peer-worker.js?NAME` answers a file with its picture. The codec loads while the file is on its way. */
const codec = import(new URL(`./peers/${location.search.slice(1)}-decode.js`, import.meta.url));

onmessage = async ({ data }) => {
  const image = await (await codec).default(data);
  postMessage(image, [image.data.buffer]);
};
