//! Multi-scale structural similarity of two pictures as a system.

use crate::codec::comparison::{self, Measure, TAKES};
use crate::codec::registry::{Direction, Entry, Family};
use crate::component::{Kind, Params, Value};
use crate::ecs::{Ctx, System};
use crate::error::Result;
use crate::metric::{self, Pictures, Sample, MAX_SCALES};
use std::sync::Arc;

/// Its line of the registry.
pub const ENTRY: Entry = Entry {
    number: 98,
    name: "MetricMSSSIM",
    inverse_name: None,
    family: Family::Metric,
    takes: TAKES,
    gives: Kind::Scalar,
    key: "MSSSIM",
    build: Some(build),
    summary: "multi-scale structural similarity (Wang 2003), mean over the channels",
};

struct MsSsim {
    scales: usize,
}

impl Measure for MsSsim {
    fn entry(&self) -> &'static Entry {
        &ENTRY
    }

    fn params(&self) -> Params {
        Params::new().with("scales", Value::Int(self.scales as i64))
    }

    fn measure<T: Sample>(&self, ctx: &Ctx, pictures: &Pictures<T>) -> Result<f64> {
        metric::ms_ssim(ctx.kernels, ctx.threads, pictures, self.scales)
    }
}

fn build(_: Direction, params: &Params) -> Result<Arc<dyn System>> {
    let scales = params.int("scales", MAX_SCALES as i64, 1..=MAX_SCALES as i64)? as usize;
    comparison::build(MsSsim { scales }, params, &["scales"])
}
