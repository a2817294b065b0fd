//! Quantisers: the border between floats and integers.

pub mod affine;
pub(crate) mod steps;

crate::registry::systems! {
    mod uniform;
    mod dead_zone;
}
