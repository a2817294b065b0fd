//! A learned analysis and synthesis from a model folder.

use crate::registry::schema::{words, Param};
use crate::registry::Entry;

/// Its line of the registry. Its side bytes are the SHA-256 of the decoder's weights.
pub static ENTRY: Entry = Entry {
    number: 64,
    name: "OnnxVAEEncode",
    inverse_name: Some("OnnxVAEDecode"),
    params: &[Param::text("name", "what people call the model; the SHA-256 of its weights tells which it is")],
    summary: words("latent means of a model folder, by ONNX Runtime"),
    ..super::BASE
};
