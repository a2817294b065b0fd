//! Many threads in one arena, one world, one picture: the same bytes as one thread. `tools/tsan.sh` runs this under
//! ThreadSanitizer.
#![allow(clippy::unwrap_used)] // a helper that unwraps fails its test where it should

mod common;

use common::{step, SplitMix64};
use std::sync::{Arc, Mutex};
use vaerans::arena::{Arena, DType};
use vaerans::codec::open::{DecodeOptions, Opened};
use vaerans::codec::tile::{ImageView, Samples};
use vaerans::codec::write::{compress, Options};
use vaerans::codec::Progress;
use vaerans::component::{Component, Kind, Params, Value};
use vaerans::ecs::{Pipe, World, WorldOptions};
use vaerans::kernels::Kernels;
use vaerans::wire::{Limits, Slice};
use vaerans::REGISTRY;

fn noise(n: usize, seed: u32) -> Vec<u8> {
    let mut random = SplitMix64(seed.into());
    (0..n).map(|i| (i / 5) as u8 ^ random.below(32) as u8).collect()
}

#[test]
fn an_arena_serves_many_threads_while_another_resets_it() {
    let arena = Arena::new(1 << 16).unwrap();
    std::thread::scope(|scope| {
        for id in 0..4u8 {
            let arena = &arena;
            scope.spawn(move || {
                for round in 0..300 {
                    let Ok(mut tensor) = arena.alloc(DType::U8, &[100 + round]) else { continue };
                    tensor.as_mut_slice::<u8>().unwrap().fill(id);
                    let tensor = tensor.freeze();
                    // A reset may come in between: then the handle is stale, never another thread's bytes.
                    if let Ok(view) = tensor.read::<u8>() {
                        assert!(view.iter().all(|&b| b == id));
                    }
                }
            });
        }
        scope.spawn(|| (0..300).for_each(|_| drop(arena.reset())));
    });
    arena.reset().unwrap();
    assert_eq!((arena.stats().used, arena.stats().pins), (0, 0));
}

/// Bytes of every entity after a pipe of four systems.
fn coded(threads: usize, entities: usize) -> Vec<Vec<u8>> {
    let options = WorldOptions { arena_bytes: 1 << 24, threads: Some(threads), ..WorldOptions::new(Kernels::active()) };
    let mut world = World::new(options).unwrap();
    let mut ids = Vec::new();
    for i in 0..entities {
        let side = 16 + i % 3;
        let values: Vec<f32> = noise(4 * side * side, i as u32).into_iter().map(f32::from).collect();
        let data = world.arena().put(&[4, side, side], &values).unwrap();
        let id = world.new_entity();
        world.attach(id, "Latent4", Component::new(Kind::Latent, data), None).unwrap();
        ids.push(id);
    }
    let mut pipe = Pipe::new(ids.clone());
    pipe.select("Latent4");
    let levels = Params::new().with("levels", Value::Int(2));
    for (name, params) in [
        ("Hadamard4", Params::new()),
        ("WaveletCDF53", levels),
        ("QuantizeU8", Params::new()),
        ("ANSEncode", Params::new()),
    ] {
        pipe.to(&mut world, step(name, params), None);
    }
    assert!(matches!(pipe.advance(&mut world).unwrap(), Progress::Done));
    let bytes = |&id| world.component(id, "Bitstream", None).unwrap().data.read::<u8>().unwrap().to_vec();
    ids.iter().map(bytes).collect()
}

#[test]
fn entities_of_a_world_are_the_same_bytes_on_many_threads() {
    let one = coded(1, 24);
    assert!(one.iter().all(|b| !b.is_empty()));
    assert_eq!(coded(4, 24), one);
}

#[test]
fn a_world_behind_a_lock_is_used_from_many_threads() {
    let one = coded(1, 4);
    let all = Arc::new(Mutex::new(Vec::new()));
    std::thread::scope(|scope| {
        (0..4).for_each(|_| drop(scope.spawn(|| all.lock().unwrap().push(coded(2, 4)))));
    });
    assert!(all.lock().unwrap().iter().all(|b| *b == one));
}

#[test]
fn tiles_are_the_same_bytes_on_many_threads() {
    let (width, height) = (200, 150);
    let pixels = noise(width * height * 3, 9);
    let image = ImageView { width, height, channels: 3, samples: Samples::U8(&pixels) };
    let file = |threads| {
        let options = Options { threads: Some(threads), ..Options::default() };
        compress(Kernels::active(), image, &options.with("lossless", true).with("tile", 64i64)).unwrap()
    };
    let one = file(1);
    assert_eq!(file(4), one);
    for threads in [1, 4] {
        let options = DecodeOptions { threads: Some(threads), ..DecodeOptions::default() };
        let source = Slice(&one);
        let opened = Opened::new(&source, &REGISTRY, &Limits::default()).unwrap();
        let decoded = opened.picture(Kernels::active(), &options).unwrap();
        assert_eq!(decoded.samples.as_u8(), Some(&pixels[..]));
    }
}
