//! Structural similarity of two pictures as a system.

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
    number: 97,
    name: "MetricSSIM",
    key: "SSIM",
    forward: encoder(|_| Ok(Arc::new(Comparison(Ssim)))),
    summary: words("mean structural similarity over 7x7 windows, as scikit-image"),
    ..comparison::BASE
}
.extra();

struct Ssim;

impl Measure for Ssim {
    fn measure<T: Sample>(&self, ctx: &Ctx, pictures: &Pictures<T>) -> Result<f64> {
        metric::ssim(ctx.kernels, ctx.threads, pictures)
    }
}
