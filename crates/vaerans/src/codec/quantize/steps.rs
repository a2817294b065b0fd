//! What one unit of error in a coefficient costs in the picture: tables, so that every machine takes
//! the same steps. The L2 norm of a band's synthesis vector is a product of two 1-D norms.

use crate::codec::bands::Band;
use crate::codec::transform::pyramid::Orientation;
use crate::codec::transform::wavelet;
use crate::component::Lineage;
use vaerans_kernels::Filter;

/// 1-D synthesis norms of a wavelet: entry k - 1 is for k splits.
struct Norms {
    low: [f64; 12],
    high: [f64; 12],
}

/// CDF 5/3 with unit gain of the low-pass analysis filter at frequency 0.
const CDF53: Norms = Norms {
    low: [
        1.224745, 1.658312, 2.318405, 3.269174, 4.619930, 6.532371, 9.237745, 13.063995, 18.475226, 26.127897,
        36.950419, 52.255782,
    ],
    high: [
        0.847791, 0.960143, 1.259340, 1.744411, 2.453871, 3.465652, 4.899528, 6.928397, 9.798027, 13.856431, 19.595927,
        27.712816,
    ],
};

/// CDF 9/7 with unit gain of the low-pass analysis filter at frequency 0 and 2 of the high-pass one at the highest.
const CDF97: Norms = Norms {
    low: [
        1.402108, 2.030372, 2.901163, 4.115285, 5.824511, 8.238760, 11.651955, 16.478561, 23.304278, 32.957252,
        46.608601, 65.914519,
    ],
    high: [
        0.721261, 0.983471, 1.441962, 2.073760, 2.947325, 4.173589, 5.904302, 8.350639, 11.809833, 16.701713,
        23.619819, 33.403480,
    ],
};

/// Steps relative to that of a plane of its own, for the planes Y, Co, Cg and alpha: 1 / norm of the
/// plane's column in RGB (3, 1/2, 3/4 squared), the chroma ones widened by a tenth (BD-rate on the
/// validation set).
const YCOCG: [f64; 4] = [0.577350, 1.555635, 1.270171, 0.577350];
/// The same for grey and alpha: grey is as fine as the luma of a colour picture.
const GREY: [f64; 2] = [0.577350, 0.577350];

/// Step of `band` for a unit step of the samples. `weighted`: the planes are those of YCoCg.
pub fn relative_step(lineage: &Lineage, levels: usize, band: &Band, channels: usize, weighted: bool) -> f64 {
    let filters = lineage.steps().iter().rev().filter_map(|s| wavelet::of(s.number)).map(|w| w.filter);
    let norm = match { filters }.find(|f| *f != Filter::Haar) {
        Some(Filter::Cdf53) => band_norm(&CDF53, levels, band),
        Some(_) => band_norm(&CDF97, levels, band),
        None => 1.0,
    };
    let colour = match (weighted, channels) {
        (false, _) => 1.0,
        (true, 1 | 2) => GREY[band.channel],
        (true, _) => YCOCG[band.channel.min(3)],
    };
    colour / norm
}

fn band_norm(norms: &Norms, levels: usize, band: &Band) -> f64 {
    // A detail band of level l was split off at split `levels - l + 1`.
    let splits = if band.level == 0 { levels } else { levels - band.level + 1 };
    if splits == 0 {
        return 1.0;
    }
    let (low, high) = (entry(&norms.low, splits), entry(&norms.high, splits));
    match band.orientation {
        Orientation::LL => low * low,
        Orientation::HH => high * high,
        _ => low * high,
    }
}

/// Entry for `splits`; past the table a norm grows by sqrt(2) per split.
fn entry(table: &[f64; 12], splits: usize) -> f64 {
    let past = splits.saturating_sub(table.len());
    (0..past).fold(table[splits.min(table.len()) - 1], |n, _| n * std::f64::consts::SQRT_2)
}
