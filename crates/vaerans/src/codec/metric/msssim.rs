//! Multi-scale structural similarity of two pictures as a system.

use super::comparison::{self, Comparison, Measure, RECON, SRC};
use crate::ecs::Ctx;
use crate::error::Result;
use crate::metric::{self, Pictures, Sample, MAX_SCALES};
use crate::registry::entry::encoder;
use crate::registry::schema::{words, Param};
use crate::registry::Entry;
use std::sync::Arc;

/// Its line of the registry.
pub static ENTRY: Entry = Entry {
    number: 98,
    name: "MetricMSSSIM",
    key: "MSSSIM",
    params: &[
        SRC,
        RECON,
        Param::int(
            "scales",
            MAX_SCALES as i64,
            1,
            MAX_SCALES as i64,
            "s scales need sides of 10 * 2**(s - 1) + 1 pixels: 161 for 5",
        ),
    ],
    forward: encoder(|params| Ok(Arc::new(Comparison(MsSsim { scales: params.int("scales") as usize })))),
    summary: words("multi-scale structural similarity (Wang 2003), mean over the channels"),
    ..comparison::BASE
}
.extra();

struct MsSsim {
    scales: usize,
}

impl Measure for MsSsim {
    fn measure<T: Sample>(&self, ctx: &Ctx, pictures: &Pictures<T>) -> Result<f64> {
        metric::ms_ssim(ctx.kernels, ctx.threads, pictures, self.scales)
    }
}
