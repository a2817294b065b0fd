//! Writes the seed corpora: `cargo run --manifest-path fuzz/Cargo.toml --example seeds` from the root of the repository.

use std::fs;
use std::path::Path;
use vaerans::bitstream::format::MAGIC;
use vaerans::codec::entropy::{coder, Setting};
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

fn photos() {
    for (w, h, c, quality, lossless, max_error) in [
        (9, 7, 3, 75, false, None),
        (70, 66, 1, 20, false, None),
        (5, 5, 4, 0, true, None),
        (66, 3, 3, 0, true, None),
        (67, 5, 2, 30, false, Some(2)),
    ] {
        let pixels = noise(w * h * c, 4);
        let image = ImageView { width: w, height: h, channels: c, samples: Samples::U8(&pixels) };
        let mut options =
            Options { threads: Some(1), ..Options::default() }.with("tile", 64i64).with("lossless", lossless);
        options = options.with("quality", i64::from(quality));
        if let Some(bound) = max_error {
            options = options.with("max_error", i64::from(bound));
        }
        let file = compress(Kernels::active(), image, &options).expect("valid");
        let name = format!("{w}x{h}x{c}q{quality}");
        save("container", &name, &file);
        with_options(&name, &file);
        save("photo", &name, &[&[0][..], &file].concat());
        let kind = c as u8 - 1 + 8 * u8::from(lossless) + max_error.map_or(0, |bound: u8| 16 + 32 * bound);
        let recipe = [8, w as u8 - 1, h as u8 - 1, kind, quality, 5, 3];
        save("photo", &format!("recipe-{name}"), &recipe);
        save("photo", &format!("edits-{name}"), &[&recipe[..], &[0, 30, 0, 1, 1, 90, 1, 3]].concat());
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
    pipes();
    layers();
    streams();
}
