//! A tiny learned codec in layers: files that name it are decoded, and hostile ones are made of its.

use crate::made::noise;
use std::sync::{Arc, OnceLock};
use vaerans::codec::network::testing::layered;
use vaerans::codec::network::Networks;
use vaerans::codec::profile::vae::layered::compress;
use vaerans::codec::tile::{ImageView, Samples};
use vaerans::codec::write::Options;
use vaerans::kernels::predict::{CLASSES, PHASES, SYMBOLS};
use vaerans::kernels::Kernels;
use vaerans::learned::testing::predictor;

/// Where steps of files find it.
pub fn models() -> Arc<Networks> {
    static MODELS: OnceLock<Arc<Networks>> = OnceLock::new();
    MODELS.get_or_init(layered::models).clone()
}

/// The bytes of a predictor with its tables, and how many of them the tables of a layer are.
pub fn predictor_file(layers: &[usize]) -> (Vec<u8>, usize) {
    let bytes = predictor(layers, 3).to_bytes().expect("valid");
    (bytes, CLASSES * PHASES * (SYMBOLS - 1) * 2)
}

/// Files of the codec, with names.
pub fn files() -> Vec<(String, Vec<u8>)> {
    let plain = Options { threads: Some(1), ..Options::default() }.with("fallback", false);
    let pictures = [
        (9, 7, 3, plain.clone().with("quality", 0i64)),
        (12, 9, 4, plain.clone()),
        (5, 6, 1, plain.with("max_error", 2i64)),
    ];
    let one = |(w, h, c, options): (usize, usize, usize, Options)| {
        let pixels = noise(w * h * c, 5);
        let image = ImageView { width: w, height: h, channels: c, samples: Samples::U8(&pixels) };
        let file = compress(Kernels::active(), &image, &options, &layered::codec()).expect("valid");
        (format!("layers-{w}x{h}x{c}"), file)
    };
    pictures.into_iter().map(one).collect()
}
