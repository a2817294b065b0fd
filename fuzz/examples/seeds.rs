//! Writes the seed corpora: `cargo run --manifest-path fuzz/Cargo.toml --example seeds` from the root of the repository.

use std::fs;
use std::path::Path;
use vaerans::bitstream::format::MAGIC;
use vaerans::codec::entropy::{coder, Setting};
use vaerans::codec::lossless;
use vaerans::codec::tile::{ImageView, Samples};
use vaerans::codec::write::{compress, Options};
use vaerans::kernels::Kernels;
use vaerans_fuzz::layers::{files, predictor_file};
use vaerans_fuzz::made::{alone, file, items, noise};

fn save(target: &str, name: &str, bytes: &[u8]) {
    let folder = Path::new("fuzz/corpus").join(target);
    fs::create_dir_all(&folder).expect("writable");
    fs::write(folder.join(name), bytes).expect("writable");
}

/// The file once more with its magic bytes replaced: the target mends it, and decodes it with other options.
fn with_options(name: &str, bytes: &[u8]) {
    let choices: [(&str, [u8; 6]); 4] = [
        ("levels", [2, 0x10, 0, 0, 0, 0]),
        ("reduce", [0, 1, 0, 0, 0, 0]),
        ("region", [4, 0, 2, 1, 2, 3]),
        ("truncated", [8, 0, 0, 0, 0, 0]),
    ];
    for (what, choice) in choices {
        let mut chosen = bytes.to_vec();
        chosen.iter_mut().zip(choice).for_each(|(b, c)| *b ^= c);
        if what == "truncated" {
            chosen.truncate(bytes.len() - 3);
        }
        save("container", &format!("{name}-{what}"), &chosen);
    }
}

/// What a photo is compressed with.
struct Asked {
    size: (usize, usize, usize),
    quality: u8,
    lossless: bool,
    max_error: Option<u8>,
    effort: u8,
    progressive: bool,
}

fn photos() {
    let lossy = Asked { size: (9, 7, 3), quality: 75, lossless: false, max_error: None, effort: 5, progressive: false };
    for asked in [
        Asked { size: (9, 7, 3), ..lossy },
        Asked { size: (70, 66, 1), quality: 20, ..lossy },
        Asked { size: (80, 70, 3), quality: 50, effort: 1, ..lossy },
        Asked { size: (40, 50, 3), quality: 10, effort: 9, ..lossy },
        Asked { size: (5, 5, 4), quality: 0, lossless: true, ..lossy },
        Asked { size: (66, 3, 3), quality: 0, lossless: true, ..lossy },
        Asked { size: (66, 20, 3), quality: 0, lossless: true, progressive: true, ..lossy },
        Asked { size: (67, 5, 2), quality: 30, max_error: Some(2), ..lossy },
    ] {
        photo(&asked);
    }
}

fn photo(asked: &Asked) {
    let (w, h, c) = asked.size;
    let pixels = noise(w * h * c, 4);
    let image = ImageView { width: w, height: h, channels: c, samples: Samples::U8(&pixels) };
    let mut options = Options { threads: Some(1), ..Options::default() }.with("tile", 64i64);
    options = options.with("lossless", asked.lossless).with("progressive", asked.progressive);
    options = options.with("effort", i64::from(asked.effort));
    if !asked.lossless && asked.max_error.is_none() {
        options = options.with("quality", i64::from(asked.quality));
    }
    if let Some(bound) = asked.max_error {
        options = options.with("max_error", i64::from(bound));
    }
    let file = compress(Kernels::active(), image, &options).expect("valid");
    let name = format!("{w}x{h}x{c}q{}", asked.quality);
    save("container", &name, &file);
    with_options(&name, &file);
    for choice in [0, 4 + 64, 32] {
        save("photo", &format!("{name}-{choice}"), &[&[choice][..], &file].concat());
    }
    let kind = c as u8 - 1 + 8 * u8::from(asked.lossless) + asked.max_error.map_or(0, |bound| 16 + 32 * bound);
    let how = asked.effort - 1 + 128 * u8::from(asked.progressive);
    let recipe = [0, w as u8 - 1, h as u8 - 1, kind, asked.quality, 5, 3, how];
    save("roundtrip", &name, &recipe);
    save("roundtrip", &format!("edits-{name}"), &[&recipe[..], &[0, 30, 0, 1, 1, 90, 1, 3]].concat());
}

/// Samples of the lossless coder and of screens, and what they become.
fn samples() {
    for (width, height, channels, effort) in [(40, 30, 3, 5), (70, 3, 1, 9), (9, 39, 4, 1)] {
        let values = noise(width * height * channels, 4);
        let shape = lossless::Shape { width, height, channels };
        let made = lossless::encode(Kernels::active(), shape, &values, lossless::Settings { max_error: 0, effort });
        let head = [width as u8 - 1, height as u8 - 1, channels as u8 - 1, 255, 0, effort - 1, 0];
        let name = format!("{width}x{height}x{channels}");
        save("lossless", &format!("{name}-samples"), &[&head[..], &values].concat());
        save("lossless", &format!("{name}-slices"), &[&head[..], &made.expect("small").concat()].concat());
        let few: Vec<u8> = values.iter().map(|v| v & 0x60).collect();
        let head = [width as u8 - 1, height as u8 - 1, 0, channels as u8 - 1, 255, effort - 1];
        save("screen", &name, &[&head[..], &few].concat());
    }
}

/// Pipes of the registry that `photo` does not use, alone and many in a file.
fn pipes() {
    let all = items();
    for (name, item) in &all {
        save("container", name, &alone(item));
    }
    with_options("residual0", &alone(&all.iter().find(|(name, _)| name == "residual0").expect("there").1));
    let named: Vec<_> = all.iter().map(|(name, item)| (name.as_str(), item)).collect();
    for (name, of) in [("two", &named[3..5]), ("four", &named[3..7])] {
        save("container", &format!("{name}-indexed"), &file(of, true));
        save("container", &format!("{name}-scanned"), &file(of, false));
    }
    let again = [named[3], (named[3].0, named[4].1)];
    save("container", "replaced", &file(&again, true));
    save("container", "no-items", &file(&[], true));
    save("container", "magic", &MAGIC);
}

/// Files of a codec in layers, and integers of its predictor.
fn layers() {
    for (name, file) in files() {
        save("container", &name, &file);
        with_options(&name, &file);
    }
    for (i, ends) in [&[1][..], &[1, 2], &[2, 3]].into_iter().enumerate() {
        let (bytes, size) = predictor_file(ends);
        let head = &bytes[..bytes.len() - size * ends.len()];
        let length = (head.len() as u16).to_le_bytes();
        for (step, height, width) in [(0, 0, 0), (4, 3, 16), (2, 9, 5)] {
            let chosen = [step, height, width, ends.len() as u8, length[0], length[1]];
            let values = noise(2 * (1 + usize::from(height)) * (1 + usize::from(width)), 3);
            save("predict", &format!("{i}-{step}"), &[&chosen[..], head, &values].concat());
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
    samples();
    pipes();
    layers();
    streams();
}
