//! Quality metrics as systems. Their definitions: docs/metrics.md.

mod comparison;

crate::registry::systems! {
    mod psnr;
    mod ssim;
    mod msssim;
}
