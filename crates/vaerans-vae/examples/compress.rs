//! A picture to a file by the model, and back.
//!
//! ```text
//! cargo run --release -p vaerans-vae --example compress -- photo.ppm photo.vrn quality=40
//! cargo run --release -p vaerans-vae --example compress                    # a picture that is made up
//! ```
//!
//! A picture is a PPM file of 8 bits; options are those of the profile (`quality`, `max_error`, `lossless`, `target_bytes`).

use std::sync::Arc;
use vaerans::codec::network::Networks;
use vaerans::codec::open::{DecodeOptions, Opened};
use vaerans::codec::profile::vae::layered::compress;
use vaerans::codec::tile::{ImageView, Samples};
use vaerans::codec::write::Options;
use vaerans::kernels::Kernels;
use vaerans::metric::{psnr, Pictures};
use vaerans::wire::{Limits, Slice};
use vaerans::REGISTRY;

type Failure = Box<dyn std::error::Error>;

/// Width, height, and red, green and blue of each pixel.
type Picture = (usize, usize, Vec<u8>);

fn main() -> Result<(), Failure> {
    let (options, paths): (Vec<_>, Vec<_>) = std::env::args().skip(1).partition(|arg| arg.contains('='));
    let picture = match paths.first() {
        Some(path) => ppm(&std::fs::read(path)?)?,
        None => made_up(),
    };
    let (file, said) = report(&picture, &options)?;
    println!("{said}");
    if let Some(path) = paths.get(1) {
        std::fs::write(path, file)?;
    }
    Ok(())
}

/// The file of a picture, and what is to be said about it.
pub fn report((width, height, pixels): &Picture, given: &[String]) -> Result<(Vec<u8>, String), Failure> {
    let (kernels, limits) = (Kernels::active(), Limits::default());
    // Loaded once, used for as many pictures as there are.
    let codec = vaerans_vae::codec(kernels, &limits)?;
    let view = ImageView { width: *width, height: *height, channels: 3, samples: Samples::U8(pixels) };
    let file = compress(kernels, &view, &options(given)?, &codec)?;

    let source = Slice(&file);
    let opened = Opened::new(&source, &REGISTRY, &limits)?.with_models(Arc::new(Networks::layered(codec)));
    let back = opened.picture(kernels, &DecodeOptions::default())?;
    let back = back.samples.as_u8().ok_or("no picture of 8 bits")?;
    let quality = psnr(kernels, &Pictures::new(pixels, back, [*height, *width, 3])?);
    let (bytes, bits) = (file.len(), file.len() as f64 * 8.0 / (width * height) as f64);
    Ok((file, format!("{width}x{height}: {bytes} bytes, {bits:.3} bits per pixel, PSNR {quality:.2} dB")))
}

/// `NAME=NUMBER`, `NAME=true`.
fn options(given: &[String]) -> Result<Options, Failure> {
    let mut options = Options::default();
    for (name, value) in given.iter().filter_map(|g| g.split_once('=')) {
        options = match value.parse::<bool>() {
            Ok(flag) => options.with(name, flag),
            Err(_) => options.with(name, value.parse::<i64>()?),
        };
    }
    Ok(options)
}

/// A PPM file of 8 bits: `P6`, width, height, 255, then the samples. `#` begins a comment.
pub fn ppm(file: &[u8]) -> Result<Picture, Failure> {
    let mut at = 0;
    let mut word = || {
        let mut word = Vec::new();
        while let Some(&byte) = file.get(at) {
            at += 1;
            match byte {
                b'#' => at += file[at..].iter().take_while(|&&b| b != b'\n').count(),
                b if b.is_ascii_whitespace() && word.is_empty() => {}
                b if b.is_ascii_whitespace() => break,
                b => word.push(b),
            }
        }
        String::from_utf8_lossy(&word).into_owned()
    };
    if word() != "P6" {
        return Err("no PPM file: its first bytes are not P6".into());
    }
    let (width, height, most): (usize, usize, usize) = (word().parse()?, word().parse()?, word().parse()?);
    let pixels = file.get(at..).filter(|rest| Some(rest.len()) == width.checked_mul(height).map(|n| 3 * n));
    match pixels {
        Some(pixels) if most == 255 => Ok((width, height, pixels.to_vec())),
        _ => Err("a PPM file of 8 bits a sample was expected, and nothing behind its pixels".into()),
    }
}

/// A sky, hills, and a sun.
pub fn made_up() -> Picture {
    let (width, height) = (320, 240);
    let pixel = |i: usize| {
        let (x, y) = ((i % width) as f32, (i / width) as f32);
        let hill = 150.0 + 25.0 * (x / 37.0).sin() + 8.0 * (x / 11.0).sin();
        if (x - 240.0).hypot(y - 60.0) < 24.0 {
            [250.0, 225.0, 120.0]
        } else if y < hill {
            [90.0 + y / 2.0, 140.0 + y / 3.0, 220.0 - y / 6.0]
        } else {
            [60.0 + (y - hill) / 3.0, 110.0 - (y - hill) / 2.0, 50.0]
        }
    };
    (width, height, (0..width * height).flat_map(pixel).map(|v| v as u8).collect())
}
