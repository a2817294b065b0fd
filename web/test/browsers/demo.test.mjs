/** The demo page as tools/demo_web.mjs builds it: alive at once, silent after it has loaded, there without a network. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { build } from "../../../tools/demo_web.mjs";
import { BROWSERS, launch, whyNot } from "./drive.mjs";
import { noise, png } from "./pictures.mjs";
import { serve } from "./server.mjs";

const settled = async () => {
  const started = performance.now();
  await new Promise((resolve) => setTimeout(resolve, 50));
  while (document.documentElement.dataset.state !== "settled") {
    if (performance.now() - started > 40_000) throw new Error(`not settled: ${document.body.innerText}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  const rows = [...document.querySelectorAll("#rows tr")].map((row) => [row.className, ...[...row.querySelectorAll("td")].map((cell) => cell.textContent)]);
  return {
    rows,
    size: document.querySelector("#size").textContent,
    facts: document.querySelector("#facts").textContent,
    error: document.querySelector("#message").textContent,
  };
};

for (const name of BROWSERS) {
  describe(name, { skip: whyNot(name), timeout: 300_000 }, () => {
    let browser, server, page;
    const photo = [...png(noise(200, 120))];
    const look = () => page.evaluate(settled);
    const set = (id, value) =>
      page.evaluate(
        ([id, value]) => {
          const input = document.getElementById(id);
          if (typeof value === "boolean") input.checked = value;
          else input.value = value;
          document.documentElement.dataset.state = "working";
          input.dispatchEvent(new Event("input", { bubbles: true }));
        },
        [id, value],
      );
    const pick = (group, value) =>
      page.evaluate(([group, value]) => document.querySelector(`input[name="${group}"][value="${value}"]`).click(), [group, value]);
    const drop = (bytes, file, type) =>
      page.evaluate(
        ([bytes, file, type]) => {
          const data = new DataTransfer();
          data.items.add(new File([new Uint8Array(bytes)], file, { type }));
          document.documentElement.dataset.state = "working";
          dispatchEvent(new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true }));
        },
        [bytes, file, type],
      );

    before(async () => {
      server = await serve({ "/": { folder: build() } });
      browser = await launch(name);
      page = await browser.open(`${server.origin}/`);
    });
    after(async () => {
      await browser?.close();
      await server?.close();
    });

    test("a sample is there at once, against the browser's own codecs at no less PSNR", async () => {
      const { rows, error } = await look();
      assert.equal(error, "");
      assert.deepEqual(
        rows.map(([codec]) => codec),
        ["vaerans", "jpeg", "webp"],
      );
      const [vaerans, jpeg, webp] = rows;
      assert.match(vaerans[1], /^\d.* kB$/);
      assert.ok(Number(jpeg[3]) >= Number(vaerans[3]) - 0.05, `${rows}`);
      // WebKit writes no WebP, and the page says so.
      if (name === "webkit" && webp.length === 2) assert.match(webp[1], /cannot write/);
      else assert.ok(Number(webp[3]) >= Number(vaerans[3]) - 0.05, `${rows}`);
    });

    test("no request leaves the page after it has loaded, whatever is done with it", async () => {
      await page.evaluate(async () => {
        await navigator.serviceWorker.ready;
        while (document.querySelector("#offline").hidden) await new Promise((resolve) => setTimeout(resolve, 20));
      });
      const asked = server.log.length;
      const first = await look();
      await set("quality", 30);
      const coarse = await look();
      assert.ok(parseFloat(coarse.size) < parseFloat(first.size), `${coarse.size} of ${first.size}`);
      await set("lossless", true);
      const exact = await look();
      assert.equal(exact.rows[0][3], "exact");
      assert.deepEqual(
        exact.rows.map(([codec]) => codec),
        ["vaerans", "png", "webp"],
      );
      await set("lossless", false);
      await drop(photo, "noise.png", "image/png");
      const dropped = await look();
      assert.match(dropped.facts, /^200 × 120/);
      await pick("view", "residual");
      await pick("zoom", "2");
      await pick("codec", "jpeg");
      const got = await page.evaluate(async () => {
        await new Promise((resolve) => setTimeout(resolve, 200));
        const { data } = document.querySelector("#after").getContext("2d").getImageData(0, 0, 200, 120);
        let made;
        const click = HTMLAnchorElement.prototype.click;
        HTMLAnchorElement.prototype.click = function () {
          made = { name: this.download, href: this.href };
        };
        document.querySelector("#download").click();
        HTMLAnchorElement.prototype.click = click;
        const bytes = new Uint8Array(await (await fetch(made.href)).arrayBuffer());
        return {
          residual: data.some((v, i) => i % 4 < 3 && v > 0),
          width: document.querySelector("#sheet").offsetWidth * devicePixelRatio,
          made: made.name,
          bytes: [...bytes],
        };
      });
      assert.deepEqual([got.residual, Math.round(got.width), got.made], [true, 400, "noise.vrn"]);
      await drop(got.bytes, "again.vrn", "");
      assert.match((await look()).facts, /^200 × 120/);
      await drop([1, 2, 3], "words.txt", "text/plain");
      await page.evaluate(async () => {
        while (document.querySelector("#message").hidden) await new Promise((resolve) => setTimeout(resolve, 20));
      });
      await sleep(300);
      // The browser itself looks for a newer service worker now and then.
      assert.deepEqual(
        server.log
          .slice(asked)
          .map(({ path }) => path)
          .filter((path) => path !== "/sw.js"),
        [],
      );
      assert.deepEqual(browser.strays, []);
    });

    test("the boundary moves by keyboard and says where it is", async () => {
      const got = await page.evaluate(() => {
        const divider = document.querySelector("#divider");
        const values = ["Home", "ArrowRight", "PageUp", "End", "ArrowLeft"].map((key) => {
          divider.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
          return Number(divider.getAttribute("aria-valuenow"));
        });
        return { values, clip: document.querySelector("#after").style.clipPath };
      });
      assert.deepEqual(got.values, [0, 2, 12, 100, 98]);
      assert.match(got.clip, /inset\(/);
    });

    test("there without a network", async () => {
      const { origin } = server;
      await server.close();
      await page.goto(`${origin}/`);
      const { rows, error } = await look();
      assert.deepEqual([rows.length, error], [3, ""]);
      const said = await page.console();
      assert.deepEqual(
        said.filter(({ type }) => type === "exception"),
        [],
      );
    });
  });
}
