//! Parts of pictures: regions, levels, what of a cut file is there, smaller pictures; files in worlds.

use super::{all, decoded, file_of, plain};
use crate::codec::network::testing::layered::models;
use crate::codec::open::{DecodeOptions, Decoded, Opened};
use crate::codec::test_kit::{info, scene_u8, view};
use crate::codec::tile::SampleBuf;
use crate::ecs::{World, WorldOptions};
use crate::rect::Rect;
use crate::wire::{Limits, Slice};
use crate::REGISTRY;
use vaerans_kernels::Kernels;

#[test]
fn a_region_is_that_part_of_the_whole() {
    let (w, h) = (250, 140);
    let pixels = scene_u8(w, h, 4);
    let image = view(w, h, 4, &pixels);
    for options in [plain(), plain().with("max_error", 4i64)] {
        let file = file_of(&image, &options);
        let whole = all(&file);
        let whole = whole.as_u8().unwrap();
        for (x, y, width, height) in
            [(0, 0, 250, 140), (10, 5, 8, 4), (63, 63, 2, 2), (249, 139, 1, 1), (100, 0, 90, 140)]
        {
            let region = Some(Rect { x, y, width, height });
            let part = decoded(&file, &DecodeOptions { region, ..DecodeOptions::default() }).unwrap();
            let rows = (y..y + height).flat_map(|y| whole[(y * w + x) * 4..][..4 * width].to_vec());
            assert!(part.samples.as_u8() == Some(&rows.collect::<Vec<_>>()[..]), "{x}, {y}: {width} x {height}");
        }
    }
}

#[test]
fn fewer_levels_and_cut_files_give_the_base() {
    let pixels = scene_u8(100, 70, 3);
    let image = view(100, 70, 3, &pixels);
    let file = file_of(&image, &plain().with("quality", 100i64));
    let levels = info(&file).level_bytes;
    assert_eq!(levels.len(), 2);
    let base = decoded(&file, &DecodeOptions { levels: Some(1), ..DecodeOptions::default() }).unwrap().samples;
    let error = |s: &SampleBuf| {
        s.as_u8().unwrap().iter().zip(&pixels).map(|(a, b)| u64::from(a.abs_diff(*b)).pow(2)).sum::<u64>()
    };
    assert!(error(&base) > error(&all(&file)), "the second layer is worth something");
    let cut = DecodeOptions { allow_truncated: true, ..DecodeOptions::default() };
    let end = file.len() - 1;
    for end in [end, end - levels[1] / 2, file.len() - levels[1]] {
        assert_eq!(decoded(&file[..end], &DecodeOptions::default()).map(drop).unwrap_err().code(), "stream.truncated");
        assert!(decoded(&file[..end], &cut).unwrap().samples == base, "{end} bytes");
    }
    let early = &file[..file.len() - levels[1] - 1];
    assert_eq!(decoded(early, &cut).map(drop).unwrap_err().code(), "stream.truncated");
    // What refines the picture is left out where it is not whole.
    let exact = file_of(&image, &plain().with("lossless", true));
    let lossy = decoded(&exact[..exact.len() - 10], &cut).unwrap().samples;
    assert!(lossy.as_u8() != Some(&pixels[..]) && lossy.as_u8().unwrap().len() == pixels.len());
}

#[test]
fn a_world_undoes_what_is_one_tile() {
    let pixels = scene_u8(64, 50, 4);
    let file = file_of(&view(64, 50, 4, &pixels), &plain().with("max_error", 1i64));
    let undone = |file: &[u8]| {
        let source = Slice(file);
        let opened = Opened::new(&source, &REGISTRY, &Limits::default())?.with_models(models());
        let options = WorldOptions { registry: Some(&REGISTRY), ..WorldOptions::new(Kernels::active()) };
        let mut world = World::new(WorldOptions { models: models(), ..options })?;
        let undoing = opened.undoing(&mut world, Vec::new(), &DecodeOptions::default())?;
        undoing.pipe.advance(&mut world)?;
        undoing.collect(&world)
    };
    let Ok(Decoded::Picture(image)) = undone(&file) else { panic!("a picture") };
    assert!(image.samples == all(&file));
    let wide = scene_u8(65, 50, 3);
    let error = undone(&file_of(&view(65, 50, 3, &wide), &plain())).map(drop).unwrap_err();
    assert!(error.code() == "stream.invalid" && error.message().contains("2 tiles"), "{error}");
}

#[test]
fn a_smaller_picture_is_the_mean_of_the_larger() {
    let (w, h) = (77, 65);
    let pixels = scene_u8(w, h, 4);
    let file = file_of(&view(w, h, 4, &pixels), &plain());
    let whole = all(&file);
    let whole = whole.as_u8().unwrap();
    let small = decoded(&file, &DecodeOptions { reduce: 1, ..DecodeOptions::default() }).unwrap();
    assert_eq!((small.width, small.height), (39, 33));
    let small = small.samples.as_u8().unwrap();
    for (y, x, c) in (0..h / 2).flat_map(|y| (0..w / 2).flat_map(move |x| [0, 1, 2, 3].map(|c| (y, x, c)))) {
        let at = |dy: usize, dx: usize| u32::from(whole[((2 * y + dy) * w + 2 * x + dx) * 4 + c]);
        let mean = (at(0, 0) + at(0, 1) + at(1, 0) + at(1, 1) + 2) / 4;
        assert_eq!(u32::from(small[(y * 39 + x) * 4 + c]), mean, "{x}, {y}, channel {c}");
    }
    // A residual has no part in it.
    let close = file_of(&view(w, h, 4, &pixels), &plain().with("max_error", 1i64).with("quality", 75i64));
    let lossy = file_of(&view(w, h, 4, &pixels), &plain().with("quality", 75i64));
    let half = DecodeOptions { reduce: 1, ..DecodeOptions::default() };
    assert!(decoded(&close, &half).unwrap().samples == decoded(&lossy, &half).unwrap().samples);
}
