//! A small ICC profile (ICC.1, version 4.3) of a display: three primaries, a white, one curve.

use super::matrix::{diagonal, inverse, multiplied, of_columns, transformed, Matrix, Vector};

/// White, red, green and blue as x and y.
pub(super) type Chromaticities = [[f64; 2]; 4];

/// The white of all profiles.
const D50: Vector = [0.9642, 1.0, 0.8249];
/// Bradford's matrix: from XYZ to what the eye's cones see.
const BRADFORD: Matrix = [[0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367], [0.0389, -0.0685, 1.0296]];

fn xyz([x, y]: [f64; 2]) -> Vector {
    [x / y, 1.0, (1.0 - x - y) / y]
}

/// How a white is turned into D50.
fn adaptation(white: Vector) -> Option<Matrix> {
    let (from, to) = (transformed(&BRADFORD, white), transformed(&BRADFORD, D50));
    let ratio = [to[0] / from[0], to[1] / from[1], to[2] / from[2]];
    Some(multiplied(&multiplied(&inverse(&BRADFORD)?, &diagonal(ratio)), &BRADFORD))
}

/// A profile for RGB. `curve` are the parameters of a parametric curve: one for a power, five for a power with a straight foot.
pub(super) fn rgb([white, red, green, blue]: &Chromaticities, curve: &[f64]) -> Option<Vec<u8>> {
    let (white, primaries) = (xyz(*white), of_columns([xyz(*red), xyz(*green), xyz(*blue)]));
    let light = transformed(&inverse(&primaries)?, white);
    let chad = adaptation(white)?;
    let colors = multiplied(&chad, &multiplied(&primaries, &diagonal(light)));
    let column = |i: usize| numbers(b"XYZ ", &[colors[0][i], colors[1][i], colors[2][i]]);
    let mut tags = vec![(*b"rXYZ", column(0)), (*b"gXYZ", column(1)), (*b"bXYZ", column(2))];
    tags.extend([*b"rTRC", *b"gTRC", *b"bTRC"].map(|tag| (tag, parametric(curve))));
    tags.push((*b"chad", numbers(b"sf32", chad.as_flattened())));
    Some(profile(b"RGB ", tags))
}

/// A profile for grey.
pub(super) fn grey(curve: &[f64]) -> Vec<u8> {
    profile(b"GRAY", vec![(*b"kTRC", parametric(curve))])
}

fn profile(space: &[u8; 4], mut tags: Vec<([u8; 4], Vec<u8>)>) -> Vec<u8> {
    tags.push((*b"wtpt", numbers(b"XYZ ", &D50)));
    tags.extend([(*b"desc", text("colours as the PNG file states them")), (*b"cprt", text("no copyright"))]);
    let mut table = (tags.len() as u32).to_be_bytes().to_vec();
    let mut values: Vec<u8> = Vec::new();
    let start = 128 + 4 + 12 * tags.len();
    for (tag, value) in tags {
        table.extend(tag);
        table.extend(((start + values.len()) as u32).to_be_bytes());
        table.extend((value.len() as u32).to_be_bytes());
        values.extend(value);
        values.resize(values.len().next_multiple_of(4), 0);
    }
    let mut out = vec![0; 128];
    out[..4].copy_from_slice(&((start + values.len()) as u32).to_be_bytes());
    out[8..12].copy_from_slice(&[4, 0x30, 0, 0]);
    out[12..16].copy_from_slice(b"mntr");
    out[16..20].copy_from_slice(space);
    out[20..24].copy_from_slice(b"XYZ ");
    // A fixed day, so that the same file gives the same profile.
    out[24..36].copy_from_slice(&[0x07, 0xd0, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0]);
    out[36..40].copy_from_slice(b"acsp");
    out[68..80].copy_from_slice(&numbers(b"", &D50)[4..]);
    out.extend(table);
    out.extend(values);
    out
}

/// A type's name, four zeros, and numbers of 16 bits before and behind the point.
fn numbers(kind: &[u8], values: &[f64]) -> Vec<u8> {
    let fixed = values.iter().flat_map(|value| ((value * 65_536.0).round() as i32).to_be_bytes());
    kind.iter().copied().chain([0; 4]).chain(fixed).collect()
}

fn parametric(curve: &[f64]) -> Vec<u8> {
    let function: u8 = if curve.len() == 1 { 0 } else { 3 };
    let mut out = b"para\0\0\0\0\0".to_vec();
    out.extend([function, 0, 0]);
    out.extend(&numbers(b"", curve)[4..]);
    out
}

fn text(words: &str) -> Vec<u8> {
    let mut out = b"mluc\0\0\0\0\0\0\0\x01\0\0\0\x0cenUS".to_vec();
    out.extend((2 * words.len() as u32).to_be_bytes());
    out.extend(28_u32.to_be_bytes());
    out.extend(words.encode_utf16().flat_map(u16::to_be_bytes));
    out
}
