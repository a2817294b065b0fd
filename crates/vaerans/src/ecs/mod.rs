//! Entities, the world that stores their components, steps, and the pipes that line them up.
//!
//! [`pipe::Pipe`] is the list a user writes, [`plan`] checks it against the world before anything runs; the executor
//! (`codec::run`) runs it: native steps on the pool, steps of the caller (Python, JavaScript) by handing control back.

pub mod pipe;
pub mod plan;
pub mod step;
pub mod system;
pub mod trace;
pub mod ty;
pub mod world;

pub use pipe::{InputRef, Node, Pipe};
pub use plan::{Cursor, GroupPlan, Plan, Planned, Planner};
pub use step::{Checked, Foreign, Native, Record, Step};
pub(crate) use system::not_found;
pub use system::{Ctx, Input, Models, NoModels, Output, System};
pub use trace::{Clock, TraceRow};
pub use ty::{Need, Past, TensorType, Ty};
pub use world::{EntityId, StepId, World, WorldOptions, WorldStats};

#[cfg(test)]
mod tests;
