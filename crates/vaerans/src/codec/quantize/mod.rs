//! What quantisers share.

pub mod steps;
