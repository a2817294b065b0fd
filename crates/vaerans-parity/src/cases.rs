//! Pipes over the registry: forward, then every step undone.

use crate::inputs;
use vaerans::arena::{DType, TensorRef};
use vaerans::codec::Progress;
use vaerans::component::{Component, Kind, Params, Value};
use vaerans::ecs::{EntityId, Native, Pipe, Step, World, WorldOptions};
use vaerans::kernels::Kernels;
use vaerans::registry::schema::Type;
use vaerans::registry::{Direction, Entry, Family};
use vaerans::wire::checksum;
use vaerans::{Result, REGISTRY};

/// Shapes of latents (C, H, W) and of pictures (H, W, C): one pixel, thin, odd, whole.
const LATENTS: &[[usize; 3]] = &[[4, 1, 1], [4, 1, 9], [4, 7, 1], [8, 13, 11], [16, 24, 40], [4, 64, 96]];
const PICTURES: &[[usize; 3]] = &[[1, 1, 3], [1, 17, 1], [19, 1, 4], [33, 29, 3], [64, 48, 2], [70, 131, 4]];

/// Forward systems in order, as (name, parameters as key and number).
type Chain = &'static [(&'static str, &'static [(&'static str, i64)])];

const LATENT_PIPES: &[Chain] = &[
    &[("Hadamard4", &[("size", 2)])],
    &[("Hadamard4", &[("size", 4)])],
    &[("WaveletCDF53", &[("levels", 1)])],
    &[("WaveletCDF53", &[("levels", 4)])],
    &[("WaveletCDF97", &[("levels", 3)])],
    &[("WaveletHaar", &[("levels", 4)])],
    &[("QuantizeU8", &[])],
    &[("QuantizeU8", &[("per_channel", 1)])],
    &[("WaveletCDF53", &[("levels", 3)]), ("QuantizeU8", &[("per_band", 1)])],
    &[("Hadamard4", &[]), ("WaveletCDF53", &[("levels", 4)]), ("QuantizeU8", &[("per_band", 1)]), ("ANSEncode", &[])],
    &[("Hadamard4", &[]), ("WaveletCDF97", &[("levels", 2)]), ("QuantizeU8", &[("bits", 12)]), ("ANSEncode", &[])],
    &[("WaveletHaar", &[("levels", 2)]), ("QuantizeU8", &[]), ("ANSEncode", &[])],
    &[("QuantizeU8", &[]), ("ANSEncode", &[])],
    &[("WaveletCDF97", &[("levels", 2)]), ("DeadZone", &[("step", 3)]), ("ANSEncode", &[])],
];

const PICTURE_PIPES: &[Chain] = &[
    &[("YCoCgR", &[])],
    &[("YCoCgR", &[]), ("WaveletCDF53", &[("levels", 3)])],
    &[("YCoCgR", &[]), ("WaveletCDF53", &[("levels", 3)]), ("ANSEncode", &[])],
    &[("YCoCgR", &[]), ("WaveletHaar", &[("levels", 2)]), ("ANSEncode", &[("adaptive", 1)])],
    &[
        ("YCoCgR", &[("float", 1)]),
        ("WaveletCDF97", &[("levels", 4)]),
        ("DeadZone", &[("weighted", 1)]),
        ("ANSEncode", &[]),
    ],
    &[("PhotoEncode", &[("quality", 70)])],
    &[("PhotoEncode", &[("quality", 30), ("effort", 1)])],
    &[("PhotoEncode", &[("lossy", 0)])],
    &[("LosslessEncode", &[])],
    &[("LosslessEncode", &[("max_error", 2), ("effort", 9)])],
];

pub fn run(kernels: Kernels) -> Result<Vec<String>> {
    let mut lines = Vec::new();
    for chain in LATENT_PIPES {
        for (i, shape) in LATENTS.iter().enumerate() {
            let [c, h, w] = *shape;
            let values = inputs::latent(c, h, w, i as u64);
            lines.push(case(kernels, chain, &format!("{shape:?} f32"), |world| {
                let id = world.new_entity();
                let t = world.arena().put(shape, &values)?;
                world.attach(id, "Latent4", Component::new(Kind::Latent, t), None)?;
                Ok(id)
            })?);
        }
    }
    for chain in PICTURE_PIPES {
        for (i, shape) in PICTURES.iter().enumerate() {
            for bits in [8, 16] {
                let [h, w, c] = *shape;
                let samples = inputs::picture(h, w, c, bits, i as u64);
                lines.push(case(kernels, chain, &format!("{shape:?} u{bits}"), |world| {
                    spawn(world, &samples, shape, bits)
                })?);
            }
        }
    }
    lines.push(format!("registry {}", covered()));
    Ok(lines)
}

