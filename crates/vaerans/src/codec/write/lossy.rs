//! Pictures of the photo coder: at a quality, at a size, at a PSNR, or so that every sample of colour comes back.

use super::exact;
use super::picture::Job;
use super::targets::{meet, octaves, start, Met};
use crate::bitstream::{NewStream, TileBytes};
use crate::codec::photo::picture::{planes_of, Analysis, Coded, Effort, Request};
use crate::codec::photo::system::ENTRY;
use crate::codec::profile::photo::{settled_quality, step_of, tune_of};
use crate::codec::profile::{Fidelity, Target};
use crate::codec::scratch::workers;
use crate::codec::tile::Samples;
use crate::component::{Kind, Lineage, Origin, Params, StepRecord, Value};
use crate::error::{Error, Result};
use crate::registry::{keys, Role};
use std::borrow::Cow;
use vaerans_kernels::exact::exp_negative;

/// The file of a picture.
///
/// # Errors
/// `param.range` for a target that is out of reach; `limit.memory`.
pub(super) fn file(job: &Job) -> Result<Vec<u8>> {
    let is_lossy = matches!(job.fidelity, Fidelity::Lossy(_));
    let (pixels, grid) = ((job.image.width * job.image.height) as u64, job.geometry.grid());
    let threads =
        workers(job.threads, pixels * pixel_bytes(job), grid.rect(0).len() as u64 * tile_bytes(job), job.limits)?;
    let analysis = Analysis::new(job.kernels, job.image, !is_lossy, threads)?;
    let alpha = exact::alpha(job)?;
    let whole = |coded: &Coded| job.file(std::iter::once(stream(job, coded, is_lossy)).chain(alpha.clone()).collect());
    if !is_lossy {
        return whole(&analysis.code_reversible(job.kernels, &grid, threads)?);
    }
    let request = Request {
        step: step_of(settled_quality(job.fidelity.quality().unwrap_or(0), job.image.width * job.image.height)),
        tune: tune_of(job.asked.text("tune")),
        effort: Effort(job.asked.int("effort") as u8),
        thrift: 0,
    };
    let coded = |step, thrift| analysis.code(job.kernels, &grid, &Request { step, thrift, ..request }, threads);
    match job.target {
        None => whole(&coded(request.step, 0)?),
        Some(Target::Bytes(most)) => {
            let at = |step, thrift| {
                let file = whole(&coded(step, thrift)?)?;
                let (n, most) = (file.len() as u64, most as u64);
                let gap = 1.0 - n as f64 / most as f64;
                let met = Met { fits: gap >= 0.0, is_close: gap <= 0.01, gap, away: octaves(n, most) };
                Ok((file, met))
            };
            let refuse = |file: Vec<u8>| {
                let text = format!("target_bytes={most}; the smallest file of this picture has {} bytes", file.len());
                Error::new("param.range", text)
            };
            meet(start(most as u64, pixels), false, at, refuse)
        }
        Some(Target::Psnr(least)) => {
            let samples = job.image.samples.len() / job.image.channels * colours(job.image.channels);
            let peak = if job.geometry.depth == 16 { 65535.0 } else { 255.0 };
            // 10^(-least / 10), by plain arithmetic: the same everywhere.
            let most = peak * peak * samples as f64 * exp_negative(-least * std::f64::consts::LN_10 / 10.0);
            let at = |step, thrift| {
                let made = coded(step, thrift)?;
                let error = squares(job, &analysis.decoded(job.kernels, &made, threads)?) as f64;
                // A tenth of a dB is a factor of 1.0233.
                let away = octaves((most as u64).max(1), (error as u64).max(1)) * 5 / 8;
                let gap = 1.0 - error / most;
                let met = Met { fits: gap >= 0.0, is_close: gap <= 0.02, gap, away };
                Ok(((made, error), met))
            };
            let refuse = |(_, error): (Coded, f64)| {
                // Rounded down: what is told can be asked for.
                let best = 10.0 * (peak * peak * samples as f64 / error.max(1.0)).log10();
                let best = (best * 100.0).floor() / 100.0;
                let text = format!("target_psnr={least}; the best file of this picture has {best} dB");
                Error::new("param.range", text)
            };
            whole(&meet(step_of(75), true, at, refuse)?.0)
        }
    }
}

/// Bytes that a pixel takes while its picture is coded: coefficients, those that a decoder will have, what is left of them in a file;
/// twice of those while a PSNR is looked for.
fn pixel_bytes(job: &Job) -> u64 {
    let planes = colours(job.image.channels) as u64;
    5 + planes * if matches!(job.target, Some(Target::Psnr(_))) { 18 } else { 9 }
}

/// Bytes that a pixel of a tile takes beside them.
fn tile_bytes(job: &Job) -> u64 {
    12 * colours(job.image.channels) as u64
}

/// Channels of colour.
fn colours(channels: usize) -> usize {
    planes_of(channels)
}

/// Sum of the squared errors of colour.
fn squares(job: &Job, made: &crate::codec::tile::SampleBuf) -> u64 {
    use crate::codec::tile::SampleBuf;
    fn of<S: Copy + Into<i64>>(a: &[S], b: &[S], channels: usize) -> u64 {
        let n = colours(channels);
        let pixel = |(a, b): (&[S], &[S])| (0..n).map(|c| (a[c].into() - b[c].into()).pow(2) as u64).sum::<u64>();
        a.chunks_exact(channels).zip(b.chunks_exact(n)).map(pixel).sum()
    }
    match (job.image.samples, made) {
        (Samples::U8(a), SampleBuf::U8(b)) => of(a, b, job.image.channels),
        (Samples::U16(a), SampleBuf::U16(b)) => of(a, b, job.image.channels),
        _ => u64::MAX,
    }
}

/// The stream of the picture's colour.
fn stream(job: &Job, coded: &Coded, is_lossy: bool) -> NewStream<Vec<u8>> {
    let grid = job.geometry.grid();
    let side = coded.params.write(planes_of(job.geometry.colour.channels()));
    let lineage = |i: usize| {
        let rect = grid.rect(i);
        let shape = vec![rect.height, rect.width, job.geometry.colour.channels()];
        let origin = Origin { key: keys::IMAGE.into(), kind: Kind::Image, dtype: job.geometry.dtype(), shape };
        let params = if is_lossy { Params::new() } else { Params::new().with("lossy", Value::Bool(false)) };
        let record =
            StepRecord { number: ENTRY.number, name: Cow::Borrowed(ENTRY.name), params, side: side.clone(), origin };
        Lineage::of(vec![record])
    };
    let tile = |sections: &Vec<Vec<u8>>| TileBytes {
        bytes: sections.concat(),
        levels: sections.iter().map(Vec::len).collect(),
    };
    NewStream {
        role: Role::Main,
        key: keys::BITSTREAM.into(),
        lineages: (0..grid.len()).map(lineage).collect(),
        tiles: coded.tiles.iter().map(tile).collect(),
    }
}
