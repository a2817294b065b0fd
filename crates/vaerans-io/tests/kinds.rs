//! Palettes, few bits, CMYK, float: kinds of files that are read but never written.
#![allow(clippy::unwrap_used)] // a helper that unwraps fails its test where it should

mod common;
use std::io::Cursor;

use tiff::encoder::{colortype, TiffEncoder};
use vaerans_io::{decode, Limits, Samples};

fn palette_png(transparent: bool) -> Vec<u8> {
    let mut out = Vec::new();
    let mut encoder = png::Encoder::new(&mut out, 3, 1);
    encoder.set_color(png::ColorType::Indexed);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_palette(vec![255, 0, 0, 0, 255, 0, 0, 0, 255]);
    if transparent {
        encoder.set_trns(vec![255, 128, 0]);
    }
    encoder.write_header().unwrap().write_image_data(&[2, 1, 0]).unwrap();
    out
}

#[test]
fn a_palette_becomes_rgb_or_rgba() {
    let p = decode(&palette_png(false), &Limits::default()).unwrap();
    assert_eq!(p.channels, 3);
    assert_eq!(p.samples, Samples::U8(vec![0, 0, 255, 0, 255, 0, 255, 0, 0]));
    let p = decode(&palette_png(true), &Limits::default()).unwrap();
    assert_eq!(p.channels, 4);
    assert_eq!(p.samples, Samples::U8(vec![0, 0, 255, 0, 0, 255, 0, 128, 255, 0, 0, 255]));
}

#[test]
fn one_bit_becomes_grey() {
    let mut out = Vec::new();
    let mut encoder = png::Encoder::new(&mut out, 8, 1);
    encoder.set_color(png::ColorType::Grayscale);
    encoder.set_depth(png::BitDepth::One);
    encoder.write_header().unwrap().write_image_data(&[0b1010_0001]).unwrap();
    let p = decode(&out, &Limits::default()).unwrap();
    assert_eq!(p.samples, Samples::U8(vec![255, 0, 255, 0, 0, 0, 0, 255]));
}

fn tiff_of<C: colortype::ColorType>(width: u32, samples: &[C::Inner]) -> Vec<u8>
where
    [C::Inner]: tiff::encoder::TiffValue,
{
    let mut out = Cursor::new(Vec::new());
    let mut encoder = TiffEncoder::new(&mut out).unwrap();
    encoder.write_image::<C>(width, 1, samples).unwrap();
    out.into_inner()
}

#[test]
fn cmyk_becomes_rgb() {
    let file = tiff_of::<colortype::CMYK8>(2, &[0, 0, 0, 0, 255, 0, 0, 0]);
    let p = decode(&file, &Limits::default()).unwrap();
    assert_eq!(p.samples, Samples::U8(vec![255, 255, 255, 0, 255, 255]));
}

#[test]
fn float_samples_are_refused_by_name() {
    let file = tiff_of::<colortype::RGB32Float>(1, &[0.0, 0.5, 1.0]);
    let error = decode(&file, &Limits::default()).unwrap_err();
    assert_eq!(error.code(), "data.image_kind");
    assert!(error.message().contains("convert it to 8 or 16-bit"), "{error}");
}
