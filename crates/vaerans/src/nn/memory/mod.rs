//! The memory of a network that runs: one block for all that steps make, laid out before anything runs.

mod few;
mod layout;
mod split;
mod view;

pub use few::Few;
pub use layout::ALIGN;
pub use layout::{Layout, Lifetime};
pub use split::{in_parts, PerThread, MOST_THREADS};
pub use view::{floats, floats_mut, Block, Bytes, BytesMut, Frozen, Number, Parts, Range};
