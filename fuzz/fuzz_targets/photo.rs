//! The `photo` decoder: arbitrary bytes, and edits of a valid file whose checksums are made to fit.
//!
//! The second form reads its input as a recipe: picture, options, then edits (place, what, value) of the file it makes.
#![no_main]

use libfuzzer_sys::fuzz_target;
use vaerans::bitstream::Rect;
use vaerans::codec::picture::{compress, decompress, DecodeOptions, Options};
use vaerans::codec::tile::{ImageView, Samples};
use vaerans_fuzz::{both, kernels, repair::repair, LIMITS};

fn decode(bytes: &[u8], choice: u8) {
    let options = DecodeOptions {
        limits: LIMITS,
        threads: Some(1 + usize::from(choice & 1)),
        levels: (choice & 2 != 0).then_some(usize::from(choice >> 4)),
        reduce: u32::from(choice >> 3 & 3),
        region: (choice & 32 != 0).then_some(Rect { x: 1, y: 2, width: 1 + usize::from(choice), height: 5 }),
        allow_truncated: choice & 4 != 0,
    };
    let codes: Vec<_> =
        both().iter().map(|&k| decompress(k, bytes, &options).map(drop).map_err(|e| e.code())).collect();
    // Behind a forged quantiser floats may be NaN, whose conversion need not agree: only whether it works.
    assert_eq!(codes.first(), codes.last());
}

/// A valid file of the picture that `recipe` describes.
fn file(recipe: &[u8; 6]) -> Vec<u8> {
    let [w, h, kind, quality, seed, choice] = *recipe;
    let (width, height, channels) = (usize::from(w % 80) + 1, usize::from(h % 80) + 1, usize::from(kind % 4) + 1);
    let mut state = u32::from(seed).wrapping_mul(2_654_435_761) | 1;
    let mut sample = |i: usize| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        ((i / channels % width * 3) as u32 + (state >> (24 + seed % 8))) as u8
    };
    let pixels: Vec<u8> = (0..width * height * channels).map(&mut sample).collect();
    let wide: Vec<u16> = pixels.iter().map(|&p| u16::from(p) * 257).collect();
    let samples = if kind & 4 == 0 { Samples::U8(&pixels) } else { Samples::U16(&wide) };
    let options = Options {
        quality: quality % 101,
        lossless: kind & 8 != 0,
        tile: Some(64),
        threads: Some(1),
        ..Options::default()
    };
    compress(kernels(choice), ImageView { width, height, channels, samples }, &options).expect("a valid picture")
}

fn edited(mut bytes: Vec<u8>, edits: &[u8]) -> Vec<u8> {
    for e in edits.chunks_exact(4) {
        let at = (usize::from(e[0]) << 8 | usize::from(e[1])) % bytes.len().max(1);
        match e[2] % 5 {
            _ if bytes.is_empty() => return bytes,
            0 => bytes[at] = e[3],
            1 => bytes[at] ^= 1 << (e[3] % 8),
            2 => drop(bytes.drain(at..(at + 1 + usize::from(e[3] % 16)).min(bytes.len()))),
            3 => bytes.insert(at, e[3]),
            _ => bytes.truncate(at),
        }
    }
    bytes
}

fuzz_target!(|data: &[u8]| {
    let Some((&choice, rest)) = data.split_first() else { return };
    if choice & 8 == 0 {
        decode(rest, choice);
        let mut mended = rest.to_vec();
        repair(&mut mended, &LIMITS);
        return decode(&mended, choice);
    }
    let Some((recipe, edits)) = rest.split_first_chunk::<6>() else { return };
    let whole = file(recipe);
    if edits.len() < 4 {
        let limits = DecodeOptions { limits: LIMITS, threads: Some(1), ..DecodeOptions::default() };
        let images: Vec<_> = both().iter().map(|&k| decompress(k, &whole, &limits).expect("a valid file")).collect();
        return assert_eq!(images.first(), images.last());
    }
    let mut bytes = edited(whole, edits);
    repair(&mut bytes, &LIMITS);
    decode(&bytes, choice);
});
