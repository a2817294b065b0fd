//! The network engine: plans made ahead of time, run by a small interpreter over one block of memory.
//!
//! A [`plan::Plan`] says what runs, in order; [`Model`] is a plan with its weights; [`Session`] runs it. Before a first run, and when
//! extents change, shapes are worked out and every value gets its place; a run allocates nothing.

pub mod memory;
mod named;
pub mod op;
pub mod plan;
mod run;
pub mod ty;

pub use named::Named;
pub use run::{Fetch, Model, Options, Session, StepTold, Watch};
