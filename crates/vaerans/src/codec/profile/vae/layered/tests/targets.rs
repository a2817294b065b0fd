//! Files of a size or a quality that was asked for, and of another profile where that does better.

use super::super::step_of;
use super::{compress, decoded, plain};
use crate::codec::network::testing::layered::BASE_STEPS;
use crate::codec::open::DecodeOptions;
use crate::codec::test_kit::{info, scene_u8, view};
use crate::codec::tile::ImageView;
use crate::metric::{psnr, Pictures};
use vaerans_kernels::Kernels;

const SIZE: (usize, usize) = (60, 50);

fn decibels(file: &[u8], pixels: &[u8]) -> f64 {
    let image = decoded(file, &DecodeOptions::default()).unwrap();
    psnr(Kernels::active(), &Pictures::new(image.samples.as_u8().unwrap(), pixels, [SIZE.1, SIZE.0, 3]).unwrap())
}

/// A file of each quality of the codec.
fn ladder(image: &ImageView) -> Vec<Vec<u8>> {
    let qualities = [0, 25, 50, 75, 100];
    assert_eq!(qualities.map(|q| step_of(q, 5)), [0, 1, 2, 3, 4]);
    qualities.map(|q| compress(image, &plain().with("quality", i64::from(q))).unwrap()).to_vec()
}

#[test]
fn better_quality_takes_more_bytes_and_a_second_layer_from_its_step_on() {
    let pixels = scene_u8(SIZE.0, SIZE.1, 3);
    let files = ladder(&view(SIZE.0, SIZE.1, 3, &pixels));
    assert!(files.iter().map(Vec::len).is_sorted());
    assert!(files.iter().map(|f| decibels(f, &pixels)).is_sorted());
    let levels: Vec<_> = files.iter().map(|f| info(f).level_bytes.len()).collect();
    assert_eq!(levels.iter().take_while(|&&n| n == 1).count(), BASE_STEPS, "{levels:?}");
    // Where the second layer is nothing but zeros it is left out.
    let flat = vec![128u8; 32 * 32 * 3];
    let file = compress(&view(32, 32, 3, &flat), &plain().with("quality", 50i64)).unwrap();
    assert_eq!(info(&file).level_bytes.len(), 1);
}

#[test]
fn a_size_is_the_best_quality_within_it() {
    let pixels = scene_u8(SIZE.0, SIZE.1, 3);
    let image = view(SIZE.0, SIZE.1, 3, &pixels);
    let files = ladder(&image);
    for (i, file) in files.iter().enumerate() {
        let to = |bytes: usize| compress(&image, &plain().with("target_bytes", bytes as i64));
        assert!(to(file.len()).unwrap() == *file, "step {i}");
        match i.checked_sub(1) {
            Some(before) => assert!(to(file.len() - 1).unwrap() == files[before], "a byte less than step {i}"),
            None => {
                let error = to(file.len() - 1).unwrap_err();
                assert!(error.code() == "param.range" && error.message().contains(&file.len().to_string()), "{error}");
            }
        }
    }
    assert!(compress(&image, &plain().with("target_bytes", 1i64 << 30)).unwrap() == files[4]);
}

#[test]
fn a_psnr_is_the_smallest_file_that_reaches_it() {
    let pixels = scene_u8(SIZE.0, SIZE.1, 3);
    let image = view(SIZE.0, SIZE.1, 3, &pixels);
    let files = ladder(&image);
    let to = |least: f64| compress(&image, &plain().with("target_psnr", least));
    let is: Vec<f64> = files.iter().map(|f| decibels(f, &pixels)).collect();
    for i in 1..files.len() {
        let between = (is[i - 1] + is[i]) / 2.0;
        assert!(is[i - 1] < between && to(between).unwrap() == files[i], "more than step {}: {is:?}", i - 1);
        assert!(to(is[i]).unwrap() == files[i], "as much as step {i}: {is:?}");
    }
    let error = to(is[4] + 0.01).unwrap_err();
    assert!(error.code() == "param.range" && error.message().contains(&format!("{:.2} dB", is[4])), "{error}");
    assert!(to(1.0).unwrap() == files[0]);
}

#[test]
fn targets_exclude_one_another() {
    let pixels = scene_u8(SIZE.0, SIZE.1, 3);
    let image = view(SIZE.0, SIZE.1, 3, &pixels);
    let both = plain().with("target_bytes", 1000i64).with("target_psnr", 20.0);
    let exact = plain().with("target_bytes", 1000i64).with("lossless", true);
    let close = plain().with("target_psnr", 20.0).with("max_error", 1i64);
    for options in [both, exact, close] {
        assert_eq!(compress(&image, &options).unwrap_err().code(), "param.range", "{}", options.profile);
    }
}

#[test]
fn photo_stands_in_where_it_does_better_at_no_more_bytes() {
    // Means of 2 x 2 pixels make a checkerboard grey.
    let board: Vec<u8> = (0..SIZE.0 * SIZE.1).flat_map(|i| [255 * ((i % SIZE.0 + i / SIZE.0) % 2) as u8; 3]).collect();
    let image = view(SIZE.0, SIZE.1, 3, &board);
    let (own, best) = (plain().with("quality", 100i64), plain().with("quality", 100i64).with("fallback", true));
    let (own, best) = (compress(&image, &own).unwrap(), compress(&image, &best).unwrap());
    assert_eq!((info(&own).steps[0].number, info(&best).steps[0].number), (67, 50));
    assert!(best.len() <= own.len() && decibels(&best, &board) > decibels(&own, &board) + 3.0);
    // A bound or a lossless file is the codec's own.
    let exact = plain().with("fallback", true).with("lossless", true);
    assert_eq!(info(&compress(&image, &exact).unwrap()).steps[0].number, 67);
}

#[test]
fn qualities_spread_over_all_steps() {
    assert_eq!([step_of(0, 57), step_of(50, 57), step_of(100, 57), step_of(100, 1)], [0, 28, 56, 0]);
    assert!((0..=100).map(|q| step_of(q, 57)).is_sorted());
    assert_eq!((0..=100).map(|q| step_of(q, 57)).collect::<std::collections::BTreeSet<_>>().len(), 57);
}
