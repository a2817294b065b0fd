//! Filters and residuals beside the main path.

crate::registry::systems! {
    mod residual;
    #[cfg(feature = "extra")]
    mod blur;
}
