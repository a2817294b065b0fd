/** Decodes a file of symbols over and over: gives a function that does it once, in milliseconds by the world's trace. */
export async function ansDecoder({ ANSDecode, World }, bytes) {
  const world = await World.create({ arenaBytes: 64 << 20 });
  return () => {
    world.clearTrace();
    const eid = world.spawnBitstream(bytes);
    world.pipe(eid).to(new ANSDecode()).run();
    const [{ nanos }] = world.trace();
    world.despawn(eid);
    return nanos / 1e6;
  };
}
