/**
 * A proxy that lets nothing through: what a browser asks of any host but this one ends here and is written down.
 * Loopback addresses do not go through a proxy in any of the browsers.
 */
import { createServer } from "node:http";

export async function catchStrays() {
  const hosts = [];
  const http = createServer((request, response) => {
    hosts.push({ time: performance.now(), host: request.headers.host ?? request.url, url: request.url });
    response.writeHead(403).end();
  });
  http.on("connect", (request, socket) => {
    hosts.push({ time: performance.now(), host: request.url, url: request.url });
    socket.on("error", () => {});
    socket.end("HTTP/1.1 403 Forbidden\r\n\r\n");
  });
  await new Promise((resolve, reject) => http.once("error", reject).listen(0, "127.0.0.1", resolve));
  const address = `127.0.0.1:${http.address().port}`;
  return {
    address,
    hosts,
    close() {
      http.closeAllConnections();
      return new Promise((resolve) => http.close(() => resolve()));
    },
  };
}
