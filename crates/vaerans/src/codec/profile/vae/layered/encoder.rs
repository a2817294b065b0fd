//! Integers of a picture to the stream of its tiles.

use crate::arena::DType;
use crate::bitstream::{Geometry, Metadata, NewStream, TileBytes};
use crate::codec::coded::{self, Pin};
use crate::codec::entropy::predict;
use crate::codec::network::layered::{samples, Analysis, Integers, Step, ENTRY};
use crate::codec::open::blank;
use crate::codec::profile::forward;
use crate::codec::run::{take, Run};
use crate::codec::scratch::{with_arena, workers, SPARE};
use crate::codec::tile::{Image, ImageView, SampleBuf};
use crate::component::{Component, Kind, Lineage, Origin, Params, StepRecord, Value};
use crate::ecs::{Ctx, Cursor, Models, Planner, Ty};
use crate::error::Result;
use crate::learned::{name_of, Layered};
use crate::pool;
use crate::rect::Rect;
use crate::registry::{keys, Role};
use crate::wire::Limits;
use crate::REGISTRY;
use std::borrow::Cow;
use std::sync::Arc;
use vaerans_kernels::Kernels;

/// A picture being encoded.
pub(super) struct Encoder<'a> {
    pub kernels: Kernels,
    pub image: &'a ImageView<'a>,
    pub geometry: Geometry,
    pub threads: usize,
    pub limits: &'a Limits,
    pub codec: &'a Arc<Layered>,
    pub models: &'a dyn Models,
    pub metadata: Metadata,
}

/// A picture's integers at a quality, and the bytes of its tiles.
pub(super) struct Coded {
    pub step: usize,
    pub integers: Integers,
    pub tiles: Vec<(TileBytes<Pin>, Lineage)>,
}

impl Encoder<'_> {
    /// Runs with all threads.
    pub fn with_ctx<T>(&self, work: impl FnOnce(&Ctx) -> Result<T>) -> Result<T> {
        with_arena(SPARE as usize, |arena| {
            let ctx = Ctx::new(self.kernels, arena, self.limits);
            work(&Ctx { threads: self.threads, models: self.models, ..ctx })
        })
    }

    fn params(&self, step: usize) -> Params {
        let model = Value::Bytes(name_of(&self.codec.sha256).to_vec());
        Params::new().with("model", model).with("step", Value::Int(step as i64))
    }

    /// Codes the picture at a quality. Layers of nothing but zeros are left out.
    ///
    /// # Errors
    /// `limit.memory`, `data.not_finite`.
    pub fn code(&self, analysis: &Analysis, step: usize) -> Result<Coded> {
        let mut integers = self.with_ctx(|ctx| analysis.integers(ctx, step))?;
        let plane = integers.shape[1] * integers.shape[2];
        let layers = self.codec.predictor.layers_of(integers.shape[0]).unwrap_or(1);
        let is_used =
            |l: &usize| integers.values[plane * self.codec.predictor.range(*l).start..].iter().any(|&v| v != 0);
        let used = (1..layers).rev().find(is_used).map_or(1, |l| l + 1);
        integers.shape[0] = self.codec.channels(used);
        integers.values.truncate(integers.shape[0] * plane);
        let (grid, scale) = (self.geometry.grid(), self.codec.head.downscale);
        let edge = grid.edge().min(self.geometry.width.max(self.geometry.height)).div_ceil(scale);
        let each = crate::codec::predict::bytes(integers.shape[0], edge, edge).saturating_mul(4);
        let threads = workers(self.threads, self.image.samples.len() as u64, each, self.limits)?;
        let tiles = pool::map(threads, grid.len(), |i| {
            let rect = grid.rect(i);
            self.tile(step, &integers, rect, samples(rect, scale))
        })?;
        Ok(Coded { step, integers, tiles })
    }

    /// Codes the integers of a tile.
    fn tile(&self, step: usize, integers: &Integers, rect: Rect, at: Rect) -> Result<(TileBytes<Pin>, Lineage)> {
        let [channels, height, width] = integers.shape;
        let shape = [channels, at.height, at.width];
        let bytes = 2 * shape.iter().product::<usize>() + SPARE as usize;
        with_arena(bytes, |arena| {
            let mut data = arena.alloc(DType::I16, &shape)?;
            for (i, row) in data.as_mut_slice::<i16>()?.chunks_exact_mut(at.width).enumerate() {
                let from = ((i / at.height) * height + at.y + i % at.height) * width + at.x;
                row.copy_from_slice(&integers.values[from..from + at.width]);
            }
            let component = Component::new(Kind::Symbols, data.freeze()).with_lineage(self.lineage(step, rect)?);
            let mut planner = Planner::new(None, vec![Ty::of(ENTRY.key, &component)]);
            let slot = planner.add(&forward(&predict::ENTRY, self.params(step))?, Cursor::Slot(0), None)?;
            let mut slots = vec![Some(component)];
            let ctx = Ctx { models: self.models, ..Ctx::new(self.kernels, arena, self.limits) };
            let run = Run { steps: &planner.steps, keep: Some(&[slot]), observer: None };
            run.on(&ctx, std::slice::from_mut(&mut slots))?;
            let made = take(&mut slots, slot)?;
            Ok((coded::tile(&made)?, coded::stored(&REGISTRY, &made.lineage)))
        })
    }

    /// The history of a tile's integers: the step that made them of the picture.
    fn lineage(&self, step: usize, rect: Rect) -> Result<Lineage> {
        let name = Value::Text(self.codec.head.name.clone());
        let params = ENTRY.complete(&self.params(step).with("name", name), crate::registry::schema::Giver::Codec)?;
        let shape = vec![rect.height, rect.width, self.geometry.colour.channels()];
        let origin = Origin { key: keys::IMAGE.into(), kind: Kind::Image, dtype: self.geometry.dtype(), shape };
        let name = Cow::Borrowed(ENTRY.name);
        Ok(Lineage::of(vec![StepRecord { number: ENTRY.number, name, params, side: Vec::new(), origin }]))
    }

    /// The stream of the picture.
    pub fn stream(&self, coded: &Coded) -> Result<NewStream<Pin>> {
        let tiles = coded.tiles.iter().map(|(t, _)| TileBytes { levels: t.levels.clone(), bytes: t.bytes.clone() });
        Ok(NewStream {
            role: Role::Main,
            key: keys::BITSTREAM.into(),
            lineages: coded.tiles.iter().map(|(_, l)| l.clone()).collect(),
            tiles: tiles.collect(),
        })
    }

    /// The picture that a decoder makes of the integers.
    ///
    /// # Errors
    /// `limit.memory`.
    pub fn decoded(&self, coded: &Coded) -> Result<Image> {
        let shape = [self.geometry.height, self.geometry.width, self.geometry.colour.channels()];
        let whole = Rect::whole(self.geometry.width, self.geometry.height);
        let step = Step::of(&self.params(coded.step))?;
        let planes = coded.integers.planes();
        let mut image = blank(&self.geometry)?;
        self.with_ctx(|ctx| match &mut image.samples {
            SampleBuf::U8(out) => step.render(ctx, &planes, &shape, whole, out),
            SampleBuf::U16(out) => step.render(ctx, &planes, &shape, whole, out),
        })?;
        Ok(image)
    }
}
