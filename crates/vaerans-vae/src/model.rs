//! The files.

use vaerans::learned::{LayerFiles, LayeredFiles, NetworkFiles};

/// A file of the model.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct File {
    /// Its name in the model's folder, `decoder/plan.bin` for example.
    pub name: &'static str,
    /// Its bytes.
    pub bytes: &'static [u8],
}

macro_rules! file {
    ($name:expr) => {
        File { name: $name, bytes: include_bytes!(concat!("../model/", $name)) }
    };
}

macro_rules! network {
    ($name:literal) => {
        [file!(concat!($name, "/plan.bin")), file!(concat!($name, "/weights.bin"))]
    };
}

const HEAD: File = file!("head.bin");
const PREDICTOR: File = file!("predictor.bin");
const BASE: [File; 2] = network!("decoder");
const ENHANCEMENT: [File; 2] = network!("enhancement");
#[cfg(feature = "encoder")]
const ENCODER: [File; 2] = network!("encoder");
#[cfg(feature = "encoder")]
const ANALYSIS: [File; 2] = network!("analysis");

/// All files that this build has, the one that names the others first. Without the feature `encoder` these are what decodes.
pub fn files() -> &'static [File] {
    ALL
}

const ALL: &[File] = &[
    HEAD,
    PREDICTOR,
    BASE[0],
    BASE[1],
    ENHANCEMENT[0],
    ENHANCEMENT[1],
    #[cfg(feature = "encoder")]
    ENCODER[0],
    #[cfg(feature = "encoder")]
    ENCODER[1],
    #[cfg(feature = "encoder")]
    ANALYSIS[0],
    #[cfg(feature = "encoder")]
    ANALYSIS[1],
];

const fn network([plan, weights]: [File; 2]) -> Option<NetworkFiles<'static>> {
    Some(NetworkFiles { plan: plan.bytes, weights: weights.bytes })
}

const fn codec(layers: &'static [LayerFiles<'static>]) -> LayeredFiles<'static> {
    LayeredFiles { head: HEAD.bytes, predictor: PREDICTOR.bytes, layers }
}

/// What decodes.
pub const DECODER: LayeredFiles = codec(&[
    LayerFiles { synthesis: network(BASE), analysis: None },
    LayerFiles { synthesis: network(ENHANCEMENT), analysis: None },
]);

/// All of it.
#[cfg(feature = "encoder")]
pub const WHOLE: LayeredFiles = codec(&[
    LayerFiles { synthesis: network(BASE), analysis: network(ENCODER) },
    LayerFiles { synthesis: network(ENHANCEMENT), analysis: network(ANALYSIS) },
]);
