//! Matrices of three rows and columns.

pub(super) type Vector = [f64; 3];
pub(super) type Matrix = [Vector; 3];

pub(super) fn transformed(m: &Matrix, v: Vector) -> Vector {
    m.map(|row| row[0] * v[0] + row[1] * v[1] + row[2] * v[2])
}

pub(super) fn of_columns(columns: [Vector; 3]) -> Matrix {
    std::array::from_fn(|y| std::array::from_fn(|x| columns[x][y]))
}

pub(super) fn multiplied(a: &Matrix, b: &Matrix) -> Matrix {
    of_columns(std::array::from_fn(|x| transformed(a, [b[0][x], b[1][x], b[2][x]])))
}

pub(super) fn diagonal(v: Vector) -> Matrix {
    std::array::from_fn(|y| std::array::from_fn(|x| if x == y { v[x] } else { 0.0 }))
}

/// `None` if the rows depend on one another.
pub(super) fn inverse(m: &Matrix) -> Option<Matrix> {
    let cofactor = |y: usize, x: usize| {
        let (r, s, c, d) = ((y + 1) % 3, (y + 2) % 3, (x + 1) % 3, (x + 2) % 3);
        m[r][c] * m[s][d] - m[r][d] * m[s][c]
    };
    let determinant: f64 = (0..3).map(|x| m[0][x] * cofactor(0, x)).sum();
    let inverse = std::array::from_fn(|y| std::array::from_fn(|x| cofactor(x, y) / determinant));
    (determinant.abs() > 1e-6).then_some(inverse)
}
