//! Peak signal-to-noise ratio of two pictures as a system.

use crate::codec::comparison::{self, Measure, TAKES};
use crate::codec::registry::{Direction, Entry, Family};
use crate::component::{Kind, Params};
use crate::ecs::{Ctx, System};
use crate::error::Result;
use crate::metric::{self, Pictures, Sample};
use std::sync::Arc;

/// Its line of the registry.
pub const ENTRY: Entry = Entry {
    number: 96,
    name: "MetricPSNR",
    inverse_name: None,
    family: Family::Metric,
    takes: TAKES,
    gives: Kind::Scalar,
    key: "PSNR",
    build: Some(build),
    summary: "peak signal-to-noise ratio over all samples, in dB",
};

struct Psnr;

impl Measure for Psnr {
    fn entry(&self) -> &'static Entry {
        &ENTRY
    }

    fn measure<T: Sample>(&self, ctx: &Ctx, pictures: &Pictures<T>) -> Result<f64> {
        Ok(metric::psnr(ctx.kernels, pictures))
    }
}

fn build(_: Direction, params: &Params) -> Result<Arc<dyn System>> {
    comparison::build(Psnr, params, &[])
}
