//! Rate and distortion of pictures with the model that ships, and whether what is decoded is what the encoder foresaw.

use super::code::code;
use super::Setting;
use crate::ppm::Picture;
use std::fmt::Write;
use std::io::Result;
use std::path::Path;
use vaerans::codec::photo::geometry::Orientation;
use vaerans::codec::photo::model::Model;
use vaerans::codec::photo::picture::Tune;
use vaerans::codec::photo::tile::{Decoder, Fill, Put};
use vaerans::codec::photo::transform::{Kind, Planes};
use vaerans::kernels::photo::Part;
use vaerans::kernels::Kernels;
use vaerans::metric::{ms_ssim, psnr, Pictures};
use vaerans::rect::Rect;

struct Into<'a>(&'a mut Planes);

impl Put for Into<'_> {
    fn band(&mut self, plane: usize, band: Option<(usize, Orientation)>, rect: &Rect, fill: &mut Fill) {
        let pyramid = self.0.pyramid;
        let (cx, cy) = band.map_or((0, 0), |(level, o)| pyramid.corner(level, o));
        let at = (cy + rect.y) * pyramid.width + cx + rect.x;
        let whole = Part { x: 0, y: 0, width: rect.width, height: rect.height };
        fill(&whole, &mut self.0.values[plane][at..], pyramid.width);
    }
}

/// Settings by name.
fn settings() -> Vec<(&'static str, Setting)> {
    let steps = [5.0, 8.0, 14.0, 24.0, 40.0, 68.0, 110.0, 170.0];
    let tunes = [("psnr", Tune::Psnr), ("balanced", Tune::Balanced), ("msssim", Tune::MsSsim)];
    steps.iter().flat_map(|&d| tunes.map(|(name, tune)| (name, Setting::of(d, tune)))).collect()
}

/// Writes a line for each tune and step: bits a pixel, PSNR, MS-SSIM, means over the pictures.
pub fn rate(pictures: &[Picture], result: &Path) -> Result<()> {
    let (kernels, model) = (Kernels::active(), Model::shipped());
    let mut out = String::from("tune,step,bpp,psnr,msssim\n");
    for (tune, setting) in settings() {
        let mut sums = [0.0; 3];
        for picture in pictures {
            let coded = code(picture, model, &setting);
            let mut planes = Planes::new(coded.tile.pyramid, 3).expect("planes");
            let sections: Vec<&[u8]> = coded.sections.iter().map(Vec::as_slice).collect();
            let mut decoder = Decoder::new(kernels, model);
            decoder.tile(&coded.tile, &coded.params, &sections, &mut Into(&mut planes)).expect("what was encoded");
            let mut rgb = vec![0; picture.rgb.len()];
            let planes = planes.inverse(kernels, Kind::Lossy, 1).expect("a pyramid");
            planes.to_samples(kernels, Kind::Lossy, &coded.colour, 1.0, 3, &mut rgb).expect("samples");
            let shape = [picture.height, picture.width, 3];
            let pair = Pictures::new(&picture.rgb, &rgb, shape).expect("pictures");
            // What the file has beside: about 100 bytes.
            let bytes: usize = coded.sections.iter().map(Vec::len).sum::<usize>() + 100;
            sums[0] += 8.0 * bytes as f64 / (picture.width * picture.height) as f64;
            sums[1] += psnr(kernels, &pair);
            sums[2] += ms_ssim(kernels, 2, &pair, 5).expect("scales");
        }
        let [bpp, psnr, ms] = sums.map(|s| s / pictures.len() as f64);
        println!("{tune} {} {bpp:.4} {psnr:.3} {ms:.5}", setting.step);
        let _ = writeln!(out, "{tune},{},{bpp:.5},{psnr:.4},{ms:.6}", setting.step);
    }
    std::fs::write(result, out)
}
