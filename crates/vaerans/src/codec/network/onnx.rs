//! A learned analysis and synthesis that the home runs from a model folder.

use crate::codec::registry::{Entry, Family};
use crate::component::Kind;

/// Its line of the registry.
pub const ENTRY: Entry = Entry {
    number: 64,
    name: "OnnxVAEEncode",
    inverse_name: Some("OnnxVAEDecode"),
    family: Family::Network,
    takes: &[Kind::Image],
    gives: Kind::Latent,
    key: "Latent4",
    build: None,
    summary: "latent means of a model folder, by ONNX Runtime",
};
