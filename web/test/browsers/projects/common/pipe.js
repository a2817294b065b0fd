import { ANSDecode, ANSEncode, Dequantize, Hadamard4, QuantizeU8, WaveletCDF53, World } from "vaerans/pipe";

/** The latent of tests/golden/pipes.py. */
function latent() {
  return new Float32Array(4 * 48 * 80).map((_, i) => {
    const [x, y, c] = [i % 80, Math.floor(i / 80) % 48, Math.floor(i / 3840)];
    return ((Math.floor((x * x) / 8) + 3 * y * (c + 1) + (Math.imul(i, 2654435761) >>> 29)) % 256) / 64 - 2;
  });
}

/** The quick start without its network, there and back; the file's SHA-256 in hexadecimal. */
export async function quickStart() {
  const w = await World.create();
  const [eid, z] = [w.newEntity(), latent()];
  w.put(eid, "Latent4", z, [4, 48, 80]);
  const coded = w
    .pipe(eid)
    .to(new Hadamard4())
    .to(new WaveletCDF53({ levels: 3 }))
    .to(new QuantizeU8({ perBand: true }))
    .to(new ANSEncode());
  const file = coded.out("Bitstream").bytes();
  const back = w.pipe(w.spawnBitstream(file)).to(new ANSDecode()).to(new Dequantize()).to(WaveletCDF53.inverse()).to(Hadamard4.inverse()).out();
  const isExact = back.data.length === z.length && back.data.every((v, i) => Math.abs(v - z[i]) < 0.2);
  w.dispose();
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", file));
  return { isExact, sha256: Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("") };
}

if (typeof document !== "undefined") {
  globalThis.result = quickStart().catch((error) => ({ error: `${error?.code ?? error?.name}: ${error?.message ?? error}` }));
  globalThis.result.then((result) => (document.title = result.error ?? "done"));
}
