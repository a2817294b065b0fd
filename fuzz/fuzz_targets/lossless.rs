//! Arbitrary bytes as slices of the lossless coder: an error with a code, or samples; and as samples, which come back or stay within the bound.
//!
//! The first bytes choose width, height, channels, depth, how the bytes are cut into slices, the bound, and the effort.
#![no_main]

use libfuzzer_sys::fuzz_target;
use vaerans::codec::lossless::{decode, encode, Sample, Settings, Shape};
use vaerans::kernels::Kernels;
use vaerans_fuzz::both;

fuzz_target!(|data: &[u8]| {
    let Some((head, rest)) = data.split_first_chunk::<7>() else { return };
    let [width, height, channels, cut, bound, effort, high] = head.map(usize::from);
    let height = 1 + height % 40 + 100 * (high & 2);
    let shape = Shape { width: 1 + width % 80, height, channels: 1 + channels % 4 };
    let settings = Settings { max_error: (bound as u32 * bound as u32) >> 4, effort: 1 + effort as u8 % 9 };
    if high & 1 == 0 {
        slices::<u8>(shape, rest, cut, settings.max_error);
        samples(shape, settings, rest);
    } else {
        slices::<u16>(shape, rest, cut, settings.max_error);
        let wide: Vec<u16> =
            rest.chunks(2).map(|b| u16::from(b[0]) << 8 | u16::from(*b.last().unwrap_or(&0))).collect();
        samples(shape, settings, &wide);
    }
});

/// As hostile slices.
fn slices<T: Sample + Default + PartialEq>(shape: Shape, bytes: &[u8], cut: usize, max_error: u32) {
    let (first, second) = bytes.split_at((bytes.len() * cut) >> 8);
    let found = both().iter().map(|&kernels| {
        let mut out = vec![T::default(); shape.width * shape.height * shape.channels];
        let rows = decode(kernels, shape, &[first, second], max_error, &mut out);
        rows.map(|rows| (rows, out)).map_err(|e| e.code())
    });
    let found: Vec<_> = found.collect();
    assert!(found.iter().all(|f| *f == found[0]), "kernels differ");
    if let Err(code) = &found[0] {
        assert!(code.starts_with("stream."), "{code}");
    }
}

/// As samples, over and over.
fn samples<T: Sample + Default + PartialEq + Into<i64>>(shape: Shape, settings: Settings, given: &[T]) {
    let count = shape.width * shape.height * shape.channels;
    let samples: Vec<T> = given.iter().copied().chain([T::default()]).cycle().take(count).collect();
    let wanted = encode(Kernels::REFERENCE, shape, &samples, settings).expect("memory");
    let views: Vec<&[u8]> = wanted.iter().map(|s| &s[..]).collect();
    for &kernels in both() {
        assert!(encode(kernels, shape, &samples, settings).expect("memory") == wanted, "kernels differ");
        let mut back = vec![T::default(); count];
        decode(kernels, shape, &views, settings.max_error, &mut back).expect("what was coded");
        let most = samples.iter().zip(&back).map(|(&a, &b)| far(a, b)).max();
        assert!(most <= Some(settings.max_error.into()), "{most:?} off");
    }
}

/// How far one sample is from another.
fn far<T: Into<i64>>(a: T, b: T) -> u64 {
    (a.into() - b.into()).unsigned_abs()
}
