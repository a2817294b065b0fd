//! Sizes and speeds of the lossless mode of screens: `screens EFFORT FILE...`, each file width, height and channels as three
//! little-endian 32-bit numbers, then pixels. Prints a line of numbers for each: bytes, pixels of 1000 that repeat a neighbour and both, seconds to encode, to
//! decode, to look at. What it codes it decodes and compares.

use std::time::Instant;
use vaerans::codec::screen::{decode, encode, repeats, Shape};
use vaerans::kernels::Kernels;

/// The least of three.
fn timed<T>(mut f: impl FnMut() -> T) -> (T, f64) {
    let mut once = || {
        let start = Instant::now();
        (f(), start.elapsed().as_secs_f64())
    };
    let first = once();
    let rest = [once().1, once().1];
    (first.0, rest.into_iter().fold(first.1, f64::min))
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let effort = arguments.next().ok_or("screens EFFORT FILE...")?.parse()?;
    let kernels = Kernels::active();
    for path in arguments {
        let bytes = std::fs::read(&path)?;
        let (head, pixels) = bytes.split_at_checked(12).ok_or("too short")?;
        let number = |i: usize| u32::from_le_bytes([head[i], head[i + 1], head[i + 2], head[i + 3]]) as usize;
        let shape = Shape { width: number(0), height: number(4), channels: number(8) };
        let (slices, encoding) = timed(|| encode(kernels, shape, pixels, effort));
        let slices = slices?;
        let slices: Vec<&[u8]> = slices.iter().map(Vec::as_slice).collect();
        let mut out = vec![0; pixels.len()];
        let (rows, decoding) = timed(|| decode(kernels, shape, &slices, &mut out));
        assert!(rows? == shape.height && out == pixels, "{path} does not come back");
        let (found, looking) = timed(|| repeats(shape, pixels));
        let size: usize = slices.iter().map(|s| s.len()).sum();
        println!("{path} {size} {} {} {encoding} {decoding} {looking}", found.either, found.both);
    }
    Ok(())
}
