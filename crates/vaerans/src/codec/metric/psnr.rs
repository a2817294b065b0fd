//! Peak signal-to-noise ratio of two pictures as a system.

use super::comparison::{self, Comparison, Measure};
use crate::ecs::Ctx;
use crate::error::Result;
use crate::metric::{self, Pictures, Sample};
use crate::registry::entry::encoder;
use crate::registry::schema::words;
use crate::registry::Entry;
use std::sync::Arc;

/// Its line of the registry.
pub static ENTRY: Entry = Entry {
    number: 96,
    name: "MetricPSNR",
    key: "PSNR",
    forward: encoder(|_| Ok(Arc::new(Comparison(Psnr)))),
    summary: words("peak signal-to-noise ratio over all samples, in dB"),
    ..comparison::BASE
}
.extra();

struct Psnr;

impl Measure for Psnr {
    fn measure<T: Sample>(&self, ctx: &Ctx, pictures: &Pictures<T>) -> Result<f64> {
        Ok(metric::psnr(ctx.kernels, pictures))
    }
}
