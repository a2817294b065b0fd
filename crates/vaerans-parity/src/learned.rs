//! Files of a learned model of latents, the one that ships: coded and decoded, lossy, within a bound and lossless.

use crate::files::fnv;
use crate::inputs;
use std::sync::Arc;
use vaerans::codec::network::{Files, Learned, Networks};
use vaerans::codec::open::{DecodeOptions, Opened};
use vaerans::codec::profile::vae::latent::compress;
use vaerans::codec::tile::{ImageView, SampleBuf, Samples};
use vaerans::codec::write::Options;
use vaerans::kernels::Kernels;
use vaerans::wire::{checksum, Limits, Slice};
use vaerans::{Result, REGISTRY};

const PICTURES: &[[usize; 3]] = &[[1, 1, 3], [19, 30, 1], [64, 75, 3]];

macro_rules! shipped {
    ($part:literal) => {
        Files {
            plan: include_bytes!(concat!("../../../python/vaerans_ecs/data/pil/", $part, "/plan.bin")),
            weights: include_bytes!(concat!("../../../python/vaerans_ecs/data/pil/", $part, "/weights.bin")),
        }
    };
}

pub fn run(kernels: Kernels) -> Result<Vec<String>> {
    let (decoder, encoder) = (shipped!("decoder"), shipped!("encoder"));
    let model = Arc::new(Learned::load(decoder, Some(encoder), kernels, &Limits::default())?);
    let mut lines = Vec::new();
    for (i, &[h, w, c]) in PICTURES.iter().enumerate() {
        let samples: Vec<u8> = inputs::picture(h, w, c, 8, i as u64).iter().map(|&s| s as u8).collect();
        let view = ImageView { width: w, height: h, channels: c, samples: Samples::U8(&samples) };
        let plain = Options { threads: Some(1), ..Options::default() };
        for options in [plain.clone(), plain.clone().with("max_error", 2i64), plain.with("lossless", true)] {
            let file = compress(kernels, &view, &options, &model)?;
            let back = checksum(&decode(kernels, &file, &model)?);
            lines.push(format!("learned {h}x{w}x{c} {} {:08x} {back:08x}", options.profile, fnv(&file)));
        }
    }
    Ok(lines)
}

fn decode(kernels: Kernels, file: &[u8], model: &Arc<Learned>) -> Result<Vec<u8>> {
    let source = Slice(file);
    let models = Arc::new(Networks::of(model.clone()));
    let opened = Opened::new(&source, &REGISTRY, &Limits::default())?.with_models(models);
    let options = DecodeOptions { threads: Some(1), ..DecodeOptions::default() };
    Ok(match opened.picture(kernels, &options)?.samples {
        SampleBuf::U8(s) => s,
        SampleBuf::U16(_) => Vec::new(),
    })
}
