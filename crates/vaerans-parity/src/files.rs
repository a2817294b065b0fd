//! Whole files of the `photo` profile, and every single symbol coder, over sizes, channels and sample types.

use crate::inputs;
use vaerans::codec::entropy::{coder, Setting};
use vaerans::codec::open::{DecodeOptions, Opened};
use vaerans::codec::tile::{ImageView, SampleBuf, Samples};
use vaerans::codec::write::{compress, Options};
use vaerans::kernels::testing::SplitMix64;
use vaerans::kernels::Kernels;
use vaerans::metric::{ms_ssim, psnr, ssim, Pictures};
use vaerans::wire::{checksum, Limits, Slice};
use vaerans::{Result, REGISTRY};

const PICTURES: &[[usize; 3]] = &[[1, 1, 3], [3, 1, 1], [1, 40, 4], [37, 53, 3], [64, 64, 2], [150, 201, 3]];

/// A name, and what it asks for.
type Way = (&'static str, fn(Options) -> Options);

/// Ways to code a picture.
const WAYS: &[Way] = &[
    ("q5", |o| o.with("quality", 5i64)),
    ("q60", |o| o.with("quality", 60i64)),
    ("q100", |o| o.with("quality", 100i64)),
    ("q40, effort 1", |o| o.with("quality", 40i64).with("effort", 1i64)),
    ("q40, effort 9, psnr", |o| o.with("quality", 40i64).with("effort", 9i64).with("tune", "psnr")),
    ("q80, msssim", |o| o.with("quality", 80i64).with("tune", "msssim")),
    ("lossless", |o| o.with("lossless", true)),
    ("lossless, effort 1", |o| o.with("lossless", true).with("effort", 1i64)),
    ("lossless, progressive", |o| o.with("lossless", true).with("progressive", true)),
    ("max_error 3", |o| o.with("max_error", 3i64)),
];

pub fn run(kernels: Kernels) -> Result<Vec<String>> {
    let mut lines = Vec::new();
    for (i, shape) in PICTURES.iter().enumerate() {
        for bits in [8, 16] {
            for way in WAYS {
                lines.push(photo(kernels, *shape, bits, i as u64, way)?);
            }
        }
    }
    for n in [0, 1, 31, 4096, 24_576, 100_003] {
        for setting in [Setting::Fast, Setting::Precise] {
            lines.push(symbols(kernels, n, setting)?);
        }
    }
    lines.push(metrics(kernels)?);
    Ok(lines)
}

fn photo(k: Kernels, [h, w, c]: [usize; 3], bits: u32, seed: u64, (name, way): &Way) -> Result<String> {
    let wide = inputs::picture(h, w, c, bits, seed);
    let narrow: Vec<u8> = wide.iter().map(|&s| s as u8).collect();
    let samples = if bits == 8 { Samples::U8(&narrow) } else { Samples::U16(&wide) };
    let view = ImageView { width: w, height: h, channels: c, samples };
    // Tiles of 64 pixels, so that even small pictures have several.
    let options = Options { threads: Some(1), ..Options::default() }.with("tile", 64i64);
    let file = compress(k, view, &way(options))?;
    let one = DecodeOptions { threads: Some(1), ..DecodeOptions::default() };
    let image = Opened::new(&Slice(&file), &REGISTRY, &Limits::default())?.picture(k, &one)?;
    let back = match &image.samples {
        SampleBuf::U8(v) => checksum(v),
        SampleBuf::U16(v) => checksum(&v.iter().flat_map(|s| s.to_le_bytes()).collect::<Vec<_>>()),
    };
    Ok(format!("photo {name} {h}x{w}x{c} u{bits} {:08x} {back:08x}", fnv(&file)))
}

/// FNV-1a. The CRC32C of bytes with their own CRC32C behind them, as the header of a file is, is the same for all of them.
pub fn fnv(bytes: &[u8]) -> u32 {
    bytes.iter().fold(0x811c_9dc5, |hash, &b| (hash ^ u32::from(b)).wrapping_mul(0x0100_0193))
}

fn symbols(k: Kernels, n: usize, setting: Setting) -> Result<String> {
    let mut noise = SplitMix64(n as u64);
    let bytes: Vec<u8> = (0..n).map(|_| (noise.below(16) * noise.below(16)) as u8).collect();
    let values: Vec<i32> = (0..n).map(|_| (noise.below(1 << 20) >> noise.below(20)) as i32 - 40).collect();
    let coder = coder("rans", setting)?;
    let (mut narrow, mut wide) = (Vec::new(), Vec::new());
    coder.encode_u8(&k, &bytes, &mut narrow)?;
    coder.encode_i32(&k, &values, &mut wide)?;
    let same = coder.decode_u8(&k, &narrow, n as u64)?.0 == bytes && coder.decode_i32(&k, &wide, n as u64)?.0 == values;
    Ok(format!("rans {setting:?} {n} {:08x} {:08x} {same}", checksum(&narrow), checksum(&wide)))
}

fn metrics(k: Kernels) -> Result<String> {
    let shape = [170, 190, 3];
    let a: Vec<u8> = inputs::picture(170, 190, 3, 8, 1).iter().map(|&s| s as u8).collect();
    let b: Vec<u8> = a.iter().enumerate().map(|(i, &s)| s.saturating_add((i % 5) as u8)).collect();
    let p = Pictures::new(&a, &b, shape)?;
    let (psnr, ssim, ms) = (psnr(k, &p), ssim(k, 1, &p)?, ms_ssim(k, 1, &p, 5)?);
    Ok(format!("metrics {psnr:.9} {ssim:.12} {ms:.12}"))
}
