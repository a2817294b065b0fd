//! Reading TIFF: the samples are unpacked by the crate `tiff`, what they mean is decided here.

mod chunks;
mod exif;
mod header;
pub(crate) mod ifd;
mod ifd_write;
mod jpeg_chunks;
mod pixels;
mod samples;

use crate::decode::{damaged, kind, DecodeOptions};
use crate::limits::{area, check_metadata, check_picture};
use crate::picture::Block;
use crate::{Format, Picture, Result, Samples};
use chunks::Chunks;
pub use exif::exif_of_tiff;
pub(crate) use exif::{tree, Tree};
use header::{Alpha, Header, Meaning};
use ifd::{Directory, Source};
use pixels::{interleave, pixels, spread, Sample};

const ICC_PROFILE: u16 = 34675;
const COLOR_MAP: u16 = 320;

pub(crate) fn decode_tiff(file: &[u8], options: &DecodeOptions) -> Result<Picture> {
    let limits = &options.limits;
    let opened = Source::new(file).and_then(|(source, first)| Some((source, first, source.directory(first)?)));
    let Some((source, first, tags)) = opened else {
        return Err(damaged(Format::Tiff, "its first directory is not there"));
    };
    let header = Header::read(&source, &tags)?;
    let side = |side: usize| u32::try_from(side).unwrap_or(u32::MAX);
    let (width, height) = (side(header.width), side(header.height));
    // What is stored of a pixel counts as well as what it becomes; samples of 16 bits are held as bytes first.
    let stored = (header.samples * header.bits).div_ceil(8) * usize::from(header.bytes());
    let per_pixel = stored + usize::from(header.channels() * header.bytes());
    check_picture(limits, width, height, area(width, height, per_pixel))?;
    let chunks = Chunks::read(&source, &tags, &header)?;
    let samples = samples(&source, &tags, &header, &chunks, options)?;
    let icc = match tags.fields.get(&ICC_PROFILE) {
        Some(field) => {
            check_metadata(limits, "ICC profile", field.bytes.len())?;
            Block::Found(field.bytes.to_vec())
        }
        None if tags.lost.contains(&ICC_PROFILE) => Block::Damaged,
        None => Block::None,
    };
    let tree = tree(&source, &tags);
    let is_whole = exif::is_whole(&tags, &tree);
    let exif = exif::block(&source, &tags, tree, limits)?.map_or(Block::None, Block::Found);
    let picture = Picture::new(samples, width, height, header.channels())?;
    let mut picture = picture.with_metadata(icc, exif);
    if !is_whole {
        picture.leave_out("fields of its EXIF that are damaged");
    }
    Ok(Picture { orientation: header.orientation, frames: source.pages(first, &tags), ..picture })
}

fn samples(
    source: &Source,
    tags: &Directory,
    header: &Header,
    chunks: &Chunks,
    options: &DecodeOptions,
) -> Result<Samples> {
    if header.compression == header::JPEG {
        return jpeg_chunks::decode(source, tags, header, chunks, options).map(Samples::U8);
    }
    let palette = tags.fields.get(&COLOR_MAP).and_then(|field| source.numbers(field, 3 << 16)).unwrap_or_default();
    if header.meaning == Meaning::Palette && palette.len() < 3 << header.bits {
        return Err(kind(Format::Tiff, "a palette without colours"));
    }
    let read = |plane| samples::stored(source, header, chunks, plane, &options.limits);
    if header.bits == 16 {
        let wide = |plane| {
            let bytes = read(plane)?;
            Ok(bytes.as_chunks().0.iter().map(|two| u16::from_ne_bytes(*two)).collect())
        };
        return from_planes(header, &palette, wide).map(Samples::U16);
    }
    let narrow = |plane| match header.bits {
        8 => read(plane),
        bits => {
            let row = header.width * if header.is_planar { 1 } else { header.samples };
            spread(&read(plane)?, row, header.height, bits)
        }
    };
    from_planes(header, &palette, narrow).map(Samples::U8)
}

/// Reads the planes that count, one if the samples stand pixel by pixel.
fn from_planes<T: Sample>(header: &Header, palette: &[u64], read: impl Fn(usize) -> Result<Vec<T>>) -> Result<Vec<T>> {
    if !header.is_planar {
        return pixels(header, palette, read(0)?);
    }
    let wanted = (0..header.colors).chain(header.alpha.map(|alpha| alpha.at));
    let planes = wanted.map(read).collect::<Result<Vec<_>>>()?;
    let alpha = header.alpha.map(|alpha| Alpha { at: header.colors, ..alpha });
    let together = Header { samples: planes.len(), alpha, ..*header };
    pixels(&together, palette, interleave(&planes)?)
}
