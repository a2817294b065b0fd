/** The demo page as tools/demo_web.mjs builds it: alive at once, silent after it has loaded, there without a network. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { build } from "../../../tools/demo_web.mjs";
import { BROWSERS, launch, whyNot } from "./drive.mjs";
import { noise, png, quarters } from "./pictures.mjs";
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
    ratio: document.querySelector("#ratio").textContent,
    caption: document.querySelector("#caption").textContent,
    label: document.querySelector("#name").textContent,
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

    test("a sample is there at once, against the learned codec and the browser's own at no more bytes", async () => {
      const { rows, error } = await look();
      assert.equal(error, "");
      assert.deepEqual(
        rows.map(([codec]) => codec),
        ["vaerans", "vae", "jpeg", "webp"],
      );
      const [vaerans, vae, jpeg, webp] = rows;
      assert.match(vaerans[1], /^\d.* kB$/);
      const fits = (row) => parseFloat(row[1]) <= parseFloat(vaerans[1]) && Number(row[3]) > 25 && /^[\d.]+ \/ [\d.]+$/.test(row[4]);
      assert.ok(fits(vae) && fits(jpeg), `${rows}`);
      // WebKit writes no WebP, and the page says so.
      if (name === "webkit" && webp.length === 2) assert.match(webp[1], /cannot write/);
      else assert.ok(fits(webp), `${rows}`);
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

    test("a new photo never stands beside figures, pixels or a download of the one before", async () => {
      await drop(photo, "before.png", "image/png");
      const first = await look();
      await page.evaluate(() => {
        const $ = (id) => document.getElementById(id);
        window.moments = [];
        const note = () =>
          window.moments.push({
            facts: $("facts").textContent,
            size: $("size").textContent,
            rows: $("rows").childElementCount,
            label: $("name").textContent,
            isHidden: $("after").hidden,
            canLoad: !$("download").disabled,
          });
        new MutationObserver(note).observe(document.body, { subtree: true, childList: true, characterData: true, attributes: true });
      });
      await drop([...png(noise(900, 700))], "after.png", "image/png");
      await pick("view", "picture");
      await pick("codec", "webp");
      const second = await look();
      const moments = await page.evaluate(() => window.moments);
      assert.match(second.facts, /after\.png/);
      assert.notEqual(first.size, second.size);
      const ofSecond = moments.filter(({ facts }) => facts.includes("after.png"));
      assert.ok(
        ofSecond.some(({ size }) => size === "–"),
        "nothing is said until there is something to say",
      );
      for (const moment of ofSecond) {
        assert.ok(moment.size === "–" || moment.size === second.size, JSON.stringify(moment));
        assert.equal(moment.canLoad, moment.size !== "–", JSON.stringify(moment));
        assert.equal(moment.rows === 0, moment.size === "–", JSON.stringify(moment));
      }
      // The words over the pixels name what is seen, or nothing is seen.
      const last = moments.filter(({ label }) => label.startsWith("WebP …"));
      assert.ok(last.length && last.at(-1).isHidden, JSON.stringify(last.at(-1)));
      await pick("codec", "vaerans");
    });

    test("what a file has more than the page codes is said, and so is its own size", async () => {
      const sixteen = { data: Uint8Array.from({ length: 40 * 30 * 6 }, (_, i) => (i * 37) & 255), width: 40, height: 30 };
      const file = [...png(sixteen, { depth: 16 })];
      await drop(file, "deep.png", "image/png");
      const { facts, rows, ratio } = await look();
      assert.match(facts, /40 × 30 pixels; deep\.png; the file has 16 bits a sample, this page codes 8/);
      assert.deepEqual(
        [rows.at(-1)[0], rows.at(-1)[1]],
        ["own", file.length < 1000 ? `${file.length} B` : `${Number((file.length / 1000).toPrecision(3))} kB`],
      );
      assert.match(ratio, /^at quality \d+; .* deep\.png \(/);
    });

    test("a peer that cannot keep transparency, or makes no file so small, says so", async () => {
      const { data } = quarters(40, 30);
      const clear = {
        data: Uint8Array.from({ length: 40 * 30 * 4 }, (_, i) => ((i & 3) === 3 ? (i >> 4) & 255 : data[(i >> 2) * 3 + (i & 3)])),
        width: 40,
        height: 30,
      };
      await drop([...png(clear, { type: 6 })], "clear.png", "image/png");
      const { rows } = await look();
      assert.match(rows[2][1], /no transparency/);
      await set("quality", 0);
      await drop([...png(noise(64, 64))], "noise.png", "image/png");
      const small = await look();
      assert.match(small.rows[2][1], /\*$/);
      assert.match(small.caption, /which takes more/);
      await set("quality", 75);
    });

    test("mistakes are answered in words for people; text and links are not ignored", async () => {
      const words = () =>
        page.evaluate(async () => {
          const message = document.querySelector("#message");
          while (message.hidden) await new Promise((resolve) => setTimeout(resolve, 20));
          message.hidden = true;
          return message.firstChild.textContent;
        });
      const transfer = (kind, type, text) =>
        page.evaluate(
          ([kind, type, text]) => {
            const data = new DataTransfer();
            data.setData(type, text);
            const event =
              kind === "drop" ? new DragEvent("drop", { dataTransfer: data, cancelable: true }) : new ClipboardEvent("paste", { clipboardData: data });
            dispatchEvent(event);
          },
          [kind, type, text],
        );
      // What an earlier mistake was answered stays a while.
      await page.evaluate(() => (document.querySelector("#message").hidden = true));
      await drop([0xf6, 0x56, 0x52, 0x4e, 1, 2, 3], "broken.vrn", "");
      assert.doesNotMatch(await words(), /\[|stream\./);
      await drop([...Buffer.from("no picture")], "named.vrn", "");
      assert.match(await words(), /no \.vrn file/);
      await drop([], "empty.png", "image/png");
      assert.match(await words(), /empty/);
      await transfer("drop", "text/plain", "words");
      assert.match(await words(), /That is text/);
      await transfer("paste", "text/plain", "words");
      assert.match(await words(), /text|no file/);
    });

    test("it links home", async () => {
      const links = await page.evaluate(() => [...document.querySelectorAll("header a")].map((a) => a.getAttribute("href")));
      assert.ok(links.length && links.every((href) => href === "about.html"));
      await page.goto(`${server.origin}/about.html`);
      assert.match(await page.evaluate(() => document.body.innerText), /What it is/);
      await page.goto(`${server.origin}/`);
      await look();
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
      assert.deepEqual([rows.length, error], [4, ""]);
      const said = await page.console();
      assert.deepEqual(
        said.filter(({ type }) => type === "exception"),
        [],
      );
    });
  });
}
