//! Learned analysis and synthesis that the caller runs.

use crate::component::Kind;
use crate::registry::{Entry, Family};

crate::registry::systems! {
    mod onnx;
    mod pil;
}

/// What the entries share.
const BASE: Entry =
    Entry { family: Family::Network, takes: &[Kind::Image], gives: Kind::Latent, key: "Latent4", ..Entry::BASE };
