//! Reading and writing JPEG, PNG, WebP and TIFF for the vaerans codec.
//!
//! The codec core never touches files; the bindings do, through this crate. It has the codec's limits, errors and rule of metadata, and knows
//! nothing of Python: bytes or a path go in, a [`Picture`] comes out, and back.
//!
//! Sizes are checked against [`Limits`] before anything is decoded, and a decoder that gives up on a hostile file gives an
//! [`Error`], never a panic.
//!
//! ```
//! use vaerans_io::{decode, encode, Format, Limits, Picture, Samples, WriteOptions};
//!
//! let grey = Picture::new(Samples::U8(vec![0, 64, 128, 255]), 2, 2, 1)?;
//! let png = encode(&grey, Format::Png, &WriteOptions::default())?;
//! assert_eq!(decode(&png, &Limits::default())?.samples, grey.samples);
//! # Ok::<(), vaerans_io::Error>(())
//! ```
#![deny(unsafe_code)]

mod color;
mod decode;
mod encode;
mod encode_tiff;
mod encode_tiff_exif;
mod error;
mod format;
mod jpeg;
mod limits;
mod many;
mod memory;
mod orient;
mod picture;
mod png;
mod tiff;
mod webp;

pub use decode::{decode, decode_with, read, DecodeOptions};
pub use encode::{encode, WriteOptions};
pub use error::FileError;
pub use format::Format;
pub use many::{read_each, read_many, Outcome, Progress, ReadOptions};
pub use orient::{apply_orientation, exif_orientation, reset_exif_orientation};
pub use picture::{Picture, Samples};
pub use tiff::exif_of_tiff;
pub use vaerans::wire::Limits;
pub use vaerans::{Error, Result};
