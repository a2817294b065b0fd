//! Components: the data an entity carries, and how it came to be.

mod lineage;
mod params;

pub use lineage::{Lineage, Origin, StepRecord};
pub use params::{Params, Value};

use crate::arena::TensorRef;

macro_rules! kinds {
    ($($variant:ident $number:literal $name:literal $doc:literal;)*) => {
        /// What a component's main tensor means; the numbers are those of the file format.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[repr(u8)]
        pub enum Kind { $(#[doc = $doc] $variant = $number,)* }

        impl Kind {
            /// Every kind.
            pub const ALL: &'static [Kind] = &[$(Kind::$variant,)*];

            /// Its name.
            pub fn name(self) -> &'static str {
                match self { $(Kind::$variant => $name,)* }
            }
        }
    };
}

kinds! {
    Image 1 "Image" "Interleaved samples (H, W, C), u8 or u16.";
    Planes 2 "Planes" "Planar samples (C, H, W), i32 or f32.";
    Latent 3 "Latent" "A network's latent (C, h, w), f32.";
    Yuvw 4 "Yuvw" "A Hadamard-rotated latent (C, h, w), f32.";
    Wavelet 5 "Wavelet" "Packed wavelet coefficients (C, H, W), Mallat layout.";
    Symbols 6 "Symbols" "Quantised integers, of the shape they were quantised from.";
    Bitstream 7 "Bitstream" "Entropy-coded bytes.";
    Residual 8 "Residual" "Signed differences of samples (H, W, C).";
    Scalar 9 "Scalar" "One number: a metric.";
    Foreign 10 "Foreign" "A tensor of a system this library does not know.";
}

impl Kind {
    /// The kind of a number of the file format.
    pub fn from_number(number: u8) -> Option<Kind> {
        Kind::ALL.iter().copied().find(|k| *k as u8 == number)
    }

    /// The kind called `name`.
    pub fn parse(name: &str) -> Option<Kind> {
        Kind::ALL.iter().copied().find(|k| k.name() == name)
    }
}

/// One range of a bitstream that decodes on its own once the earlier ones are there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Chunk {
    /// Resolution level: 0 is the coarsest.
    pub level: u32,
    /// Length in bytes; chunks stand one after another.
    pub bytes: usize,
}

/// Affine quantisation: `value = (symbol - zero) * scale`, one pair per tensor, channel or band.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct QuantParams {
    /// Step sizes.
    pub scale: Vec<f32>,
    /// Symbols that stand for 0.
    pub zero: Vec<i32>,
}

/// What a component knows beside its main tensor.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Meta {
    /// Nothing.
    #[default]
    None,
    /// An image's colour space, e.g. `sRGB`.
    Image {
        /// Its name.
        colourspace: String,
    },
    /// A wavelet pyramid.
    Wavelet {
        /// Registry name of the wavelet (`cdf53`, `cdf97`, `haar`).
        wavelet: String,
        /// Number of levels.
        levels: u32,
    },
    /// Quantised symbols.
    Quant(QuantParams),
    /// Decoded symbols of a cut stream.
    Partial {
        /// Levels that were not there: their symbols say nothing.
        missing: Vec<usize>,
    },
    /// An entropy-coded stream.
    Bitstream {
        /// Symbols in the stream.
        n_symbols: u64,
        /// Its chunks, coarsest level first.
        chunks: Vec<Chunk>,
    },
    /// A metric's value.
    Scalar(f64),
}

/// A tensor with its meaning and its history.
#[derive(Debug, Clone)]
pub struct Component {
    /// What the tensor means.
    pub kind: Kind,
    /// The tensor.
    pub data: TensorRef,
    /// What else is known.
    pub meta: Meta,
    /// The forward steps that led from samples to this component.
    pub lineage: Lineage,
}

impl Component {
    /// A component with no history.
    pub fn new(kind: Kind, data: TensorRef) -> Component {
        Component { kind, data, meta: Meta::None, lineage: Lineage::default() }
    }

    /// The same with `meta`.
    pub fn with_meta(mut self, meta: Meta) -> Component {
        self.meta = meta;
        self
    }

    /// The same with `lineage`.
    pub fn with_lineage(mut self, lineage: Lineage) -> Component {
        self.lineage = lineage;
        self
    }
}
