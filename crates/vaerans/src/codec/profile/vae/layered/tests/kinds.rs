//! What comes back of pictures of every kind, and that nothing depends on how a file was made.

use super::super::compress_in;
use super::{all, decoded, file_of, plain, TILE};
use crate::codec::network::testing::layered::{codec, codec_for};
use crate::codec::network::Networks;
use crate::codec::open::{DecodeOptions, Opened};
use crate::codec::test_kit::{info, scene_u16, scene_u8, view, view_u16};
use crate::codec::write::Options;
use crate::wire::{Limits, Slice};
use crate::REGISTRY;
use std::sync::Arc;
use vaerans_kernels::Kernels;

fn largest<T: Copy + Into<i64>>(a: &[T], b: &[T]) -> i64 {
    assert_eq!(a.len(), b.len());
    a.iter().zip(b).map(|(&a, &b)| (a.into() - b.into()).abs()).max().unwrap()
}

#[test]
fn pictures_of_every_kind_come_back_within_their_bound() {
    for (w, h, c) in [(1, 1, 3), (7, 5, 3), (40, 33, 1), (63, 90, 4), (70, 130, 3), (65, 66, 2)] {
        let pixels = scene_u8(w, h, c);
        let image = view(w, h, c, &pixels);
        let exact = file_of(&image, &plain().with("lossless", true));
        assert!(all(&exact).as_u8() == Some(&pixels[..]) && info(&exact).is_lossless, "{w} x {h} x {c}");
        let close = file_of(&image, &plain().with("max_error", 3i64));
        assert!(largest(all(&close).as_u8().unwrap(), &pixels) <= 3 && !info(&close).is_lossless, "{w} x {h} x {c}");
        let lossy = file_of(&image, &plain());
        let back = all(&lossy);
        let (back, has_alpha) = (back.as_u8().unwrap(), c % 2 == 0);
        assert_eq!((back.len(), info(&lossy).streams.len()), (pixels.len(), 1 + usize::from(has_alpha)));
        if has_alpha {
            let alpha = |p: &[u8]| p.chunks_exact(c).map(|p| p[c - 1]).collect::<Vec<_>>();
            assert!(alpha(back) == alpha(&pixels), "alpha comes back as it was");
        }
    }
}

#[test]
fn sixteen_bits_come_back_within_their_bound() {
    for (w, h, c) in [(1, 3, 3), (70, 41, 1), (66, 67, 4)] {
        let samples = scene_u16(w, h, c);
        let image = view_u16(w, h, c, &samples);
        assert_eq!(all(&file_of(&image, &plain().with("lossless", true))).as_u16(), Some(&samples[..]));
        let close = all(&file_of(&image, &plain().with("max_error", 500i64)));
        let error = largest(close.as_u16().unwrap(), &samples);
        assert!(0 < error && error <= 500, "{error}");
    }
}

#[test]
fn threads_and_instruction_sets_change_neither_bytes_nor_pixels() {
    let pixels = scene_u8(150, 90, 4);
    let image = view(150, 90, 4, &pixels);
    for options in [plain(), plain().with("max_error", 2i64)] {
        let file = file_of(&image, &options);
        let back = all(&file);
        assert!(file_of(&image, &Options { threads: Some(3), ..options.clone() }) == file);
        assert!(
            decoded(&file, &DecodeOptions { threads: Some(4), ..DecodeOptions::default() }).unwrap().samples == back
        );
        for k in std::iter::once(Kernels::REFERENCE).chain(Kernels::available()) {
            let name = k.isa().name();
            assert!(compress_in(TILE, k, &image, &options, &codec_for(k)).unwrap() == file, "{name}");
            let source = Slice(&file);
            let opened = Opened::new(&source, &REGISTRY, &Limits::default()).unwrap();
            let networks = Networks::layered(codec_for(k));
            let opened = opened.with_models(Arc::new(networks));
            assert!(opened.picture(k, &DecodeOptions::default()).unwrap().samples == back, "{name}");
        }
    }
}

#[test]
fn tiles_cut_the_integers_and_not_the_picture() {
    // Larger than a block of samples, of which a network sees one at a time.
    let (w, h) = (250, 70);
    let pixels = scene_u8(w, h, 3);
    let image = view(w, h, 3, &pixels);
    for quality in [0i64, 100] {
        let options = plain().with("quality", quality);
        let tiled = file_of(&image, &options);
        let whole = compress_in(w, Kernels::active(), &image, &options, &codec()).unwrap();
        assert_eq!((info(&tiled).content.tiles(), info(&whole).content.tiles()), (8, 1));
        assert!(all(&tiled) == all(&whole), "quality {quality}");
    }
}
