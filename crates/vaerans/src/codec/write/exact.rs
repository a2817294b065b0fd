//! Streams whose samples come back: pictures, and alpha beside pictures that were coded without it.

use super::picture::Job;
use crate::bitstream::{NewStream, TileBytes};
use crate::codec::exact::{self, ENTRY};
use crate::codec::filter::alpha;
use crate::codec::scratch::workers;
use crate::codec::tile::Samples;
use crate::component::{Kind, Lineage, Origin, Params, StepRecord, Value};
use crate::error::Result;
use crate::pool;
use crate::rect::Rect;
use crate::registry::{keys, Role};
use std::borrow::Cow;

/// Key of the stream of alpha.
pub(in crate::codec) const ALPHA: &str = "AlphaBitstream";

type Coded = (TileBytes<Vec<u8>>, Lineage);

/// The stream of a picture, no sample of which is off by more than `max_error`.
///
/// # Errors
/// `limit.memory`.
pub(super) fn picture(job: &Job, max_error: u32) -> Result<NewStream<Vec<u8>>> {
    let channels: Vec<usize> = (0..job.geometry.colour.channels()).collect();
    let tiles = tiles(job, |rect| {
        let (tile, mode) = coded(job, rect, &channels, max_error)?;
        let mut record = record(job, rect, channels.len(), vec![mode]);
        if max_error > 0 {
            record.params = Params::new().with("max_error", Value::Int(i64::from(max_error)));
        }
        Ok((tile, Lineage::of(vec![record])))
    })?;
    Ok(stream(Role::Main, keys::BITSTREAM, tiles))
}

/// The stream of a picture's alpha, if it has one.
///
/// # Errors
/// `limit.memory`.
pub(super) fn alpha(job: &Job) -> Result<Option<NewStream<Vec<u8>>>> {
    let channels = job.geometry.colour.channels();
    if channels % 2 == 1 {
        return Ok(None);
    }
    let tiles = tiles(job, |rect| {
        let (tile, mode) = coded(job, rect, &[channels - 1], 0)?;
        let taken = StepRecord {
            number: alpha::ENTRY.number,
            name: Cow::Borrowed(alpha::ENTRY.name),
            ..record(job, rect, channels, Vec::new())
        };
        let mut made = record(job, rect, 1, vec![mode]);
        made.origin.key = alpha::ENTRY.key.into();
        Ok((tile, Lineage::of(vec![taken, made])))
    })?;
    Ok(Some(stream(Role::Residual, ALPHA, tiles)))
}

fn tiles(job: &Job, tile: impl Fn(Rect) -> Result<Coded> + Sync) -> Result<Vec<Coded>> {
    let grid = job.geometry.grid();
    let picture = job.image.samples.len() as u64 * job.geometry.dtype().size() as u64;
    let each = grid.rect(0).len() as u64 * 16 + (8 << 20);
    let threads = workers(job.threads, picture, each, job.limits)?;
    pool::map(threads, grid.len(), |i| tile(grid.rect(i)))
}

fn stream(role: Role, key: &str, tiles: Vec<Coded>) -> NewStream<Vec<u8>> {
    let (tiles, lineages) = tiles.into_iter().unzip();
    NewStream { role, key: key.into(), lineages, tiles }
}

/// Some channels of a tile, coded, and the mode.
fn coded(job: &Job, rect: Rect, channels: &[usize], max_error: u32) -> Result<(TileBytes<Vec<u8>>, u8)> {
    let effort = job.asked.int("effort") as u8;
    let size = [rect.height, rect.width, channels.len()];
    let tile = match job.image.samples {
        Samples::U8(s) => {
            let cut = cut(s, job.image.width, job.image.channels, rect, channels);
            exact::encode(job.kernels, size, Samples::U8(&cut), max_error, effort)?
        }
        Samples::U16(s) => {
            let cut = cut(s, job.image.width, job.image.channels, rect, channels);
            exact::encode(job.kernels, size, Samples::U16(&cut), max_error, effort)?
        }
    };
    let levels = tile.sections.iter().map(Vec::len).collect();
    Ok((TileBytes { bytes: tile.sections.concat(), levels }, tile.mode as u8))
}

fn cut<S: Copy>(samples: &[S], width: usize, all: usize, rect: Rect, channels: &[usize]) -> Vec<S> {
    let rows = samples.chunks_exact(width * all).skip(rect.y).take(rect.height);
    let pixels = rows.flat_map(|row| row[rect.x * all..(rect.x + rect.width) * all].chunks_exact(all));
    pixels.flat_map(|p| channels.iter().map(|&c| p[c])).collect()
}

fn record(job: &Job, rect: Rect, channels: usize, side: Vec<u8>) -> StepRecord {
    let shape = vec![rect.height, rect.width, channels];
    let origin = Origin { key: keys::IMAGE.into(), kind: Kind::Image, dtype: job.geometry.dtype(), shape };
    StepRecord { number: ENTRY.number, name: Cow::Borrowed(ENTRY.name), params: Params::new(), side, origin }
}
