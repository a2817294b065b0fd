//! The closed-form learned model that ships; the home runs it.

use crate::codec::registry::{Entry, Family};
use crate::component::Kind;

/// Its line of the registry.
pub const ENTRY: Entry = Entry {
    number: 65,
    name: "PILVAEEncode",
    inverse_name: Some("PILVAEDecode"),
    family: Family::Network,
    takes: &[Kind::Image],
    gives: Kind::Latent,
    key: "Latent4",
    build: None,
    summary: "latents of the closed-form model that ships",
};
