//! A photo coded with a model.

use super::Setting;
use crate::ppm::Picture;
use vaerans::codec::photo::activity::Luma;
use vaerans::codec::photo::colour::Colour;
use vaerans::codec::photo::geometry::Pyramid;
use vaerans::codec::photo::model::Model;
use vaerans::codec::photo::tile::{Packed, Search, Tile, TileEncoder};
use vaerans::codec::photo::transform::{Kind, Planes};
use vaerans::codec::photo::{params::Params, scale::UNIT};
use vaerans::kernels::Kernels;
use vaerans::rect::Rect;

/// A photo, coded.
pub struct Coded {
    pub colour: Colour,
    pub params: Params,
    /// Coefficients.
    pub planes: Planes,
    /// Its one tile.
    pub tile: Tile,
    pub levels: Vec<(vaerans::codec::photo::tile::Level, Vec<Vec<vaerans::codec::photo::tile::Coded>>)>,
    pub low: Vec<Vec<i32>>,
    pub sections: Vec<Vec<u8>>,
    pub map: Option<vaerans::codec::photo::steps::Steps>,
}

fn number(step: f64) -> u16 {
    (f64::from(UNIT) + 64.0 * step.log2()).round() as u16
}

/// Codes a photo as one tile.
pub fn code(picture: &Picture, model: &Model, setting: &Setting) -> Coded {
    let kernels = Kernels::active();
    let (width, height) = (picture.width, picture.height);
    let pyramid = Pyramid::new(width, height);
    if setting.step == 0.0 {
        return reversible(picture, model);
    }
    let colour = Colour::of(&kernels.photo_covariance(&picture.rgb, width, 3));
    let mut planes = Planes::new(pyramid, 3).expect("planes");
    planes.fill(kernels, &picture.rgb, 3, Kind::Lossy, &colour, 1.0).expect("a colour transform");
    let planes = planes.forward(kernels, Kind::Lossy, 1).expect("a pyramid");
    let tile = Tile { pyramid, rect: Rect::whole(width, height), planes: 3 };
    let (strength, log2) = setting.blocks;
    let blocks = (strength > 0).then_some(log2);
    let params = Params {
        step: number(setting.step),
        is_uniform: false,
        is_reversible: false,
        blocks,
        weights: setting.weights,
        ..Params::REVERSIBLE
    };
    let luma = || {
        let mut values = vec![0; width * height];
        kernels.photo_luma(&picture.rgb, 3, &mut values);
        Luma { width, values }
    };
    let map = blocks.map(|log2| luma().steps(kernels, &tile.rect, log2, strength));
    let packed = Packed { planes: &planes.values, stride: width };
    let search = Search::trellis(model, setting.lambda, 0.3);
    let encoder = TileEncoder::new(kernels, model, &params, tile, map.clone(), packed, &search);
    let sections = encoder.sections().expect("sections");
    let (levels, low) = (encoder.levels, encoder.low);
    Coded { colour, params, planes, tile, levels, low, sections, map }
}

/// Codes a photo so that every sample comes back.
fn reversible(picture: &Picture, model: &Model) -> Coded {
    let kernels = Kernels::active();
    let (width, height) = (picture.width, picture.height);
    let pyramid = Pyramid::new(width, height);
    let mut planes = Planes::new(pyramid, 3).expect("planes");
    planes.fill(kernels, &picture.rgb, 3, Kind::Reversible, &Colour::DEFAULT, 1.0).expect("a colour transform");
    let planes = planes.forward(kernels, Kind::Reversible, 1).expect("a pyramid");
    let tile = Tile { pyramid, rect: Rect::whole(width, height), planes: 3 };
    let params = Params::REVERSIBLE;
    let packed = Packed { planes: &planes.values, stride: width };
    let encoder = TileEncoder::new(kernels, model, &params, tile, None, packed, &Search::Zone(1.0));
    let sections = encoder.sections().expect("sections");
    let (levels, low) = (encoder.levels, encoder.low);
    Coded { colour: Colour::DEFAULT, params, planes, tile, levels, low, sections, map: None }
}
