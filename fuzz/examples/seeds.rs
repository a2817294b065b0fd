//! Writes the seed corpora: `cargo run --manifest-path fuzz/Cargo.toml --example seeds` from the root of the repository.

use std::fs;
use std::path::Path;
use vaerans::arena::Arena;
use vaerans::codec::entropy::{coder, Setting};
use vaerans::codec::picture::{compress, Options};
use vaerans::codec::tile::{ImageView, Samples};
use vaerans::codec::{chain::Keyed, registry, store};
use vaerans::component::{Component, Kind, Params, Value};
use vaerans::ecs::Ctx;
use vaerans::kernels::Kernels;
use vaerans::wire::Limits;

fn noise(n: usize, bits: u32) -> Vec<u8> {
    let mut state = 7u32;
    let mut next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> (32 - bits)) as u8
    };
    (0..n).map(|i| (i as u8 / 2).wrapping_add(next())).collect()
}

fn save(target: &str, name: &str, bytes: &[u8]) {
    let folder = Path::new("fuzz/corpus").join(target);
    fs::create_dir_all(&folder).expect("writable");
    fs::write(folder.join(name), bytes).expect("writable");
}

fn photos() {
    for (w, h, c, quality, lossless) in
        [(9, 7, 3, 75, false), (70, 66, 1, 20, false), (5, 5, 4, 0, true), (66, 3, 3, 0, true)]
    {
        let pixels = noise(w * h * c, 4);
        let image = ImageView { width: w, height: h, channels: c, samples: Samples::U8(&pixels) };
        let options = Options { quality, lossless, tile: Some(64), threads: Some(1), ..Options::default() };
        let file = compress(Kernels::active(), image, &options).expect("valid");
        let name = format!("{w}x{h}x{c}q{quality}");
        save("container", &name, &file);
        save("photo", &name, &[&[0][..], &file].concat());
        let recipe = [8, w as u8 - 1, h as u8 - 1, c as u8 - 1 + 8 * u8::from(lossless), quality, 5, 3];
        save("photo", &format!("recipe-{name}"), &recipe);
        save("photo", &format!("edits-{name}"), &[&recipe[..], &[0, 30, 0, 1, 1, 90, 1, 3]].concat());
    }
}

/// Pipes of the registry that `photo` does not use, as files.
fn pipes() {
    let levels = Params::new().with("levels", Value::Int(2));
    let flag = |name: &str| Params::new().with(name, Value::Bool(true));
    let pipes: [&[(&str, Params)]; 4] = [
        &[
            ("Hadamard4", Params::new()),
            ("WaveletCDF53", levels.clone()),
            ("QuantizeU8", flag("per_band")),
            ("ANSEncode", Params::new()),
        ],
        &[
            ("Hadamard4", Params::new()),
            ("WaveletHaar", levels.clone()),
            ("QuantizeU8", flag("per_channel")),
            ("ANSEncode", flag("adaptive")),
        ],
        &[("WaveletCDF97", levels), ("DeadZone", Params::new()), ("ANSEncode", flag("adaptive"))],
        &[
            ("QuantizeU8", Params::new().with("bits", Value::Int(12))),
            ("ANSEncode", Params::new().with("setting", Value::Text("precise".into()))),
        ],
    ];
    for (i, steps) in pipes.iter().enumerate() {
        let arena = Arena::new(1 << 20).expect("small");
        let limits = Limits::default();
        let ctx = Ctx { kernels: Kernels::active(), arena: &arena, threads: 1, limits: &limits };
        let values: Vec<f32> = noise(4 * 9 * 11, 5).iter().map(|&v| f32::from(v) / 16.0).collect();
        let data = arena.put(&[4, 9, 11], &values).expect("fits");
        let systems: Vec<_> = steps.iter().map(|(n, p)| registry::build(n, p).expect("known")).collect();
        let start = Keyed { key: "Latent4".into(), component: Component::new(Kind::Latent, data) };
        match start.run(&ctx, &systems) {
            Ok(end) => save(
                "container",
                &format!("pipe{i}"),
                &store::save(&end.key, &end.component, Default::default()).expect("saveable"),
            ),
            Err(e) => panic!("pipe {i}: {} {}", e.code(), e.message()),
        }
    }
}

fn streams() {
    for (s, setting) in [(0, Setting::Fast), (1, Setting::Precise)] {
        let rans = coder("rans", setting).expect("there is always rans");
        for (n, bits) in [(0, 1), (1, 1), (40, 2), (3000, 3)] {
            let symbols: Vec<u8> = noise(n, bits).iter().map(|v| v % 16).collect();
            let (mut u8s, mut i32s) = (vec![s], vec![s]);
            rans.encode_u8(&Kernels::active(), &symbols, &mut u8s).expect("short");
            let values: Vec<i32> = symbols.iter().map(|&v| (i32::from(v) - 4).pow(3)).collect();
            rans.encode_i32(&Kernels::active(), &values, &mut i32s).expect("short");
            save("rans", &format!("u8-{s}-{n}"), &u8s);
            save("rans", &format!("i32-{s}-{n}"), &i32s);
            save("rans", &format!("trip-{s}-{n}"), &[&[s | 2 | 8, 9][..], &symbols[..n.min(200)]].concat());
        }
    }
}

fn main() {
    photos();
    pipes();
    streams();
}
