//! Whole files of a codec in layers: its pictures, parts of them, targets.

mod kinds;
mod parts;
mod targets;

use super::compress_in;
use crate::codec::network::testing::layered::{codec, models};
use crate::codec::open::{DecodeOptions, Opened};
use crate::codec::tile::{Image, ImageView, SampleBuf};
use crate::codec::write::Options;
use crate::error::Result;
use crate::wire::{Limits, Slice};
use crate::REGISTRY;
use vaerans_kernels::Kernels;

/// The edge of tiles here: pictures of a few have several.
const TILE: usize = 64;

fn plain() -> Options {
    Options { threads: Some(1), ..Options::default() }.with("fallback", false)
}

fn compress(image: &ImageView, options: &Options) -> Result<Vec<u8>> {
    compress_in(TILE, Kernels::active(), image, options, &codec())
}

fn file_of(image: &ImageView, options: &Options) -> Vec<u8> {
    compress(image, options).unwrap()
}

fn decoded(file: &[u8], options: &DecodeOptions) -> Result<Image> {
    let source = Slice(file);
    let opened = Opened::new(&source, &REGISTRY, &Limits::default())?.with_models(models());
    opened.picture(Kernels::active(), options)
}

fn all(file: &[u8]) -> SampleBuf {
    decoded(file, &DecodeOptions { threads: Some(1), ..DecodeOptions::default() }).unwrap().samples
}
