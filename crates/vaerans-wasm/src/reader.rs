//! Picture files to samples, by the readers of `vaerans-io`: for the command `vaerans-encode` alone, never for a page.

use crate::thrown;
use vaerans_io::{decode, Picture, Samples};
use wasm_bindgen::prelude::*;

/// A picture whose samples stay in the instance's memory, as this machine's bytes.
#[wasm_bindgen]
pub struct Read(Picture);

#[wasm_bindgen]
impl Read {
    /// Pixels of a row.
    pub fn width(&self) -> u32 {
        self.0.width
    }

    /// Rows.
    pub fn height(&self) -> u32 {
        self.0.height
    }

    /// 1 grey, 2 grey and alpha, 3 RGB, 4 RGB and alpha.
    pub fn channels(&self) -> u8 {
        self.0.channels
    }

    /// Bits of a sample: 8 or 16.
    pub fn depth(&self) -> u8 {
        self.0.samples.bits()
    }

    /// EXIF's orientation, 1 to 8.
    pub fn orientation(&self) -> u8 {
        self.0.orientation
    }

    /// Pictures, frames or pages in the file; this is the first.
    pub fn frames(&self) -> u32 {
        self.0.frames
    }

    /// Metadata that is left out, in words; nothing where none is.
    pub fn dropped(&self) -> Option<String> {
        self.0.dropped.clone()
    }

    /// The ICC profile; nothing where there is none.
    pub fn icc(&self) -> Option<Vec<u8>> {
        self.0.icc.clone()
    }

    /// The EXIF block; nothing where there is none.
    pub fn exif(&self) -> Option<Vec<u8>> {
        self.0.exif.clone()
    }

    /// Where the first sample lies.
    pub fn address(&self) -> usize {
        match &self.0.samples {
            Samples::U8(samples) => samples.as_ptr() as usize,
            Samples::U16(samples) => samples.as_ptr() as usize,
        }
    }
}

/// Decodes a JPEG, PNG, WebP or TIFF file. Limits that are 0 are as they are elsewhere.
#[wasm_bindgen]
pub fn read(file: Vec<u8>, max_pixels: f64, max_bytes: f64) -> Result<Read, JsValue> {
    decode(&file, &crate::limits(max_bytes, max_pixels, 0.0)).map(Read).map_err(thrown)
}
