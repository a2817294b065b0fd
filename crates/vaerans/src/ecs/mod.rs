//! Entities, the world that stores their components, systems, and the pipes that run them.
//!
//! [`pipe::Pipe`] is the list a user writes, [`plan`] checks it against the world before anything
//! runs, [`schedule`] runs it: native steps on the pool, steps of the home (Python, JavaScript)
//! by handing control back.

pub mod pipe;
pub mod plan;
pub mod pool;
#[cfg(any(test, all(feature = "threads", target_family = "wasm")))]
pub mod pool_wasm;
pub mod schedule;
pub mod system;
pub mod trace;
pub mod world;

pub use pipe::{InputRef, Node, Pipe, Step};
pub use plan::{Catalog, Plan};
pub use schedule::{ForeignCall, Progress};
pub use system::{Ctx, Foreign, Input, Need, Past, System, Ty};
pub use trace::{Clock, TraceRow};
pub use world::{EntityId, StepId, World, WorldOptions, WorldStats};

#[cfg(test)]
mod tests;
