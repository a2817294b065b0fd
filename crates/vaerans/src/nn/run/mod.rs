//! Runs plans.

#[cfg(test)]
mod band_tests;
mod bands;
mod lives;
mod model;
mod place;
mod prepare;
mod resolve;
mod session;
mod step;
mod tell;
#[cfg(test)]
pub(in crate::nn) mod testing;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod weight_tests;
mod weights;

pub(in crate::nn) use model::{pack, packed};
pub use model::{Fetch, Model};
pub use session::{Options, Session, Watch};
pub use tell::StepTold;
