//! What filters gain, of photos at several steps.

use super::photos::{coded_with, Photo};
use crate::ppm::Picture;
use std::fmt::Write;
use std::io::Result;
use std::path::Path;
use vaerans::codec::photo::filter::{filtered, Bank, Filter, Search};
use vaerans::codec::photo::picture::Tune;
use vaerans::kernels::adapt::Plane;
use vaerans::kernels::Kernels;

/// Numbers of steps, those of a bank and some between.
const NUMBERS: [u16; 8] = [660, 704, 756, 805, 830, 853, 902, 960];

fn error(made: &Plane, wanted: &Plane) -> f64 {
    let row =
        |y: usize| made.row(y).iter().zip(wanted.row(y)).map(|(&a, &b)| f64::from(i32::from(a) - i32::from(b)).powi(2));
    (0..made.height).flat_map(row).sum()
}

/// The filters that are compared.
#[derive(Debug, Clone, Copy)]
enum Tried {
    None,
    Trained,
    Chosen,
}

/// Errors of the three planes with a filter, and its bytes.
fn tried(photo: &Photo, number: u16, how: Tried) -> ([f64; 3], usize) {
    let (kernels, bank) = (Kernels::active(), Bank::at(number));
    let filter = match how {
        Tried::None => Filter { planes: vec![None; 3] },
        Tried::Trained => Filter::trained(3, number),
        Tried::Chosen => {
            let search = Search { bank: &bank, number, threads: 1 };
            search.choose(kernels, &photo.made, &photo.wanted).expect("a filter")
        }
    };
    let bytes = filter.write().len();
    let made = filtered(kernels, photo.made.clone(), &bank, &filter, 1).expect("planes");
    (std::array::from_fn(|p| error(&made[p], &photo.wanted[p])), bytes)
}

/// Writes a line for each step and filter: mean dB that each plane gains, and all together, bytes of filters, bytes of the photos.
pub fn rate(pictures: &[Picture], result: &Path) -> Result<()> {
    let mut out = String::from("step,how,y,u,v,all,filter,bytes,psnr\n");
    for number in NUMBERS {
        let photos = coded_with(pictures, number, |_| Tune::Balanced);
        let count = photos.len() as f64;
        let bytes = photos.iter().map(|p| p.bytes as f64).sum::<f64>() / count;
        for how in [Tried::Trained, Tried::Chosen] {
            let mut sums = [0.0; 6];
            for photo in &photos {
                let (before, (after, own)) = (tried(photo, number, Tried::None).0, tried(photo, number, how));
                (0..3).for_each(|p| sums[p] += 10.0 * (before[p] / after[p]).log10());
                let all = [before, after].map(|e| e.iter().sum::<f64>());
                sums[3] += 10.0 * (all[0] / all[1]).log10();
                sums[4] += own as f64;
                let n = 64.0 * 3.0 * (photo.wanted[0].width * photo.wanted[0].height) as f64;
                sums[5] += 10.0 * (65025.0 * n / all[0]).log10();
            }
            let [y, u, v, all, own, psnr] = sums.map(|s| s / count);
            println!("{number} {how:?}: {y:.3} {u:.3} {v:.3} dB, all {all:.3} dB, {own:.1} of {bytes:.0} bytes, {psnr:.2} dB");
            let _ = writeln!(out, "{number},{how:?},{y:.4},{u:.4},{v:.4},{all:.4},{own:.2},{bytes:.1},{psnr:.4}");
        }
    }
    std::fs::write(result, out)
}
