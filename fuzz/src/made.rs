//! Valid items of pipes: what the seeds are made of, and what is added to files.

use crate::LIMITS;
use std::sync::{Arc, OnceLock};
use vaerans::bitstream::{to_vec, FileWriter, Metadata, NewItem, NewStream, TileBytes};
use vaerans::codec::{coded, Progress};
use vaerans::component::{Component, Kind, Params, Value};
use vaerans::ecs::{EntityId, Foreign, Need, Pipe, Step, World, WorldOptions};
use vaerans::kernels::Kernels;
use vaerans::REGISTRY;

/// Noise over a ramp.
pub fn noise(n: usize, bits: u32) -> Vec<u8> {
    let mut state = 7u32;
    let mut next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> (32 - bits)) as u8
    };
    (0..n).map(|i| (i as u8 / 2).wrapping_add(next())).collect()
}

/// Steps by their public names.
pub type Steps<'a> = &'a [(&'a str, Params)];

fn none() -> Params {
    Params::new()
}

fn flag(name: &str) -> Params {
    none().with(name, Value::Bool(true))
}

fn world() -> World {
    let options = WorldOptions { arena_bytes: 1 << 22, threads: Some(1), ..WorldOptions::new(Kernels::active()) };
    World::new(WorldOptions { registry: Some(&REGISTRY), limits: LIMITS, ..options }).expect("small")
}

fn native(name: &str, params: &Params) -> Step {
    Step::Native(REGISTRY.step(name, params).expect("known"))
}

/// Appends steps; the result of the last one goes by `out`.
fn append(world: &mut World, pipe: &mut Pipe, steps: Steps, out: Option<&str>) {
    for (i, (name, params)) in steps.iter().enumerate() {
        let out = out.filter(|_| i + 1 == steps.len()).map(str::to_string);
        pipe.to(world, native(name, params), out);
    }
}

/// Runs a pipe; what a foreign step is asked for is its input once more.
fn run(world: &mut World, pipe: &Pipe) {
    while let Progress::Foreign(call) = pipe.advance(world).expect("valid") {
        for (&id, bound) in &call.bound {
            let slot = &bound.inputs[0];
            let data = world.component(id, &slot.key, Some(slot.step)).expect("there").data.clone();
            world.attach(id, &bound.output.key, Component::new(Kind::Latent, data), Some(call.step)).expect("there");
        }
        pipe.finish_foreign(world, &call).expect("valid");
    }
}

fn item_of(world: &World, id: EntityId, keys: &[&'static str]) -> NewItem<Vec<u8>> {
    let components: Vec<_> = keys.iter().map(|&key| (key, world.component(id, key, None).expect("made"))).collect();
    let metadata = Metadata { json: Some("{}".into()), orientation: Some(6), ..Metadata::default() };
    let item = coded::item(&REGISTRY, &components, metadata).expect("saveable");
    let tile = |t: TileBytes<coded::Pin>| TileBytes { bytes: t.bytes.as_ref().to_vec(), levels: t.levels };
    let stream = |s: NewStream<coded::Pin>| NewStream {
        role: s.role,
        key: s.key,
        lineages: s.lineages,
        tiles: s.tiles.into_iter().map(tile).collect(),
    };
    NewItem { content: item.content, metadata: item.metadata, streams: item.streams.into_iter().map(stream).collect() }
}

/// A latent that went through these steps, a step of the caller's in front of them if asked for.
pub fn latent(steps: Steps, private: bool) -> NewItem<Vec<u8>> {
    let mut world = world();
    let id = world.new_entity();
    let values: Vec<f32> = noise(4 * 9 * 11, 5).iter().map(|&v| f32::from(v) / 16.0).collect();
    let data = world.arena().put(&[4, 9, 11], &values).expect("fits");
    world.attach(id, "Latent4", Component::new(Kind::Latent, data), None).expect("there");
    let mut pipe = Pipe::new(vec![id]);
    if private {
        pipe.to(&mut world, Step::Foreign(Arc::new(mine())), None);
    }
    append(&mut world, &mut pipe, steps, None);
    run(&mut world, &pipe);
    item_of(&world, id, &["Bitstream"])
}

/// A step of the caller's that gives what it takes.
fn mine() -> Foreign {
    Foreign {
        handle: 1,
        name: "Mine".into(),
        number: 0x8001,
        params: none().with("strength", Value::Float(0.5)),
        needs: vec![Need::cursor(Kind::ALL)],
        produces: vec![("Mine".into(), Kind::Latent)],
        infer: None,
        is_inverse: false,
        is_recorded: true,
    }
}

/// A picture whose pipe is the user's own, with its residual beside it.
pub fn picture_with_residual(max_error: i64) -> NewItem<Vec<u8>> {
    let mut world = world();
    let (w, h) = (19, 14);
    let pixels = noise(w * h * 3, 5);
    let image = world.arena().put(&[h, w, 3], &pixels).expect("fits");
    let id = world.new_entity();
    world.attach(id, "RGB", Component::new(Kind::Image, image), None).expect("there");
    let step = none().with("step", Value::Float(9.0));
    let forward = [("YCoCgR", flag("float")), ("WaveletHaar", none()), ("DeadZone", step)];
    let back = [("DeadZoneInverse", none()), ("WaveletHaarInverse", none()), ("YCoCgRInverse", none())];
    let mut pipe = Pipe::new(vec![id]);
    append(&mut world, &mut pipe, &forward, None);
    let symbols = pipe.cursor.clone();
    append(&mut world, &mut pipe, &[("ANSEncode", none())], None);
    pipe.cursor = symbols;
    append(&mut world, &mut pipe, &back, None);
    let bound = none().with("max_error", Value::Int(max_error));
    append(&mut world, &mut pipe, &[("Residual", bound), ("ANSEncode", flag("adaptive"))], Some("ResidualBitstream"));
    run(&mut world, &pipe);
    item_of(&world, id, &["Bitstream", "ResidualBitstream"])
}

/// Items of the pipes that `photo` does not use, with names.
pub fn items() -> Vec<(String, NewItem<Vec<u8>>)> {
    let levels = || none().with("levels", Value::Int(2));
    let (bits, precise) = (none().with("bits", Value::Int(12)), none().with("setting", Value::Text("precise".into())));
    let coder = |params| ("ANSEncode", params);
    let pipes: [&[(&str, Params)]; 5] = [
        &[("Hadamard4", none()), ("WaveletCDF53", levels()), ("QuantizeU8", flag("per_band")), coder(none())],
        &[
            ("Hadamard4", none()),
            ("WaveletHaar", levels()),
            ("QuantizeU8", flag("per_channel")),
            coder(flag("adaptive")),
        ],
        &[("WaveletCDF97", levels()), ("DeadZone", none()), coder(flag("adaptive"))],
        &[("QuantizeU8", bits), coder(precise)],
        &[("DeadZone", none()), coder(none())],
    ];
    let mut items: Vec<_> = pipes.iter().enumerate().map(|(i, p)| (format!("pipe{i}"), latent(p, false))).collect();
    items.push(("private".into(), latent(pipes[0], true)));
    items.push(("residual0".into(), picture_with_residual(0)));
    items.push(("residual2".into(), picture_with_residual(2)));
    items
}

/// A small item, made once.
pub fn small() -> &'static NewItem<Vec<u8>> {
    static SMALL: OnceLock<NewItem<Vec<u8>>> = OnceLock::new();
    SMALL.get_or_init(|| latent(&[("QuantizeU8", none()), ("ANSEncode", none())], false))
}

/// A file of items under these keys, with an index or without one.
pub fn file(items: &[(&str, &NewItem<Vec<u8>>)], index: bool) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut writer = FileWriter::new(&mut bytes);
    items.iter().for_each(|(key, item)| writer.add(key, item).expect("memory"));
    if index {
        writer.finish().expect("memory");
    }
    bytes
}

/// A file of one item.
pub fn alone(item: &NewItem<Vec<u8>>) -> Vec<u8> {
    to_vec(item).expect("valid")
}
