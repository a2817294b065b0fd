//! The samples of a TIFF file as they are stored, unpacked by the crate `tiff`.
//!
//! The crate is given one kind of picture only: grey, or bands without a meaning, chunky. What the samples mean, and which
//! plane they belong to, is decided here, so that the crate sees a directory that is made for it, behind the file.

use std::io::{Read, Result as IoResult, Seek, SeekFrom};

use ::tiff::decoder::{Decoder, Limits as TiffLimits};
use ::tiff::TiffError;

use super::chunks::Chunks;
use super::header::Header;
use super::ifd::Source;
use super::ifd_write::{append, header as file_header, Written};
use crate::decode::{damaged, kind};
use crate::limits::beyond;
use crate::memory::zeroed;
use crate::{Error, Format, Limits, Result};

/// A file with other first bytes, and with a directory behind it.
struct Joined<'a> {
    head: Vec<u8>,
    file: &'a [u8],
    tail: Vec<u8>,
    at: u64,
}

impl Read for Joined<'_> {
    fn read(&mut self, out: &mut [u8]) -> IoResult<usize> {
        let (at, head, file) = (self.at as usize, self.head.len(), self.file.len());
        let rest = if at < head {
            &self.head[at..]
        } else if at < file {
            &self.file[at..]
        } else {
            self.tail.get(at - file..).unwrap_or(&[])
        };
        let count = rest.len().min(out.len());
        out[..count].copy_from_slice(&rest[..count]);
        self.at += count as u64;
        Ok(count)
    }
}

impl Seek for Joined<'_> {
    fn seek(&mut self, to: SeekFrom) -> IoResult<u64> {
        self.at = match to {
            SeekFrom::Start(at) => at,
            SeekFrom::Current(by) => self.at.saturating_add_signed(by),
            SeekFrom::End(by) => ((self.file.len() + self.tail.len()) as u64).saturating_add_signed(by),
        };
        Ok(self.at)
    }
}

/// The bytes of rows of samples, each row filled up to whole bytes; 16-bit samples are in the machine's order.
///
/// `plane` is the one to read of a planar file, 0 of others.
pub(super) fn stored(
    source: &Source,
    header: &Header,
    chunks: &Chunks,
    plane: usize,
    limits: &Limits,
) -> Result<Vec<u8>> {
    let samples = if header.is_planar { 1 } else { header.samples };
    let row = (header.width * samples * header.bits).div_ceil(8);
    let mut out = zeroed::<u8>(row.saturating_mul(header.height))?;
    // FillOrder 2. Of the file itself nothing but coded bytes is read: the directory is one of our own.
    let reversed: Option<Vec<u8>> =
        header.is_reversed.then(|| source.bytes.iter().map(|byte| byte.reverse_bits()).collect());
    let file = reversed.as_deref().unwrap_or(source.bytes);
    let mut tail = Vec::new();
    let fields = directory(header, chunks, plane, samples, source.is_little);
    let place = append(&mut tail, file.len(), fields, source.is_little);
    if place > u32::MAX as usize {
        return Err(kind(Format::Tiff, "samples behind its first 4 GiB"));
    }
    let input = Joined { head: file_header(place, source.is_little), file, tail, at: 0 };
    let mut within = TiffLimits::default();
    within.decoding_buffer_size = usize::try_from(limits.max_bytes).unwrap_or(usize::MAX);
    within.intermediate_buffer_size = within.decoding_buffer_size;
    within.ifd_value_size = file.len().max(1 << 20);
    let fail = |error| from_tiff(error, limits);
    let mut decoder = Decoder::new(input).map_err(fail)?.with_limits(within);
    decoder.read_image_bytes(&mut out).map_err(fail)?;
    Ok(out)
}

fn directory(header: &Header, chunks: &Chunks, plane: usize, samples: usize, is_little: bool) -> Vec<Written> {
    let long = |tag, values: &[u64]| Written::numbers(tag, false, values, is_little);
    let short = |tag, values: &[u64]| Written::numbers(tag, true, values, is_little);
    let of_plane = plane * chunks.per_plane..(plane + 1) * chunks.per_plane;
    let (offsets, lengths) = (&chunks.offsets[of_plane.clone()], &chunks.lengths[of_plane]);
    let mut fields = vec![
        long(256, &[header.width as u64]),
        long(257, &[header.height as u64]),
        short(258, &vec![header.bits as u64; samples]),
        short(259, &[header.compression]),
        short(262, &[1]),
        short(277, &[samples as u64]),
        short(317, &[header.predictor]),
    ];
    if chunks.is_tiled {
        fields.extend([long(322, &[chunks.width as u64]), long(323, &[chunks.height as u64])]);
        fields.extend([long(324, offsets), long(325, lengths)]);
    } else {
        fields.extend([long(273, offsets), long(278, &[chunks.height as u64]), long(279, lengths)]);
    }
    fields
}

fn from_tiff(error: TiffError, limits: &Limits) -> Error {
    match error {
        TiffError::UnsupportedError(what) => kind(Format::Tiff, &what.to_string()),
        TiffError::LimitsExceeded => beyond(limits, Format::Tiff),
        other => damaged(Format::Tiff, &other.to_string()),
    }
}