/// Every native pair of the registry must appear in a chain above.
fn covered() -> String {
    let used: Vec<&str> = LATENT_PIPES.iter().chain(PICTURE_PIPES).flat_map(|c| c.iter().map(|s| s.0)).collect();
    let pair = |e: &&&Entry| e.runs(Direction::Forward) && e.runs(Direction::Inverse);
    // Those of a learned model, and what codes its integers, have cases of their own.
    let side =
        |e: &Entry| matches!(e.family, Family::Metric | Family::Filter | Family::Network) || e.name == "PredictEncode";
    let all: Vec<&Entry> = REGISTRY.iter().collect();
    let missing: Vec<_> = all.iter().filter(pair).filter(|e| !side(e)).map(|e| e.name).collect();
    let missing: Vec<_> = missing.into_iter().filter(|n| !used.contains(n)).collect();
    if missing.is_empty() {
        "covered".into()
    } else {
        format!("not covered here: {}", missing.join(" "))
    }
}

pub fn spawn(world: &mut World, samples: &[u16], shape: &[usize], bits: u32) -> Result<EntityId> {
    let (dtype, bytes): (DType, Vec<u8>) = match bits {
        8 => (DType::U8, samples.iter().map(|&s| s as u8).collect()),
        _ => (DType::U16, samples.iter().flat_map(|s| s.to_le_bytes()).collect()),
    };
    let batch: Vec<usize> = std::iter::once(1).chain(shape.iter().copied()).collect();
    let ids = world.copy_images(dtype, &batch, |to| to.copy_from_slice(&bytes))?;
    Ok(ids[0])
}

fn case(
    kernels: Kernels,
    chain: Chain,
    input: &str,
    spawn: impl FnOnce(&mut World) -> Result<EntityId>,
) -> Result<String> {
    let options = WorldOptions { arena_bytes: 32 << 20, threads: Some(1), ..WorldOptions::new(kernels) };
    let mut world = World::new(options)?;
    let id = spawn(&mut world)?;
    let mut pipe = Pipe::new(vec![id]);
    let systems: Vec<_> = chain.iter().map(|(name, params)| build(name, params)).collect::<Result<_>>()?;
    let name: Vec<_> = systems.iter().map(|s| format!("{}({})", s.name(), s.params)).collect();
    let place = format!("{} {input}", name.join("|"));
    for system in &systems {
        pipe.to(&mut world, Step::Native(system.clone()), None);
    }
    advance(&pipe, &mut world).map_err(|e| e.at(&place))?;
    let coded = newest(&world, id)?;
    for system in systems.iter().rev() {
        pipe.to(&mut world, Step::Native(system.undo()?), None);
    }
    advance(&pipe, &mut world).map_err(|e| e.at(&place))?;
    let back = newest(&world, id)?;
    Ok(format!("{place} {:08x} {:08x}", crc(&coded)?, crc(&back)?))
}

fn build(name: &str, params: &[(&str, i64)]) -> Result<Native> {
    let (entry, _) = REGISTRY.by_name(name)?;
    let is_flag = |name: &str| entry.params.iter().any(|p| p.name == name && p.ty == Type::Flag);
    let value = |name: &str, v: i64| if is_flag(name) { Value::Bool(v != 0) } else { Value::Int(v) };
    REGISTRY.step(name, &params.iter().fold(Params::new(), |p, (n, v)| p.with(n, value(n, *v))))
}

fn advance(pipe: &Pipe, world: &mut World) -> Result<()> {
    match pipe.advance(world)? {
        Progress::Done => Ok(()),
        Progress::Foreign(call) => Err(vaerans::Error::new("internal.bug", format!("{} is foreign", call.system.name))),
    }
}

fn newest(world: &World, id: EntityId) -> Result<TensorRef> {
    let (key, step) = world.keys(id)?.pop().expect("the pipe made something");
    Ok(world.component(id, &key, Some(step))?.data.clone())
}

fn crc(t: &TensorRef) -> Result<u32> {
    Ok(checksum(&t.bytes()?))
}
