//! Singular values of a matrix by one-sided Jacobi rotations (Hestenes 1958): vectors turned against one another until they are
//! orthogonal. One fixed order, products in 64 bits, so the same bits on every machine.

/// Most rounds over all pairs; ten are enough for what is a matrix of numbers.
const ROUNDS: usize = 30;
/// Cosine of two vectors that are taken for orthogonal.
const ORTHOGONAL: f64 = 4.0 * f32::EPSILON as f64;

/// U by columns, S, and V^T by rows, of the lesser of both extents.
pub(super) struct Parts<'a> {
    pub left: &'a [f32],
    pub values: &'a [f32],
    pub right: &'a [f32],
}

/// Floats that [`decompose`] needs.
pub(super) fn space(m: usize, n: usize) -> Option<usize> {
    let (long, k) = (m.max(n), m.min(n));
    k.checked_mul(long)?.checked_add(k.checked_mul(k)?)?.checked_add(k)
}

/// The parts of a matrix of m rows and n columns, in `scratch`.
pub(super) fn decompose<'a>(a: &[f32], m: usize, n: usize, scratch: &'a mut [f32]) -> Parts<'a> {
    let (long, k) = (m.max(n), m.min(n));
    let (vectors, rest) = scratch.split_at_mut(k * long);
    let (turned, rest) = rest.split_at_mut(k * k);
    let values = &mut rest[..k];
    // Columns of a high matrix, rows of a wide one.
    let at = |i: usize, j: usize| if m >= n { a[i * n + j] } else { a[j * n + i] };
    for j in 0..k {
        (0..long).for_each(|i| vectors[j * long + i] = at(i, j));
        (0..k).for_each(|i| turned[j * k + i] = f32::from(u8::from(i == j)));
    }
    for _ in 0..ROUNDS {
        if !round(vectors, turned, long, k) {
            break;
        }
    }
    for (value, vector) in values.iter_mut().zip(vectors.chunks_exact(long.max(1))) {
        *value = dot(vector, vector).sqrt() as f32;
    }
    sort(vectors, turned, values, long, k);
    normalise(vectors, values, long);
    match m >= n {
        true => Parts { left: vectors, values, right: turned },
        false => Parts { left: turned, values, right: vectors },
    }
}

fn dot(a: &[f32], b: &[f32]) -> f64 {
    a.iter().zip(b).map(|(&a, &b)| f64::from(a) * f64::from(b)).sum()
}

/// Two rows of a matrix.
fn pair(rows: &mut [f32], n: usize, p: usize, q: usize) -> (&mut [f32], &mut [f32]) {
    let (head, tail) = rows.split_at_mut(q * n);
    (&mut head[p * n..][..n], &mut tail[..n])
}

/// Turns every pair once; whether one was not orthogonal.
fn round(vectors: &mut [f32], turned: &mut [f32], long: usize, k: usize) -> bool {
    let mut any = false;
    for p in 0..k {
        for q in p + 1..k {
            let (a, b) = pair(vectors, long, p, q);
            let (aa, bb, ab) = (dot(a, a), dot(b, b), dot(a, b));
            // Not so either where a number is none.
            let skewed = ab.abs() > ORTHOGONAL * (aa * bb).sqrt();
            if !skewed || !ab.is_finite() {
                continue;
            }
            any = true;
            let zeta = (bb - aa) / (2.0 * ab);
            let t = 1f64.copysign(zeta) / (zeta.abs() + (1.0 + zeta * zeta).sqrt());
            let c = 1.0 / (1.0 + t * t).sqrt();
            rotate(a, b, c, c * t);
            let (a, b) = pair(turned, k, p, q);
            rotate(a, b, c, c * t);
        }
    }
    any
}

fn rotate(a: &mut [f32], b: &mut [f32], c: f64, s: f64) {
    for (a, b) in a.iter_mut().zip(b) {
        let (x, y) = (f64::from(*a), f64::from(*b));
        *a = (c * x - s * y) as f32;
        *b = (s * x + c * y) as f32;
    }
}

