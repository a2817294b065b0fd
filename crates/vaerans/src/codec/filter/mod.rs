//! Filters and residuals beside the main path.

crate::registry::systems! {
    mod alpha;
    mod residual;
    #[cfg(feature = "extra")]
    mod blur;
}
