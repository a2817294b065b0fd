//! The closed-form learned model that ships.

use crate::registry::schema::{words, Param};
use crate::registry::Entry;

/// Its line of the registry. Its side bytes are the SHA-256 of the decoder's weights.
pub static ENTRY: Entry = Entry {
    number: 65,
    name: "PILVAEEncode",
    inverse_name: Some("PILVAEDecode"),
    params: &[Param::text("name", "what people call the model; the SHA-256 of its weights tells which it is")],
    summary: words("latents of the closed-form model that ships"),
    ..super::BASE
};
