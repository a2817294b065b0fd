//! The vaerans codec core: arena, entity-component-system, codec, container, metrics.
//!
//! Data travels one way: samples become a [`component::Component`] in an [`arena::Arena`], a
//! [`ecs::pipe::Pipe`] of registry systems turns it into symbols and bytes, and
//! [`bitstream`] lays those bytes out as a self-describing file. Nothing here opens files, reads
//! clocks or prints: its callers (Python, Rust programs, the browser) do that.

// A module of networks alone calls nothing of the codec, and a small one has not all operators.
#![cfg_attr(not(all(feature = "rare", any(feature = "encode", feature = "decode"))), allow(dead_code))]

pub mod arena;
pub mod bitstream;
pub mod codec;
pub mod component;
pub mod ecs;
pub mod error;
pub mod exif;
pub mod icc;
#[cfg(feature = "predict")]
pub mod learned;
pub mod metric;
pub mod nn;
pub mod pool;
pub mod rect;
pub mod registry;
pub mod wire;

pub use error::{Error, Result};
pub use vaerans_kernels as kernels;

/// Every system of this library: one line for each family, whose file has one for each system.
pub static REGISTRY: registry::Registry = registry::Registry {
    families: &[
        codec::color::ENTRIES,
        codec::transform::ENTRIES,
        codec::network::ENTRIES,
        codec::quantize::ENTRIES,
        codec::entropy::ENTRIES,
        codec::photo::ENTRIES,
        codec::exact::ENTRIES,
        codec::filter::ENTRIES,
        #[cfg(feature = "extra")]
        codec::metric::ENTRIES,
    ],
};