/// The greatest first.
fn sort(vectors: &mut [f32], turned: &mut [f32], values: &mut [f32], long: usize, k: usize) {
    for i in 0..k {
        let best = (i..k).fold(i, |best, j| if values[j] > values[best] { j } else { best });
        if best != i {
            values.swap(i, best);
            for (rows, n) in [(&mut *vectors, long), (&mut *turned, k)] {
                let (a, b) = pair(rows, n, i, best);
                a.swap_with_slice(b);
            }
        }
    }
}

/// Vectors of length 1; those of (nearly) none become what is orthogonal to all in front of them.
fn normalise(vectors: &mut [f32], values: &[f32], long: usize) {
    let least = values.first().map_or(0.0, |most| most * long as f32 * f32::EPSILON);
    for (j, &value) in values.iter().enumerate() {
        let (before, rest) = vectors.split_at_mut(j * long);
        let vector = &mut rest[..long];
        if value > least || value.is_nan() {
            vector.iter_mut().for_each(|x| *x = (f64::from(*x) / f64::from(value)) as f32);
        } else {
            complete(before, vector, long);
        }
    }
}

/// A unit vector along an axis, less what it has of those in front; one of the axes has enough left.
fn complete(before: &[f32], vector: &mut [f32], long: usize) {
    for axis in 0..long {
        vector.fill(0.0);
        vector[axis] = 1.0;
        for _ in 0..2 {
            for other in before.chunks_exact(long) {
                let share = dot(vector, other);
                vector.iter_mut().zip(other).for_each(|(x, o)| *x = (f64::from(*x) - share * f64::from(*o)) as f32);
            }
        }
        let size = dot(vector, vector);
        if size * 2.0 * long as f64 > 1.0 {
            vector.iter_mut().for_each(|x| *x = (f64::from(*x) / size.sqrt()) as f32);
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernels::testing::SplitMix64;

    fn check(a: &[f32], m: usize, n: usize) {
        let k = m.min(n);
        let mut scratch = vec![f32::NAN; space(m, n).unwrap()];
        let Parts { left, values, right } = decompose(a, m, n, &mut scratch);
        let most = a.iter().fold(0f32, |x, y| x.max(y.abs()));
        for i in 0..m {
            for j in 0..n {
                let sum: f32 = (0..k).map(|s| left[s * m + i] * values[s] * right[s * n + j]).sum();
                assert!((sum - a[i * n + j]).abs() <= 1e-5 * most, "{m}x{n} at {i},{j}: {sum}");
            }
        }
        for (rows, long) in [(left, m), (right, n)] {
            for p in 0..k {
                for q in 0..=p {
                    let product = dot(&rows[p * long..][..long], &rows[q * long..][..long]);
                    assert!((product - f64::from(u8::from(p == q))).abs() < 1e-5, "{m}x{n}: {p}.{q} is {product}");
                }
            }
        }
        assert!(values.windows(2).all(|w| w[0] >= w[1]));
    }

    #[test]
    fn parts_give_the_matrix_and_are_orthogonal() {
        let mut random = SplitMix64(11);
        for (m, n) in [(1, 1), (3, 2), (2, 5), (8, 8), (20, 7), (6, 31)] {
            let a: Vec<f32> = (0..m * n).map(|_| random.f32(-3.0, 3.0)).collect();
            check(&a, m, n);
        }
    }

    #[test]
    fn matrices_of_less_rank() {
        check(&[0.0; 12], 4, 3);
        check(&[1.0; 12], 3, 4);
        let outer: Vec<f32> = (0..30).map(|i| (i / 5 + 1) as f32 * (i % 5) as f32).collect();
        check(&outer, 6, 5);
    }

    #[test]
    fn what_is_no_number_ends_too() {
        let mut scratch = vec![0.0; space(3, 3).unwrap()];
        for bad in [f32::NAN, f32::INFINITY] {
            let parts = decompose(&[bad, 1.0, 2.0, 3.0, bad, 5.0, 6.0, 7.0, 8.0], 3, 3, &mut scratch);
            assert!(parts.values.iter().any(|v| !v.is_finite()));
        }
    }
}
