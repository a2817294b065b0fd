//! Screens: every instruction set gives the reference's bytes and pixels; any bytes at all give the same pixels everywhere.
#![allow(clippy::unwrap_used)] // a helper that unwraps fails its test where it should

mod common;
use common::*;
use vaerans_kernels::screen::State;
use vaerans_kernels::Kernels;

type Shape = (usize, usize, usize);

/// Pictures of every kind: flat, noise, few colours, steps, soft edges, repeated marks.
fn picture(rng: &mut Rng, (width, height, channels): Shape, kind: usize) -> Vec<u8> {
    let colours: Vec<u32> = (0..5).map(|_| rng.next() as u32).collect();
    let marks: Vec<usize> = (0..64).map(|_| rng.below(5) as usize).collect();
    let mut out = Vec::with_capacity(width * height * channels);
    for y in 0..height {
        for x in 0..width {
            let colour = match kind {
                0 => colours[0],
                1 => rng.next() as u32,
                2 => colours[rng.below(2) as usize],
                3 => colours[(x + y) % 2],
                4 => (x as u32 * 3 + y as u32).wrapping_mul(0x0102_0301),
                5 => colours[marks[y % 8 * 8 + x % 8]],
                6 => {
                    colours[0].wrapping_add((rng.below(40) / 37) as u32 * (0x0305_0204u32.wrapping_mul(x as u32 % 60)))
                }
                _ => colours[usize::from(rng.below(90) == 0)].wrapping_add(rng.below(3) as u32),
            };
            out.extend(&colour.to_le_bytes()[..channels]);
        }
    }
    out
}

fn coded(kernels: &Kernels, (width, height, channels): Shape, pixels: &[u8], without_palette: bool) -> Vec<u8> {
    let mut state = State::new(width, height, channels);
    let mut bytes = Vec::new();
    state.begin_encoding(without_palette);
    for row in pixels.chunks_exact(width * channels) {
        let mut room = Guarded::new(state.room(), 1, 0x5au8);
        room[..bytes.len()].copy_from_slice(&bytes);
        kernels.screen_encode(&mut state, &mut room, row);
        room.check();
        bytes = room.to_vec();
    }
    bytes.resize(state.room(), 0);
    let end = state.end(&mut bytes);
    bytes.truncate(end);
    bytes
}

/// The pixels, the bytes that were read, and whether they end as they should.
fn decoded(kernels: &Kernels, (width, height, channels): Shape, bytes: &[u8]) -> (Vec<u8>, usize, bool) {
    let mut state = State::new(width, height, channels);
    let mut out = Vec::new();
    state.begin_decoding(bytes);
    for y in 0..height {
        let mut row = Guarded::new(width * channels, [1, 7][y % 2], 9u8);
        kernels.screen_decode(&mut state, bytes, &mut row);
        row.check();
        out.extend_from_slice(&row);
    }
    (out, state.at(), state.is_at_end())
}

#[test]
fn every_instruction_set_gives_the_reference_s_bytes_and_pixels() {
    let mut rng = Rng(5);
    for (width, height) in [(1, 1), (1, 9), (2, 3), (63, 4), (64, 2), (65, 5), (130, 40), (300, 60)] {
        for channels in 1..=4 {
            for kind in 0..8 {
                let shape = (width, height, channels);
                let pixels = picture(&mut rng, shape, kind);
                let wanted = coded(&Kernels::REFERENCE, shape, &pixels, kind == 6);
                let whole = (pixels, wanted.len(), true);
                assert!(decoded(&Kernels::REFERENCE, shape, &wanted) == whole, "{shape:?}, kind {kind}");
                for kernels in all_kernels() {
                    let bytes = coded(&kernels, shape, &whole.0, kind == 6);
                    assert!(bytes == wanted, "{kernels:?} codes {shape:?}, kind {kind}");
                    assert!(decoded(&kernels, shape, &wanted) == whole, "{kernels:?} decodes {shape:?}, kind {kind}");
                }
            }
        }
    }
}

#[test]
fn a_palette_that_is_full_starts_over() {
    let mut rng = Rng(9);
    let shape = (128, 96, 3);
    let pixels = picture(&mut rng, shape, 1);
    for kernels in Kernels::available() {
        let bytes = coded(&kernels, shape, &pixels, false);
        assert!(bytes.len() < pixels.len() * 11 / 10, "{} bytes of noise", bytes.len());
        assert_eq!(bytes, coded(&Kernels::REFERENCE, shape, &pixels, false));
        assert!(decoded(&kernels, shape, &bytes) == (pixels.clone(), bytes.len(), true), "{kernels:?}");
    }
}

#[test]
fn any_bytes_give_the_same_pixels_everywhere() {
    let mut rng = Rng(3);
    for round in 0..60 {
        let shape = (1 + rng.below(90) as usize, 1 + rng.below(30) as usize, 1 + round % 4);
        let mut bytes: Vec<u8> = (0..rng.below(3000)).map(|_| rng.next() as u8).collect();
        if round % 3 == 0 {
            bytes.fill([0, 255][round % 2]);
        }
        let wanted = decoded(&Kernels::REFERENCE, shape, &bytes);
        for kernels in all_kernels() {
            assert!(decoded(&kernels, shape, &bytes) == wanted, "{kernels:?} {shape:?}");
        }
    }
}
