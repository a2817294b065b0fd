/** What goes wrong around the package in the three browsers: the error says so and how to mend it, the page lives, nothing is left. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { BROWSERS, launch, whyNot } from "./drive.mjs";
import { mounts, pictures } from "./faulty.mjs";
import { serve } from "./server.mjs";

for (const name of BROWSERS) {
  describe(name, { skip: whyNot(name), timeout: 600_000 }, () => {
    let browser, server, page;
    before(async () => {
      server = await serve(mounts());
      browser = await launch(name);
      page = await browser.open(`${server.origin}/good/`);
    });
    after(async () => {
      await browser?.close();
      await server?.close();
    });

    /** Opens a site and runs `work` in it; afterwards the page is well and its workers end with dispose(). */
    async function at(site, work, arg) {
      await page.goto(`${server.origin}/${site}/`);
      await page.evaluate(async () => {
        while (!globalThis.ready) await new Promise((resolve) => setTimeout(resolve, 10));
      });
      const got = await page.evaluate(work, arg);
      const left = await page.evaluate(async () => {
        vaerans.dispose();
        return { workers: workers.size, unheard, stats: vaerans.getMemoryStats().instances, isAlive: document.title };
      });
      assert.deepEqual(left, { workers: 0, unheard: [], stats: [], isAlive: "faults" });
      if (page.native.kind === "playwright") {
        for (let tries = 0; page.native.page.workers().length && tries < 250; tries++) await sleep(20); // a thread that waits is ended after two seconds
        assert.deepEqual(
          page.native.page.workers().map((worker) => worker.url()),
          [],
        );
      }
      return got;
    }

    test("the connection is cut in the middle of a progressive decode: coarse paints, then stream.network", async () => {
      const got = await at("good", async () => {
        const scales = [];
        const [code, words] = await attempt(async () =>
          vaerans.decodeProgressive(await fetch("/cut/large.vrn"), (_, { scale, done }) => void scales.push([scale, done])),
        );
        return {
          code,
          words,
          scales,
          again: await attempt(async () => vaerans.decodeProgressive(await fetch("/files/large.vrn"), () => {})),
          whole: await attempt(async () => vaerans.decode(await fetch("/cut/large.vrn"))),
        };
      });
      assert.deepEqual([got.code, got.again, got.whole[0]], ["stream.network", ["ok", 700], "stream.network"]);
      assert.ok(got.scales.length > 0 && got.scales.every(([scale, done]) => scale < 1 && !done), JSON.stringify(got.scales));
      assert.match(got.words, /stopped after \d+/);
    });

    test("abort in the middle of a download: the reason, and the connection is let go", async () => {
      server.clear();
      const got = await at("good", async () => {
        const stop = new AbortController();
        setTimeout(() => stop.abort("enough"), 150);
        return vaerans.decode(await fetch("/slow/large.vrn"), { signal: stop.signal }).catch((reason) => reason);
      });
      assert.equal(got, "enough");
      assert.deepEqual(await server.ended("/slow/large.vrn"), ["let go"]);
    });

    const everything = async () => ({
      decode: await attempt(async () => vaerans.decode(await bytes("/files/small.vrn"))),
      info: await attempt(async () => vaerans.info(await bytes("/files/small.vrn"))),
      encode: await attempt(() => vaerans.encode(pixels)),
      pipe: await attempt(async () => (await pipes()).World.create({ arenaBytes: 1 << 20 })),
      reason: vaerans.engineInfo().reason,
    });

    for (const site of ["html", "cutwasm"]) {
      test(`${site === "html" ? "a page in place of" : "half of"} every wasm file: the copies in the scripts take their place`, async () => {
        const got = await at(site, everything);
        assert.deepEqual([got.decode, got.info, got.encode[0], got.pipe[0]], [["ok", 40], ["ok", 40], "ok", "ok"]);
      });
    }

    for (const [site, status] of [
      ["nothing", 200],
      ["gone", 404],
    ]) {
      test(`${status} and a page in place of wasm and of the copies: the error says so and how to mend it`, async () => {
        const got = await at(site, everything);
        for (const what of ["decode", "info", "encode", "pipe"]) {
          assert.equal(got[what][0], "unavailable.wasm", what);
          assert.match(
            got[what][1],
            new RegExp(
              `${what === "encode" ? "encoder" : what === "pipe" ? "pipe" : "decoder"}-simd\\.wasm.*answered ${status} text/html.*instead of wasm.*dist/wasm.*(init|World\\.create)\\(\\{ wasm: url \\}\\)`,
              "s",
            ),
          );
        }
      });
    }

    for (const [site, how] of [
      ["noworker", "not there"],
      ["htmlworker", "a page"],
      ["workercsp", "forbidden by the Content-Security-Policy"],
    ]) {
      test(`the worker's file is ${how}: the calling thread does it, and engineInfo says why`, async () => {
        const got = await at(site, everything);
        assert.deepEqual([got.decode, got.encode[0]], [["ok", 40], "ok"]);
        assert.match(got.reason, /on the calling thread: \S/);
      });
    }

    test("a Content-Security-Policy without wasm: the error names what it needs", async () => {
      const got = await at("wasmcsp", everything);
      for (const what of ["decode", "encode", "pipe"]) {
        assert.equal(got[what][0], "unavailable.wasm", JSON.stringify(got[what]));
        assert.match(got[what][1], /'wasm-unsafe-eval'/);
      }
    });

    test("scripts that are gone: unavailable.script, and what is there works", async () => {
      const got = await at("nochunks", async () => ({
        decode: await attempt(async () => vaerans.decode(await bytes("/files/small.vrn"))),
        encode: await attempt(() => vaerans.encode(pixels)),
        progressive: await attempt(async () => vaerans.decodeProgressive(await fetch("/files/small.vrn"), () => {})),
      }));
      assert.deepEqual([got.decode, got.encode[0], got.progressive[0]], [["ok", 40], "unavailable.script", "unavailable.script"]);
    });

    test("a worker that throws in the middle of a job: unavailable.worker, and another one takes over", async () => {
      const got = await at("crash", async () => {
        const small = await bytes("/files/small.vrn");
        const large = await bytes("/files/large.vrn");
        const ends = [];
        for (const file of [large, small, large, small]) ends.push((await attempt(() => vaerans.decode(file)))[0]);
        const side = await Promise.all([small, large, small, large].map((file) => attempt(() => vaerans.decode(file))));
        return { ends, side: side.map(([code]) => code), alive: workers.size };
      });
      assert.deepEqual(got.ends, ["ok", "unavailable.worker", "ok", "unavailable.worker"]);
      assert.deepEqual([got.side, got.alive], [["unavailable.worker", "ok", "unavailable.worker", "ok"], 1]);
    });

    test("too little memory is limit.memory, a trap internal.bug; the next call is served", async () => {
      const got = await at("good", async () => {
        const [small, large] = [await bytes("/files/small.vrn"), await bytes("/files/large.vrn")];
        await vaerans.init({ wasm: { decoder: "/broken/tight.wasm", encoder: "/broken/tight-encoder.wasm" } });
        const tight = [
          await attempt(() => vaerans.decode(large)),
          await attempt(() => vaerans.decode(small)),
          await attempt(() => vaerans.encode({ data: new Uint8Array(3e6), width: 1000, height: 1000 })),
        ];
        vaerans.dispose();
        await vaerans.init({ wasm: "/broken/trap.wasm" });
        const trap = [await attempt(() => vaerans.decode(small)), await attempt(() => vaerans.info(small)), await attempt(() => vaerans.decode(small))];
        vaerans.dispose();
        await vaerans.init({ worker: false, wasm: "/broken/trap.wasm" });
        trap.push(await attempt(() => vaerans.decode(small)), await attempt(() => vaerans.info(small)));
        vaerans.dispose();
        await vaerans.init({});
        const { World } = await pipes();
        const world = await World.create({ wasm: "/broken/trap-pipe.wasm", arenaBytes: 1 << 20 });
        return { tight, trap, pipe: [await attempt(() => world.newEntity()), await attempt(() => world.entities)] };
      });
      assert.deepEqual(
        got.tight.map(([code]) => code),
        ["limit.memory", "ok", "limit.memory"],
      );
      assert.deepEqual(
        got.trap.map(([code]) => code),
        ["internal.bug", "ok", "internal.bug", "internal.bug", "ok"],
      );
      assert.deepEqual(
        got.pipe.map(([code]) => code),
        ["internal.bug", "internal.bug"],
      );
    });

    for (const site of ["good", "shared"]) {
      test(`dispose in the middle of jobs, with ${site === "shared" ? "shared memory" : "instances of their own"}: coded ends, no worker left, the next call starts anew`, async () => {
        const got = await at(site, async () => {
          await vaerans.init({ threads: 2 });
          const large = await bytes("/files/large.vrn");
          const slow = await fetch("/slow/large.vrn");
          const jobs = [vaerans.decode(large), vaerans.decode(large), vaerans.info(large), vaerans.encode(pixels), vaerans.decode(slow)].map((job) =>
            attempt(() => job),
          );
          const { sharedMemory } = vaerans.engineInfo();
          vaerans.dispose();
          vaerans.dispose();
          const left = workers.size;
          const ends = (await Promise.all(jobs)).map(([code]) => code);
          const hasShared = globalThis.crossOriginIsolated && typeof SharedArrayBuffer !== "undefined"; // WebKitGTK has none
          return { isAsExpected: sharedMemory === hasShared, left, ends, next: await attempt(() => vaerans.decode(large)) };
        });
        assert.deepEqual(got, { isAsExpected: true, left: 0, ends: Array(5).fill("unavailable.worker"), next: ["ok", 700] });
      });
    }
  });
}
