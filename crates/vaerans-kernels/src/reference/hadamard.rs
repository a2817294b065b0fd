//! Walsh-Hadamard transform across channels.

/// The correctly rounded f32 of `1/sqrt(channels)`.
///
/// # Panics
/// If `channels` is not 2, 4, 8 or 16.
pub fn scale(channels: usize) -> f32 {
    match channels {
        2 => std::f32::consts::FRAC_1_SQRT_2,
        4 => 0.5,
        8 => std::f32::consts::FRAC_1_SQRT_2 * 0.5,
        16 => 0.25,
        _ => panic!("hadamard: {channels} channels; there are transforms of 2, 4, 8 and 16"),
    }
}

/// Transforms one vector in place: natural order, stage by stage, then one product with the scale.
pub fn transform(x: &mut [f32]) {
    let mut h = 1;
    while h < x.len() {
        for i in (0..x.len()).step_by(2 * h) {
            for j in i..i + h {
                let (a, b) = (x[j], x[j + h]);
                x[j] = a + b;
                x[j + h] = a - b;
            }
        }
        h *= 2;
    }
    let scale = scale(x.len());
    for v in x {
        *v *= scale;
    }
}
