//! Predictive coding of integers, and files of the learned codec that ships: coded and decoded, lossy, within a bound and lossless.

use crate::files::fnv;
use crate::inputs;
use std::sync::Arc;
use vaerans::codec::network::Networks;
use vaerans::codec::open::{DecodeOptions, Opened};
use vaerans::codec::predict;
use vaerans::codec::profile::vae::layered::compress;
use vaerans::codec::tile::{ImageView, SampleBuf, Samples};
use vaerans::codec::write::Options;
use vaerans::kernels::testing::SplitMix64;
use vaerans::kernels::Kernels;
use vaerans::learned::{testing, Layered};
use vaerans::wire::{checksum, Limits, Slice};
use vaerans::{Result, REGISTRY};

/// Rows and columns of planes.
const PLANES: &[(usize, usize)] = &[(1, 1), (1, 33), (17, 1), (5, 16), (40, 61)];
const PICTURES: &[[usize; 3]] = &[[1, 1, 3], [19, 30, 1], [40, 35, 4]];

pub fn run(kernels: Kernels) -> Result<Vec<String>> {
    let mut lines = integers(kernels)?;
    let codec = vaerans_vae::codec(kernels, &Limits::default())?;
    for (i, &[h, w, c]) in PICTURES.iter().enumerate() {
        let samples: Vec<u8> = inputs::picture(h, w, c, 8, i as u64).iter().map(|&s| s as u8).collect();
        let view = ImageView { width: w, height: h, channels: c, samples: Samples::U8(&samples) };
        let plain = Options { threads: Some(1), ..Options::default() };
        let own = plain.clone().with("fallback", false).with("quality", 80i64);
        for options in [plain.clone(), own, plain.clone().with("max_error", 2i64), plain.with("lossless", true)] {
            let file = compress(kernels, &view, &options, &codec)?;
            let back = checksum(&decode(kernels, &file, &codec)?);
            lines.push(format!("layered {h}x{w}x{c} {} {:08x} {back:08x}", options.profile, fnv(&file)));
        }
    }
    Ok(lines)
}

fn integers(kernels: Kernels) -> Result<Vec<String>> {
    let predictor = testing::predictor(&[2, 5], 9);
    let mut lines = Vec::new();
    for step in [0, predictor.steps() - 1] {
        let weights = predictor.weights(step, 5)?;
        for &size in PLANES {
            let mut random = SplitMix64(size.1 as u64);
            let mut value = || (random.below(65_535) as i32 - 32_767) >> random.below(16);
            let planes: Vec<i16> = (0..5 * size.0 * size.1).map(|_| value() as i16).collect();
            let streams = predict::encode(kernels, &predictor, &weights, size, &planes)?;
            let mut back = vec![0; planes.len()];
            let layers: Vec<&[u8]> = streams.iter().map(|s| &s[..]).collect();
            predict::decode(kernels, &predictor, &weights, size, &layers, &mut back)?;
            let coded = fnv(&streams.concat());
            lines.push(format!("predict {size:?} at {step} {coded:08x} {}", back == planes));
        }
    }
    Ok(lines)
}

fn decode(kernels: Kernels, file: &[u8], codec: &Arc<Layered>) -> Result<Vec<u8>> {
    let source = Slice(file);
    let models = Arc::new(Networks::layered(codec.clone()));
    let opened = Opened::new(&source, &REGISTRY, &Limits::default())?.with_models(models);
    let options = DecodeOptions { threads: Some(1), ..DecodeOptions::default() };
    Ok(match opened.picture(kernels, &options)?.samples {
        SampleBuf::U8(s) => s,
        SampleBuf::U16(_) => Vec::new(),
    })
}
