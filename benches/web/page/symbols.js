let ready;

async function open(path) {
  const { ANSDecode, World } = await import("./one/pipe.js");
  const bytes = new Uint8Array(await (await fetch(new URL(path, import.meta.url))).arrayBuffer());
  return { ANSDecode, bytes, world: await World.create({ arenaBytes: 64 << 20 }) };
}

/** Milliseconds of one ANSDecode of a file of symbols, by the world's trace. */
export async function rans({ path }) {
  const { ANSDecode, bytes, world } = await (ready ??= open(path));
  world.clearTrace();
  const eid = world.spawnBitstream(bytes);
  world.pipe(eid).to(new ANSDecode()).run();
  const [{ nanos }] = world.trace();
  world.despawn(eid);
  return nanos / 1e6;
}
