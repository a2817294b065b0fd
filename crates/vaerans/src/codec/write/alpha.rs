//! Alpha: a stream of its own, which comes back as it was.

use super::picture::Job;
use crate::bitstream::{NewStream, TileBytes};
use crate::codec::coded;
use crate::codec::entropy::ans;
use crate::codec::filter::alpha;
use crate::codec::profile::forward;
use crate::codec::run::{take, Run};
use crate::codec::scratch::{with_arena, workers, SPARE};
use crate::codec::tile::cut;
use crate::component::{Component, Kind, Lineage, Params, Value};
use crate::ecs::{Ctx, Cursor, Planner, TensorType, Ty};
use crate::error::Result;
use crate::pool;
use crate::rect::Rect;
use crate::registry::{keys, Role};
use crate::REGISTRY;

/// Key of the stream.
pub(super) const KEY: &str = "AlphaBitstream";

/// The stream of a picture's alpha, if it has one.
///
/// # Errors
/// `limit.memory`.
pub(super) fn stream(job: &Job) -> Result<Option<NewStream<Vec<u8>>>> {
    if job.geometry.colour.channels() % 2 == 1 {
        return Ok(None);
    }
    let grid = job.geometry.grid();
    let largest = grid.rect(0).len() as u64 * 32;
    let threads = workers(job.threads, job.image.samples.len() as u64, largest, job.limits)?;
    let tiles = pool::map(threads, grid.len(), |i| tile(job, grid.rect(i)))?;
    let (tiles, lineages) = tiles.into_iter().unzip();
    Ok(Some(NewStream { role: Role::Residual, key: KEY.into(), lineages, tiles }))
}

fn tile(job: &Job, rect: Rect) -> Result<(TileBytes<Vec<u8>>, Lineage)> {
    let (channels, dtype) = (job.geometry.colour.channels(), job.geometry.dtype());
    let ty = Ty::fresh(keys::IMAGE, Kind::Image, TensorType::known(dtype, &[rect.height, rect.width, channels]));
    let mut planner = Planner::new(None, vec![ty]);
    let at = planner.add(&forward(&alpha::ENTRY, Params::new())?, Cursor::Slot(0), None)?;
    let coder = forward(&ans::ENTRY, Params::new().with("adaptive", Value::Bool(true)))?;
    let slot = planner.add(&coder, Cursor::Slot(at), Some(KEY))?;
    let run = Run { steps: &planner.steps, keep: Some(&[slot]), observer: None };
    let bytes = run.arena_bytes(&[(rect.len() * channels * dtype.size()) as u64]).saturating_add(SPARE);
    with_arena(usize::try_from(bytes).unwrap_or(usize::MAX), |arena| {
        let data = cut(arena, job.image, rect, channels, dtype)?;
        let mut slots = vec![Some(Component::new(Kind::Image, data))];
        run.on(&Ctx::new(job.kernels, arena, job.limits), std::slice::from_mut(&mut slots))?;
        let made = take(&mut slots, slot)?;
        let pinned = coded::tile(&made)?;
        let bytes = TileBytes { levels: pinned.levels, bytes: pinned.bytes.as_ref().to_vec() };
        Ok((bytes, coded::stored(&REGISTRY, &made.lineage)))
    })
}
