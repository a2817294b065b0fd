//! The bank of the adaptive filter: limits of activity and weights of classes, for seven steps.

mod limits;
mod photos;
mod rate;
mod solve;

use crate::ppm::Picture;
use photos::Photo;
use std::io::Result;
use std::path::Path;
use vaerans::codec::photo::filter::{pairs_of, Bank, KNOTS};
use vaerans::kernels::adapt::{Sums, CLASSES};
use vaerans::kernels::Kernels;

pub use rate::rate;

/// Products of all photos, of a plane.
fn products(kernels: Kernels, photos: &[Photo], plane: usize) -> Sums {
    let mut sums = Sums::new(pairs_of(plane));
    for photo in photos {
        let made = &photo.made.planes[plane];
        kernels.adapt_gather(made, &photo.wanted[plane], &photo.made.blocks(), &mut sums);
    }
    sums.settle();
    sums
}

/// Trains on photos; writes the bank.
pub fn train(pictures: &[Picture], result: &Path) -> Result<()> {
    let kernels = Kernels::active();
    let (mut limits, mut weights) = (Vec::new(), Vec::new());
    for number in KNOTS {
        let mut photos = photos::coded(pictures, number);
        let mut bank = Bank { limits: limits::of(&photos, number), weights: [const { Vec::new() }; 3] };
        photos.iter_mut().for_each(|p| p.made.sort(kernels, &bank, number, 1).expect("sorts"));
        for plane in 0..3 {
            let sums = products(kernels, &photos, plane);
            let (made, gain) = solve::weights(&sums, number);
            println!("step {number}, plane {plane}: {gain:.3} dB");
            bank.weights[plane] = made;
        }
        limits.extend(bank.limits.iter().flat_map(|&l| (l as u16).to_le_bytes()));
        let all = bank.weights.iter().flatten();
        weights.extend(all.map(|&w| w as i8 as u8));
        assert_eq!(bank.weights[0].len(), CLASSES * 24);
    }
    limits.extend(weights);
    std::fs::write(result, limits)
}
