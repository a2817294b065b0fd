//! Tensors of symbols as bytes: how a level is cut into the sequences that a coder codes.

pub mod blob;
pub mod blocks;
pub mod chunk;
pub mod groups;
