//! Limits of activity: so that each of five levels has as much of the square root of activity.

use super::photos::Photo;
use vaerans::codec::photo::scale::step;
use vaerans::codec::photo::steps::MOST;
use vaerans::kernels::adapt::Plane;

/// Every so many blocks are looked at.
const EVERY: usize = 5;

/// Mean second differences down and along the row of the samples around a block, in samples of 8 bits.
fn activity(plane: &Plane, bx: usize, by: usize) -> f64 {
    let at = |x: isize, y: isize| i32::from(plane.samples()[plane.at(y).wrapping_add_signed(x)]);
    let mut sum = 0;
    for y in 4 * by as isize - 2..4 * by as isize + 6 {
        for x in 4 * bx as isize - 2..4 * bx as isize + 6 {
            let twice = 2 * at(x, y);
            sum += (twice - at(x, y - 1) - at(x, y + 1)).abs() + (twice - at(x - 1, y) - at(x + 1, y)).abs();
        }
    }
    f64::from(sum) / 512.0
}

/// Limits of a step, 1/1024.
pub fn of(photos: &[Photo], number: u16) -> [u32; 4] {
    let mut all = Vec::new();
    for photo in photos {
        let plane = &photo.made.planes[0];
        for (i, &k) in photo.made.steps.steps.iter().enumerate().step_by(EVERY) {
            let (bx, by) = (i % plane.across(), i / plane.across());
            if 4 * bx < plane.width {
                let local = f64::from(step(number)) * 2f64.powf((f64::from(k) - f64::from(MOST)) / 4.0);
                all.push(activity(plane, bx, by) / local);
            }
        }
    }
    all.sort_by(f64::total_cmp);
    let weight = |v: f64| (v + 1e-3).sqrt();
    let total: f64 = all.iter().map(|&v| weight(v)).sum();
    let (mut sum, mut found) = (0.0, Vec::new());
    for &v in &all {
        sum += weight(v);
        if found.len() < 4 && sum >= total * (found.len() + 1) as f64 / 5.0 {
            found.push((v * 1024.0).round() as u32);
        }
    }
    println!("step {number}: limits {found:?}");
    std::array::from_fn(|i| found[i])
}
