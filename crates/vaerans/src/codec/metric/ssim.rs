//! Structural similarity of two pictures as a system.

use crate::codec::comparison::{self, Measure, TAKES};
use crate::codec::registry::{Direction, Entry, Family};
use crate::component::{Kind, Params};
use crate::ecs::{Ctx, System};
use crate::error::Result;
use crate::metric::{self, Pictures, Sample};
use std::sync::Arc;

/// Its line of the registry.
pub const ENTRY: Entry = Entry {
    number: 97,
    name: "MetricSSIM",
    inverse_name: None,
    family: Family::Metric,
    takes: TAKES,
    gives: Kind::Scalar,
    key: "SSIM",
    build: Some(build),
    summary: "mean structural similarity over 7x7 windows, as scikit-image",
};

struct Ssim;

impl Measure for Ssim {
    fn entry(&self) -> &'static Entry {
        &ENTRY
    }

    fn measure<T: Sample>(&self, ctx: &Ctx, pictures: &Pictures<T>) -> Result<f64> {
        metric::ssim(ctx.kernels, ctx.threads, pictures)
    }
}

fn build(_: Direction, params: &Params) -> Result<Arc<dyn System>> {
    comparison::build(Ssim, params, &[])
}
