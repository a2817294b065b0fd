//! Arbitrary bytes as slices of a screen: an error with a code, or pixels; and as pixels, which come back. Every instruction set agrees.
//!
//! The first bytes choose width, height, channels, how the bytes are cut into slices, and the effort.
#![no_main]

use libfuzzer_sys::fuzz_target;
use vaerans::codec::screen::{decode, encode, Shape};
use vaerans::kernels::Kernels;
use vaerans_fuzz::both;

fuzz_target!(|data: &[u8]| {
    let Some((head, rest)) = data.split_first_chunk::<6>() else { return };
    let [width, height, high, channels, cut, effort] = head.map(usize::from);
    let height = 1 + height + 256 * (high % 2);
    let shape = Shape { width: 1 + width % 80, height, channels: 1 + channels % 4 };
    slices(shape, rest, cut);
    pixels(shape, rest, 1 + effort as u8 % 9);
});

/// As hostile slices.
fn slices(shape: Shape, bytes: &[u8], cut: usize) {
    let (first, second) = bytes.split_at((bytes.len() * cut) >> 8);
    let found = both().iter().map(|&kernels| {
        let mut out = vec![0; shape.width * shape.height * shape.channels];
        let rows = decode(kernels, shape, &[first, second], &mut out);
        rows.map(|rows| (rows, out)).map_err(|e| e.code())
    });
    let found: Vec<_> = found.collect();
    assert!(found.iter().all(|f| *f == found[0]), "kernels differ");
    if let Err(code) = &found[0] {
        assert!(code.starts_with("stream."), "{code}");
    }
}

/// As pixels, over and over.
fn pixels(shape: Shape, bytes: &[u8], effort: u8) {
    let count = shape.width * shape.height * shape.channels;
    let pixels: Vec<u8> = bytes.iter().copied().chain([0]).cycle().take(count).collect();
    let wanted = encode(Kernels::REFERENCE, shape, &pixels, effort).expect("memory");
    let views: Vec<&[u8]> = wanted.iter().map(|s| &s[..]).collect();
    for &kernels in both() {
        assert!(encode(kernels, shape, &pixels, effort).expect("memory") == wanted, "kernels differ");
        let mut back = vec![0; count];
        assert_eq!(decode(kernels, shape, &views, &mut back).expect("what was coded"), shape.height);
        assert!(back == pixels, "other pixels came back");
    }
}
