//! Runs plans.

mod model;
mod place;
mod prepare;
mod session;
mod step;

pub use model::Model;
pub(in crate::nn) use model::{pack, packed};
pub use session::{Options, Session};
