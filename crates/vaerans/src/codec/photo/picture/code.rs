//! A picture's tiles at a step.

use super::analysis::Analysis;
use super::finish::Finish;
use super::request::{Effort, Request, Tune, Tuned};
use crate::bitstream::Grid;
use crate::codec::photo::colour::Colour;
use crate::codec::photo::filter::{self, synthesis, Bank, BlockSteps, Eighths, Filter};
use crate::codec::photo::model::Model;
use crate::codec::photo::params::Params;
use crate::codec::photo::tile::{Packed, Search, Tile, TileEncoder};
use crate::codec::photo::transform::Planes;
use crate::codec::tile::SampleBuf;
use crate::error::{Error, Result};
use crate::pool;
use crate::rect::Rect;
use std::borrow::Cow;
use std::sync::{Mutex, PoisonError};
use vaerans_kernels::Kernels;

/// A coded picture.
pub struct Coded {
    /// What its tiles share.
    pub params: Params,
    /// Sections of each tile.
    pub tiles: Vec<Vec<Vec<u8>>>,
    /// What a decoder will have; of a reversible picture nothing.
    pub made: Option<Made>,
}

/// What a decoder will have of a picture, before its pyramids are undone.
pub struct Made {
    /// Coefficients.
    pub planes: Planes,
    /// Steps of blocks.
    pub steps: BlockSteps,
}

impl Coded {
    /// Bytes of all sections.
    pub fn bytes(&self) -> usize {
        self.tiles.iter().flatten().map(Vec::len).sum()
    }
}

impl Analysis<'_> {
    fn params(&self, request: &Request) -> Params {
        let Tuned { strength, blocks, weights, .. } = request.tune.tuned();
        Params {
            step: request.step,
            is_uniform: request.effort < Effort::SEARCH,
            is_reversible: false,
            blocks: (strength > 0).then_some(blocks),
            weights,
            colour: if self.planes.count() > 1 { self.colour } else { Colour::DEFAULT },
            filter: Vec::new(),
        }
    }

    /// Codes the picture in tiles; of an analysis that is not reversible.
    ///
    /// # Errors
    /// `limit.memory`.
    pub fn code(&self, kernels: Kernels, grid: &Grid, request: &Request, threads: usize) -> Result<Coded> {
        let model = Model::shipped();
        let search = request.effort.search(model, request.tune.tuned().lambda, request.thrift);
        let mut coded = self.coded(kernels, grid, self.params(request), request, &search, threads)?;
        if let Some(made) = &coded.made {
            coded.params.filter = self.filter(kernels, made, request, threads)?;
        }
        Ok(coded)
    }

    /// The samples of colour that a decoder makes of a picture that was coded.
    ///
    /// # Errors
    /// `limit.memory`.
    pub fn decoded(&self, kernels: Kernels, coded: &Coded, threads: usize) -> Result<SampleBuf> {
        let made = coded.made.as_ref().ok_or_else(|| Error::new("internal.bug", "a reversible picture decoded"))?;
        let planes = Cow::Borrowed(&made.planes);
        let (asked, channels) = (Rect::whole(self.image.width, self.image.height), planes.count());
        let steps = Some(made.steps.clone());
        Finish { kernels, planes, params: &coded.params, steps, asked, channels, threads }
            .samples(self.image.samples.dtype())
    }

    /// The filter of a picture that was coded.
    fn filter(&self, kernels: Kernels, made: &Made, request: &Request, threads: usize) -> Result<Vec<u8>> {
        if request.effort < Effort::SEARCH {
            return Ok(Filter::trained(made.planes.count(), request.step).write());
        }
        let bank = Bank::at(request.step);
        let planes = synthesis(kernels, Cow::Borrowed(&made.planes), threads)?;
        let decoded = Eighths::new(kernels, planes, made.steps.clone(), &bank, request.step, threads)?;
        let original = self.eighths(kernels)?;
        let search = filter::Search { bank: &bank, number: request.step, threads };
        Ok(search.choose(kernels, &decoded, &original)?.write())
    }

    /// Codes the picture so that every sample comes back; of an analysis that is reversible.
    ///
    /// # Errors
    /// `limit.memory`.
    pub fn code_reversible(&self, kernels: Kernels, grid: &Grid, threads: usize) -> Result<Coded> {
        let request = Request { step: 0, tune: Tune::Psnr, effort: Effort(1), thrift: 0 };
        self.coded(kernels, grid, Params::REVERSIBLE, &request, &Search::Zone(1.0), threads)
    }

    fn coded(
        &self,
        kernels: Kernels,
        grid: &Grid,
        params: Params,
        request: &Request,
        search: &Search,
        threads: usize,
    ) -> Result<Coded> {
        let pyramid = self.planes.pyramid;
        let packed = Packed { planes: &self.planes.values, stride: pyramid.width };
        let strength = request.tune.tuned().strength;
        let model = if params.is_reversible { Model::reversible() } else { Model::shipped() };
        let made = match params.is_reversible {
            true => None,
            false => Some(Mutex::new(Made {
                planes: Planes::new(pyramid, self.planes.count())?,
                steps: BlockSteps::new(pyramid.width, pyramid.height),
            })),
        };
        let tiles = pool::map(threads, grid.len(), |i| {
            let tile = Tile { pyramid, rect: grid.rect(i), planes: self.planes.count() };
            let map = params.blocks.map(|log2| self.luma.steps(kernels, &tile.rect, log2, strength));
            let steps = map.clone();
            let encoder = TileEncoder::new(kernels, model, &params, tile, map, packed, search);
            if let Some(made) = &made {
                let mut made = made.lock().unwrap_or_else(PoisonError::into_inner);
                encoder.put(&mut made.planes);
                if let Some(map) = &steps {
                    made.steps.put(map, &tile.rect, &Rect::whole(pyramid.width, pyramid.height));
                }
            }
            encoder.sections()
        })?;
        let made = made.map(|m| m.into_inner().unwrap_or_else(PoisonError::into_inner));
        Ok(Coded { params, tiles, made })
    }
}
