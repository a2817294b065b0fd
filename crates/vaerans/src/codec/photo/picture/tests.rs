use super::*;
use crate::bitstream::{Colour, Geometry};
use crate::codec::tile::{ImageView, Samples};
use crate::error::Result;
use crate::rect::Rect;
use vaerans_kernels::Kernels;

struct Tiles<'a>(&'a [Vec<Vec<u8>>]);

impl Source for Tiles<'_> {
    fn sections(&self, tile: usize, most: usize) -> Result<Vec<Vec<u8>>> {
        Ok(self.0[tile].iter().take(most).cloned().collect())
    }
}

/// Waves and edges.
fn picture(width: usize, height: usize, channels: usize) -> Vec<u8> {
    let value = |i: usize| {
        let (c, x, y) = (i % channels, i / channels % width, i / channels / width);
        let wave = ((x * (3 + c) + y * 5) % 97) as u8 + 40;
        let is_inside = (x / 23 + y / 31) % 2 == 0;
        wave + if is_inside { 70 } else { 0 }
    };
    (0..width * height * channels).map(value).collect()
}

fn geometry(width: usize, height: usize, channels: usize, tile: usize) -> Geometry {
    Geometry { width, height, colour: Colour::of_channels(channels).unwrap(), depth: 8, tile }
}

fn decoded(g: &Geometry, coded: &Coded, reduce: usize, asked: Rect) -> Vec<u8> {
    let channels = g.colour.channels();
    let made = render(Kernels::active(), g, &coded.params, reduce, asked, &Tiles(&coded.tiles), 1, channels).unwrap();
    made.as_u8().unwrap().to_vec()
}

fn coded(g: &Geometry, pixels: &[u8], request: Option<Request>) -> Coded {
    let view =
        ImageView { width: g.width, height: g.height, channels: g.colour.channels(), samples: Samples::U8(pixels) };
    let kernels = Kernels::active();
    let analysis = Analysis::new(kernels, &view, request.is_none(), 1).unwrap();
    match request {
        Some(request) => analysis.code(kernels, &g.grid(), &request, 1).unwrap(),
        None => analysis.code_reversible(kernels, &g.grid(), 1).unwrap(),
    }
}

const REQUEST: Request = Request { step: 512 + 64 * 3, tune: Tune::Balanced, effort: Effort(5), thrift: 0 };

#[test]
fn every_sample_of_a_reversible_picture_comes_back() {
    for (w, h, c) in [(1, 1, 3), (7, 5, 1), (64, 64, 3), (130, 77, 3), (33, 200, 4), (5, 90, 2)] {
        for tile in [0, 64] {
            let mut pixels = picture(w, h, c);
            if c % 2 == 0 {
                pixels.iter_mut().skip(c - 1).step_by(c).for_each(|a| *a = 255);
            }
            let g = geometry(w, h, c, if tile < w.max(h) { tile } else { 0 });
            let coded = coded(&g, &pixels, None);
            assert!(decoded(&g, &coded, 0, Rect::whole(w, h)) == pixels, "{w} x {h} x {c} in tiles of {tile}");
        }
    }
}

#[test]
fn a_lossy_picture_is_near_in_every_size_and_tile() {
    for (w, h, c) in [(1, 1, 3), (2, 9, 1), (64, 64, 3), (131, 77, 3), (190, 200, 1)] {
        for tile in [0, 64] {
            for effort in [1, 5, 9] {
                let pixels = picture(w, h, c);
                let g = geometry(w, h, c, if tile < w.max(h) { tile } else { 0 });
                let coded = coded(&g, &pixels, Some(Request { effort: Effort(effort), ..REQUEST }));
                let out = decoded(&g, &coded, 0, Rect::whole(w, h));
                let error: f64 = out.iter().zip(&pixels).map(|(a, b)| (f64::from(*a) - f64::from(*b)).powi(2)).sum();
                let error = error / out.len() as f64;
                assert!(error < 30.0, "{w} x {h} x {c} in tiles of {tile}: {error}");
            }
        }
    }
}

#[test]
fn a_region_is_the_cut_of_the_whole_at_every_scale() {
    let (w, h) = (1100, 333);
    let pixels = picture(w, h, 3);
    let g = geometry(w, h, 3, 256);
    let coded = coded(&g, &pixels, Some(REQUEST));
    for reduce in [0usize, 1, 3, 6] {
        let (rw, rh) = (w.div_ceil(1 << reduce), h.div_ceil(1 << reduce));
        let whole = decoded(&g, &coded, reduce, Rect::whole(rw, rh));
        for (x, y, width, height) in
            [(0, 0, 1, 1), (rw / 2, rh / 3, rw / 4, rh / 4), (rw - 1, rh - 1, 1, 1), (rw / 3, 0, 9.min(rw / 3), rh)]
        {
            let asked = Rect { x, y, width: width.max(1), height: height.max(1) };
            let part = decoded(&g, &coded, reduce, asked);
            for (i, row) in part.chunks_exact(asked.width * 3).enumerate() {
                let at = ((asked.y + i) * rw + asked.x) * 3;
                assert!(row == &whole[at..at + row.len()], "1/2^{reduce}, {asked:?}, row {i}");
            }
        }
    }
}
