//! The vaerans codec core: arena, entity-component-system, codec, container, metrics.
//!
//! Data travels one way: samples become a [`component::Component`] in an [`arena::Arena`], a
//! [`ecs::pipe::Pipe`] of registry systems turns it into symbols and bytes, and
//! [`bitstream`] lays those bytes out as a self-describing file. Nothing here opens files, reads
//! clocks or prints: the homes (Python, Rust programs, the browser) do that.
// A build of one direction has helpers of the other that nothing calls.
#![cfg_attr(not(feature = "full"), allow(dead_code, unused_imports, unused_variables, unreachable_code))]

pub mod arena;
pub mod bitstream;
pub mod codec;
pub mod component;
pub mod ecs;
pub mod error;
pub mod metric;
pub mod wire;

pub use error::{Error, Result};
pub use vaerans_kernels as kernels;
