//! Pictures that are compressed and decompressed: as near as was promised, the same with all kernels; and edits of their files.
//!
//! An input is a recipe (picture and options), then edits (place, what, value) of the file it makes.
#![no_main]

use libfuzzer_sys::fuzz_target;
use vaerans::codec::open::DecodeOptions;
use vaerans::codec::tile::{Image, ImageView, SampleBuf, Samples};
use vaerans::codec::write::{compress, Options};
use vaerans::kernels::Kernels;
use vaerans::rect::Rect;
use vaerans::wire::Limits;
use vaerans_fuzz::photo::{decode, picture_within};
use vaerans_fuzz::{both, kernels, repair::repair, LIMITS};

/// What a whole file of a small picture may take: pictures of few colours have a table of 5 MB.
const ROOM: Limits = Limits { max_bytes: 1 << 24, ..LIMITS };

/// A picture, and how it is to be compressed.
struct Recipe {
    width: usize,
    height: usize,
    channels: usize,
    pixels: Vec<u8>,
    wide: Option<Vec<u16>>,
    lossless: bool,
    max_error: Option<i64>,
    quality: i64,
    effort: i64,
    tune: &'static str,
    progressive: bool,
    kernels: Kernels,
}

impl Recipe {
    fn read(recipe: &[u8; 7]) -> Recipe {
        let [w, h, kind, quality, seed, choice, how] = *recipe;
        let (width, height, channels) = (usize::from(w % 80) + 1, usize::from(h % 80) + 1, usize::from(kind % 4) + 1);
        let mut state = u32::from(seed).wrapping_mul(2_654_435_761) | 1;
        let mut sample = |i: usize| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            ((i / channels % width * 3) as u32 + (state >> (24 + seed % 8))) as u8
        };
        let pixels: Vec<u8> = (0..width * height * channels).map(&mut sample).collect();
        let wide = (kind & 4 != 0).then(|| pixels.iter().map(|&p| u16::from(p) * 257).collect());
        let lossless = kind & 8 != 0;
        let max_error = (!lossless && kind & 16 != 0).then_some(i64::from(kind >> 5));
        Recipe {
            width,
            height,
            channels,
            pixels,
            wide,
            lossless,
            max_error,
            quality: i64::from(quality % 101),
            effort: 1 + i64::from(how % 9),
            tune: ["balanced", "psnr", "msssim"][usize::from(how / 9 % 3)],
            progressive: how & 128 != 0,
            kernels: kernels(choice),
        }
    }

    fn view(&self) -> ImageView<'_> {
        let samples = self.wide.as_ref().map_or(Samples::U8(&self.pixels), |wide| Samples::U16(wide));
        ImageView { width: self.width, height: self.height, channels: self.channels, samples }
    }

    fn file(&self) -> Vec<u8> {
        let mut options =
            Options { threads: Some(1), ..Options::default() }.with("tile", 64i64).with("effort", self.effort);
        options = options.with("lossless", self.lossless).with("progressive", self.lossless && self.progressive);
        if !self.lossless && self.max_error.is_none() {
            options = options.with("quality", self.quality).with("tune", self.tune);
        }
        if let Some(bound) = self.max_error {
            options = options.with("max_error", bound);
        }
        compress(self.kernels, self.view(), &options).expect("a valid picture")
    }

    /// The largest error of a sample that was promised.
    fn bound(&self) -> i64 {
        let none = if self.lossless { 0 } else { i64::MAX };
        self.max_error.unwrap_or(none)
    }

    /// A whole file: all kernels give the same samples, as near as was promised, and regions are cuts of the whole.
    fn check(&self, file: &[u8], reduce: u32) {
        let all = DecodeOptions { threads: Some(1), ..DecodeOptions::default() };
        let images: Vec<_> =
            both().iter().map(|&k| picture_within(k, file, &all, &ROOM).expect("a valid file")).collect();
        assert_eq!(images.first(), images.last());
        if images[0].channels == self.channels {
            assert!(self.farthest(&images[0]) <= self.bound());
        }
        let small = DecodeOptions { reduce, ..all.clone() };
        let smaller = picture_within(self.kernels, file, &small, &ROOM).expect("a valid file");
        let (x, y) = (self.width / 3, self.height / 4);
        let region = Rect { x, y, width: (self.width - x).div_ceil(2), height: self.height - y };
        let part = DecodeOptions { reduce, region: Some(region), ..all };
        let part = picture_within(self.kernels, file, &part, &ROOM).expect("inside");
        assert_eq!(flat(&part), cut(&smaller, (x >> reduce, y >> reduce), (part.width, part.height)));
    }

    fn farthest(&self, image: &Image) -> i64 {
        let mine: Vec<i64> = match &self.wide {
            Some(wide) => wide.iter().map(|&v| i64::from(v)).collect(),
            None => self.pixels.iter().map(|&v| i64::from(v)).collect(),
        };
        let far = |(a, b): (&i64, i64)| (a - b).abs();
        mine.iter().zip(flat(image)).map(far).max().unwrap_or(0)
    }
}

fn flat(image: &Image) -> Vec<i64> {
    match &image.samples {
        SampleBuf::U8(v) => v.iter().map(|&v| i64::from(v)).collect(),
        SampleBuf::U16(v) => v.iter().map(|&v| i64::from(v)).collect(),
    }
}

/// Part of a picture.
fn cut(image: &Image, (x, y): (usize, usize), (width, height): (usize, usize)) -> Vec<i64> {
    let (all, c) = (flat(image), image.channels);
    let row = |y: usize| (y * image.width + x) * c;
    (y..y + height).flat_map(|y| all[row(y)..row(y) + width * c].to_vec()).collect()
}

fn edited(mut bytes: Vec<u8>, edits: &[u8]) -> Vec<u8> {
    for e in edits.chunks_exact(4) {
        let at = (usize::from(e[0]) << 8 | usize::from(e[1])) % bytes.len().max(1);
        match e[2] % 5 {
            _ if bytes.is_empty() => return bytes,
            0 => bytes[at] = e[3],
            1 => bytes[at] ^= 1 << (e[3] % 8),
            2 => drop(bytes.drain(at..(at + 1 + usize::from(e[3] % 16)).min(bytes.len()))),
            3 => bytes.insert(at, e[3]),
            _ => bytes.truncate(at),
        }
    }
    bytes
}

fuzz_target!(|data: &[u8]| {
    let Some((&choice, rest)) = data.split_first() else { return };
    let Some((recipe, edits)) = rest.split_first_chunk::<7>() else { return };
    let recipe = Recipe::read(recipe);
    let whole = recipe.file();
    if edits.len() < 4 {
        return recipe.check(&whole, u32::from(choice >> 4 & 7));
    }
    let mut bytes = edited(whole, edits);
    repair(&mut bytes, &LIMITS);
    decode(&bytes, choice);
});
