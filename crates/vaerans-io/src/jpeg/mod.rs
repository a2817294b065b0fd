//! Reading JPEG: sequential and progressive, Huffman-coded, 8 bits (ITU-T T.81), with the samples that libjpeg gives.
//!
//! Why not a crate: [decision 0010](../../../../docs/decisions/0010-reading-jpeg.md).

mod about;
mod bits;
mod block;
mod damage;
mod frame;
mod idct;
mod output;
mod runs;
mod scan;
mod segment;
mod tables;
mod upsample;
mod wide;

use crate::decode::{damaged, DecodeOptions};
use crate::limits::check_picture;
use crate::{Error, Format, Picture, Result, Samples};
use about::About;
pub(crate) use about::Colors;
use damage::Damage;
use frame::Frame;
use scan::Scan;
use segment::{Segments, END_OF_IMAGE, START_OF_SCAN};
use tables::Tables;

/// More scans than any encoder writes: each costs a walk over the whole picture, however few its bytes are. Of large pictures fewer
/// are taken, so that all scans together visit no more than so many pixels.
const MOST_SCANS: usize = 500;
const FEWEST_SCANS: usize = 40;
const SCANNED: usize = 1 << 29;

pub(crate) fn decode_jpeg(file: &[u8], options: &DecodeOptions) -> Result<Picture> {
    let mut reader = Reader::default();
    reader.read(file, options)?;
    reader.finish(options)
}

/// Decodes a part of a TIFF picture: a file whose tables stand apart, no larger than `most`. Gives its width and height, and its pixels
/// in these colours.
pub(crate) fn decode_part(
    tables: &[u8],
    file: &[u8],
    colors: Colors,
    components: usize,
    most: (usize, usize),
    options: &DecodeOptions,
) -> Result<(usize, usize, Vec<u8>)> {
    let strict = DecodeOptions { allow_damaged: false, ..*options };
    let mut reader = Reader { most: Some(most), ..Reader::default() };
    reader.read_tables(tables)?;
    reader.read(file, &strict)?;
    let frame = reader.decoded(&strict)?;
    if frame.components.len() != components {
        return Err(wrong("it has another number of colour components than its file says"));
    }
    Ok((frame.width, frame.height, output::pixels(&frame, colors)?))
}

#[derive(Default)]
struct Reader {
    tables: Tables,
    about: About,
    frame: Option<Frame>,
    scans: usize,
    /// The largest sides that are expected of it.
    most: Option<(usize, usize)>,
    /// What was wrong first.
    damage: Option<Damage>,
}

impl Reader {
    fn read(&mut self, file: &[u8], options: &DecodeOptions) -> Result<()> {
        let mut segments = Segments::new(file);
        while let Some(segment) = segments.next() {
            let body = segment.body;
            let taken = match segment.marker {
                END_OF_IMAGE => return Ok(()),
                0xdb => self.tables.set_quant(body),
                0xc4 => self.tables.set_huffman(body),
                0xdd => self.tables.set_restart(body),
                0xc0..=0xc3 | 0xc5..=0xc7 | 0xc9..=0xcb | 0xcd..=0xcf => {
                    let mut frame = Frame::parse(&segment)?;
                    if self.most.is_some_and(|(width, height)| frame.width > width || frame.height > height) {
                        return Err(wrong("a strip or tile is larger than it should be"));
                    }
                    check_picture(&options.limits, frame.width as u32, frame.height as u32, frame.bytes())?;
                    frame.allocate()?;
                    self.frame.replace(frame).is_none().then_some(())
                }
                START_OF_SCAN => {
                    let taken = self.scan(body, &mut segments, options)?;
                    taken.then_some(())
                }
                _ => self.about.add(&segment, &options.limits).map(Some)?,
            };
            if taken.is_none() {
                return Err(wrong(&format!("a segment (marker {:02x}) contradicts itself", segment.marker)));
            }
        }
        self.note(Damage::Cut, options)
    }

    fn scan(&mut self, body: &[u8], segments: &mut Segments, options: &DecodeOptions) -> Result<bool> {
        let Some(frame) = &mut self.frame else { return Ok(false) };
        self.scans += 1;
        let most = (SCANNED / (frame.width * frame.height)).clamp(FEWEST_SCANS, MOST_SCANS);
        if self.scans > most {
            return Err(wrong(&format!("it has more than {most} scans")));
        }
        let Some(scan) = Scan::parse(body, frame, &self.tables) else { return Ok(false) };
        let (bytes, found) = scan.decode(segments.rest(), &mut frame.components, options.allow_damaged);
        let is_cut = bytes == segments.rest().len();
        segments.skip(bytes);
        let found = if is_cut { Err(Damage::Cut) } else { found };
        found.or_else(|damage| self.note(damage, options)).map(|()| true)
    }

    /// Damage is an error unless the caller wants what can be saved.
    fn note(&mut self, damage: Damage, options: &DecodeOptions) -> Result<()> {
        self.damage.get_or_insert(damage);
        if options.allow_damaged {
            return Ok(());
        }
        Err(wrong(damage.text()))
    }

    /// Tables in front of a file that has none.
    fn read_tables(&mut self, file: &[u8]) -> Result<()> {
        for segment in Segments::new(file) {
            let taken = match segment.marker {
                0xdb => self.tables.set_quant(segment.body),
                0xc4 => self.tables.set_huffman(segment.body),
                _ => Some(()),
            };
            taken.ok_or_else(|| wrong("its tables contradict themselves"))?;
        }
        Ok(())
    }

    /// The frame with the samples of all components.
    fn decoded(&mut self, options: &DecodeOptions) -> Result<Frame> {
        if self.scans == 0 {
            return Err(wrong("it has no picture"));
        }
        let Some(mut frame) = self.frame.take() else { return Err(wrong("it has no frame header")) };
        if frame.components.iter().any(|c| !c.is_coded) {
            self.note(Damage::Missing, options)?;
        }
        frame.components.iter_mut().for_each(|component| component.finish());
        Ok(frame)
    }

    fn finish(mut self, options: &DecodeOptions) -> Result<Picture> {
        let frame = self.decoded(options)?;
        let colors = self.about.colors(&frame.components);
        let samples = Samples::U8(output::pixels(&frame, colors)?);
        let channels = if colors == Colors::Grey { 1 } else { 3 };
        let (icc, exif) = (self.about.icc(), self.about.exif());
        let picture = Picture::new(samples, frame.width as u32, frame.height as u32, channels)?;
        Ok(Picture {
            frames: self.about.pictures(),
            damage: self.damage.map(|damage| damage.text().to_owned()),
            ..picture.with_metadata(icc, exif)
        })
    }
}

fn wrong(why: &str) -> Error {
    damaged(Format::Jpeg, why)
}
